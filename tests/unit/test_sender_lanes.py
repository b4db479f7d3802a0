"""How often the sender's lanes ask the book."""

from __future__ import annotations

import asyncio

from streams.delivery.book import Delivery
from streams.delivery.memory import MemoryBook
from streams.delivery.sender import Sender
from streams.ports import Clocked
from streams.records import Millis
from tests.build import NOON


class Asked(MemoryBook):
    """Counts who asks at the same time, and how often."""

    asking = most = times = 0

    async def claim(self, lease: Millis) -> Delivery | None:
        """See `DeliveryBook.claim`; as slow as a round trip."""
        self.asking += 1
        self.times += 1
        self.most = max(self.most, self.asking)
        await asyncio.sleep(0.002)
        self.asking -= 1
        return await MemoryBook.claim(self, lease)


async def test_eight_idle_lanes_ask_no_more_often_than_one() -> None:
    """One looks for all; asking in turns, none of them waits for ever."""
    counts = []
    for lanes in (1, 8):
        book = Asked(Clocked([NOON]))
        await book.begin()
        running = asyncio.create_task(Sender(book=book, channels={}, lanes=lanes).run())
        await asyncio.sleep(0.6)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert book.most == 1
        counts.append(book.times)
    assert 2 < counts[1] < 2 * counts[0]
