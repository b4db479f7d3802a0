"""Short ways to delivery books of both kinds, for the tests of what they promise alike."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from streams.delivery.book import Delivery, DeliveryBook
from streams.delivery.rules import Rules
from streams.records import Alert, Kind
from tests.build import alert

LEASE = 500
Make = Callable[[Rules], DeliveryBook]


def reply(number: int, root: Alert, kind: Kind = Kind.UPDATE, **changes: object) -> Alert:
    """What follows the story that `root` opened."""
    return alert(number, kind=kind, root_id=root.alert_id, **changes)


async def opened(make: Make, **rules: int) -> DeliveryBook:
    """A book that may be claimed from."""
    book = make(Rules(settle=50, edit_pace=0, **rules))
    await book.begin()
    return book


async def claimed(book: DeliveryBook) -> Delivery:
    """The next delivery; one must be due."""
    delivery = await book.claim(LEASE)
    assert delivery is not None
    return delivery


async def say(book: DeliveryBook, ts: str) -> Delivery:
    """Claim the next delivery and send it."""
    delivery = await claimed(book)
    assert await book.sent(delivery, ts, 0)
    return delivery


async def soon(book: DeliveryBook, seconds: float = 2.0) -> Delivery:
    """The next delivery; one must be due within these seconds."""
    end = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < end:
        if delivery := await book.claim(LEASE):
            return delivery
        await asyncio.sleep(0.005)
    raise AssertionError("nothing is due")
