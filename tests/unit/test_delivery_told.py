"""What the sender tells the log: what is lost for good, and nothing where nothing is."""

from __future__ import annotations

import asyncio
import logging

import pytest

from streams.channels.base import Refused
from streams.channels.memory import MemoryChannel
from streams.delivery.book import Delivery, Forgotten
from streams.delivery.memory import MemoryBook
from streams.delivery.sender import Sender
from streams.ports import Clock
from streams.records import Millis
from streams.times import WallClock
from tests.build import alert


class Empty(MemoryBook):
    """Knows nothing until it is begun, as a Redis that nobody wrote to."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.begun = asyncio.Event()

    async def begin(self) -> None:
        """See `DeliveryBook.begin`."""
        self.begun.set()

    async def claim(self, lease: Millis) -> Delivery | None:
        """See `DeliveryBook.claim`."""
        if not self.begun.is_set():
            raise Forgotten("the delivery book is empty")
        return await super().claim(lease)


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What was said that should wake somebody."""
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.mark.parametrize("alerts", [0, 2])
async def test_a_book_is_lost_only_where_there_was_something_to_say(
    alerts: int, caplog: pytest.LogCaptureFixture
) -> None:
    """The first start of a desk finds book and outbox empty: that is no error."""
    book = Empty(WallClock())

    async def rebuild() -> int:
        return await book.rebuild([alert(n) for n in range(alerts)])

    running = asyncio.create_task(Sender(book=book, channels={"slack": MemoryChannel()}, rebuild=rebuild).run())
    async with asyncio.timeout(20):
        await book.begun.wait()
    running.cancel()
    lost = "the delivery book was lost, and is rebuilt from the 2 alerts of the outbox"
    assert errors(caplog) == ([lost] if alerts else [])


@pytest.mark.parametrize(
    ("channel", "why"), [("C0ALERTS", "no channel of the kind 'C0ALERTS'"), ("slack:alerts", "channel_not_found")]
)
async def test_an_alert_that_is_given_up_is_an_error(channel: str, why: str, caplog: pytest.LogCaptureFixture) -> None:
    """Nobody ever has it, so somebody must hear of it: with the channel, whose name is mostly what is wrong."""
    book, slack = MemoryBook(WallClock()), MemoryChannel()
    slack.answers = [Refused(why, final=True)]
    await book.intend([alert(1, channel=channel)])
    assert await Sender(book=book, channels={"slack": slack}).step()
    assert dict(await book.counts()) == {"dead": 1}
    assert errors(caplog) == [f"alert a00001 is dead, {channel} never has it: {why}"]
