"""A sender that is told to leave: what is under way is finished, nothing more is begun."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from streams.channels.base import Answer
from streams.channels.memory import MemoryChannel
from streams.delivery.book import Delivery, Rules
from streams.delivery.memory import MemoryBook
from streams.delivery.sender import Sender, Timing
from streams.times import WallClock
from tests.build import alert


@dataclass(slots=True)
class SlowChannel(MemoryChannel):
    """Takes its time over a post, and says when it has begun."""

    seconds: float = 0.1
    begun: asyncio.Event = field(default_factory=asyncio.Event)

    async def post(self, delivery: Delivery) -> Answer:
        """See `Channel.post`."""
        self.begun.set()
        await asyncio.sleep(self.seconds)
        return await MemoryChannel.post(self, delivery)


async def test_a_sender_told_to_leave_finishes_the_post_under_way() -> None:
    """Its answer is recorded, so that the next worker finds no doubt; what waits is left for that worker."""
    channel, book = SlowChannel(), MemoryBook(WallClock(), Rules())
    await book.intend([alert(1), alert(2)])
    sender = Sender(book=book, channels={"slack": channel}, owner="t", timing=Timing(pace=0))
    running = asyncio.create_task(sender.run())
    await channel.begun.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert len(channel.posts) == 1
    assert dict(await book.counts()) == {"sent": 1, "pending": 1}


async def test_a_post_that_never_ends_holds_nobody_up() -> None:
    """The wait is as long as a post may take; then the lease decides, as after a crash."""
    channel, book = SlowChannel(seconds=60), MemoryBook(WallClock(), Rules())
    await book.intend([alert(1)])
    sender = Sender(book=book, channels={"slack": channel}, owner="t", timing=Timing(pace=0, timeout=10))
    running = asyncio.create_task(sender.run())
    await channel.begun.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert dict(await book.counts()) == {"sending": 1}
