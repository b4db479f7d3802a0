"""Both delivery books, and what a read finds that names no desk: a message of an older version, perhaps another desk's."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from streams.channels.memory import MemoryChannel
from streams.delivery.book import Delivery, DeliveryBook, Mark
from streams.delivery.channel import Doubt
from streams.delivery.sender import Sender, Timing
from tests.build import alert
from tests.contract.books import Make, opened

ALERT = alert(1, channel="slack:C0ALERTS")


@dataclass(slots=True)
class Reading(MemoryChannel):
    """A channel of which the first post is in doubt, and then a message is found; `late`: an answer came before that."""

    found: Mark = field(default_factory=lambda: Mark("2.2"))
    late: DeliveryBook | None = None

    async def marks(self, delivery: Delivery) -> Mapping[str, Mark]:
        """See `Channel.marks`."""
        if self.late is not None:
            assert await self.late.sent(delivery, "1.1", 0)
        return {delivery.id: self.found}


async def read_back(book: DeliveryBook, channel: Reading) -> None:
    """Post once, and read the channel."""
    channel.answers.append(Doubt("cut"))
    sender = Sender(book=book, channels={"slack": channel}, timing=Timing(settle=20, pace=5))
    await book.intend([ALERT])
    assert await sender.step()
    await asyncio.sleep(0.1)
    assert await sender.step()
    assert await book.counts() == {"sent": 1}
    assert channel.posts == []


@pytest.mark.parametrize(
    ("signed", "doubles"), [(True, [(ALERT.channel, ALERT.alert_id, "2.2")]), (False, [])], ids=["own", "no desk"]
)
async def test_what_names_no_desk_is_never_one_too_many(
    make: Make, signed: bool, doubles: list[tuple[str, str, str]]
) -> None:
    """The answer comes while the channel is read: what is found beside it is deleted only if it is this desk's."""
    book = await opened(make)
    await read_back(book, Reading(found=Mark("2.2", signed=signed), late=book))
    assert list(await book.doubles()) == doubles


async def test_what_names_no_desk_settles_a_doubt(make: Make) -> None:
    """It may be this desk's, from before an upgrade: nothing is said again."""
    book = await opened(make)
    await read_back(book, Reading(found=Mark("2.2", signed=False)))
    (receipt,) = await book.receipts(10, 1_000)
    assert receipt.ts == "2.2"
    assert list(await book.doubles()) == []
