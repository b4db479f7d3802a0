"""A sender that is told to leave: what is under way is finished, nothing more is begun."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from streams.basics.tasks import end
from streams.basics.times import WallClock
from streams.channels.memory import MemoryChannel
from streams.delivery.book import Delivery
from streams.delivery.channel import Answer
from streams.delivery.memory import MemoryBook
from streams.delivery.rules import Rules
from streams.delivery.sender import Sender, Timing
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
    channel, book = SlowChannel(seconds=0.7), MemoryBook(WallClock(), Rules())
    await book.intend([alert(1), alert(2)])
    sender = Sender(book=book, channels={"slack": channel}, timing=Timing(pace=0))
    running = asyncio.create_task(sender.run())
    await channel.begun.wait()
    await end([running])  # cancels it again and again
    assert running.cancelled()
    assert len(channel.posts) == 1
    assert dict(await book.counts()) == {"sent": 1, "pending": 1}


async def test_whatever_swallows_a_cancellation_is_cancelled_again() -> None:
    """redis-py does so while it gives a connection back; a sender that waited for it would never leave."""

    async def stubborn() -> None:
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                if swallowed:
                    raise
                swallowed.append(True)

    swallowed: list[bool] = []
    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    await end([task])
    assert task.cancelled()
    assert swallowed


async def test_a_post_that_never_ends_holds_nobody_up() -> None:
    """The wait is as long as a post may take; then the lease decides, as after a crash."""
    channel, book = SlowChannel(seconds=60), MemoryBook(WallClock(), Rules())
    await book.intend([alert(1)])
    sender = Sender(book=book, channels={"slack": channel}, timing=Timing(pace=0, timeout=10))
    running = asyncio.create_task(sender.run())
    await channel.begun.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert dict(await book.counts()) == {"sending": 1}
