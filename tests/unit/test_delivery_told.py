"""What the sender tells the log: what is lost for good, and nothing where nothing is."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any, Self

import pytest

from streams.basics.times import WallClock
from streams.channels.memory import MemoryChannel
from streams.delivery.book import Delivery, Forgotten
from streams.delivery.channel import Reach, Refused
from streams.delivery.memory import MemoryBook
from streams.delivery.sender import Sender
from streams.kafka import reader
from streams.kafka.reader import Ranges, TopicReader
from streams.ports import Clock
from streams.records import Millis
from streams.wire import encode_alert
from streams.worker import deliver
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


async def test_a_rebuild_whose_outbox_retention_cuts_begins_anew(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The sender lives on, and what is left of the outbox is entered."""
    book, cuts = Empty(WallClock()), [True, True, False]

    class Outbox(TopicReader):
        def __init__(self, _where: object) -> None: ...

        async def __aenter__(self) -> Self:
            return self

        async def __aexit__(self, *_: object) -> None: ...

        async def ranges(self, *_: str) -> Ranges:
            return {}

        async def read(self, ranges: Ranges, batch: int = 1_000) -> AsyncIterator[list[Any]]:
            yield [SimpleNamespace(topic="alerts", partition=0, offset=n, value=encode_alert(alert(n))) for n in (1, 2)]
            if cuts.pop(0):
                raise reader.Forgotten("Kafka deleted a part of this stretch while it was read: begin later")

    monkeypatch.setattr(deliver, "TopicReader", Outbox)
    sender = Sender(book=book, channels={"slack": MemoryChannel()}, rebuild=lambda: deliver.rebuild("", "alerts", book))
    running = asyncio.create_task(sender.run())
    async with asyncio.timeout(20):
        await asyncio.wait({running, begun := asyncio.create_task(book.begun.wait())}, return_when="FIRST_COMPLETED")
    assert begun.done() and not running.done()
    running.cancel()
    assert not cuts
    assert errors(caplog) == ["the delivery book was lost, and is rebuilt from the 2 alerts of the outbox"]


@pytest.mark.parametrize(
    ("channel", "why"), [("C0ALERTS", "no channel of the kind 'C0ALERTS'"), ("slack:alerts", "channel_not_found")]
)
async def test_an_alert_that_is_given_up_is_an_error(channel: str, why: str, caplog: pytest.LogCaptureFixture) -> None:
    """Nobody ever has it, so somebody must hear of it: with the channel, whose name is mostly what is wrong."""
    book, slack = MemoryBook(WallClock()), MemoryChannel()
    slack.answers = [Refused(why, Reach.MESSAGE)]
    await book.intend([alert(1, channel=channel)])
    assert await Sender(book=book, channels={"slack": slack}).step()
    assert dict(await book.counts()) == {"dead": 1}
    assert errors(caplog) == [f"alert a00001 is dead, {channel} never has it: {why}"]
