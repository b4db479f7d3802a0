"""Both delivery books are rebuilt from the outbox after a loss: what is not known for certain is looked for first."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from streams.basics.times import HOUR, WallClock
from streams.delivery.book import Forgotten, State
from streams.delivery.redis import RedisBook
from streams.delivery.rules import Rules
from streams.records import Kind
from tests.build import alert
from tests.contract.books import LEASE, Make, claimed, opened, say, soon


async def test_a_rebuilt_delivery_is_read_back_before_it_is_sent(make: Make) -> None:
    """Nobody knows what was sent: doubt, never pending; known deliveries stay as they are."""
    book = await opened(make)
    await book.intend([alert(1)])
    assert await book.rebuild([alert(1), alert(2)]) == 1
    await say(book, "1.0")
    await asyncio.sleep(0.1)
    assert (await claimed(book)).state is State.READING


async def test_a_book_that_forgot_says_nothing_before_it_is_rebuilt(redis_url: str) -> None:
    """FLUSHALL: claims and intents are refused until the outbox is entered again."""
    redis = Redis.from_url(redis_url)
    book = RedisBook(redis, f"book-{uuid4().hex}", Rules(settle=0))
    with pytest.raises(Forgotten):
        await book.intend([alert(1)])
    await book.begin()
    await book.intend([alert(1)])
    await redis.flushdb()
    with pytest.raises(Forgotten):
        await book.claim(LEASE)
    await book.rebuild([replace(alert(1), decided=0)])
    with pytest.raises(Forgotten):
        await book.claim(LEASE)
    await book.begin()
    assert (await claimed(book)).state is State.READING
    await redis.aclose()


@pytest.mark.parametrize("sent", [False, True])
async def test_what_is_held_until_later_needs_no_reading_after_a_loss(make: Make, sent: bool) -> None:
    """It was certainly not told, whatever is said of it: it is told at its time, and not before."""
    book = make(Rules(settle=30))
    opening = WallClock().now() + 1_000
    await book.rebuild([alert(1, hold=opening)], sent=sent)
    await book.begin()
    held = await soon(book, 20.0)
    assert held.state is State.SENDING
    assert WallClock().now() >= opening


async def test_what_no_read_can_settle_may_be_entered_as_told(make: Make) -> None:
    """A webhook is not told a week of alerts again after a loss; what follows them need not wait."""
    book = make(Rules(settle=30))
    echo = alert(2, kind=Kind.ECHO, root_id="a00001", channel="webhook:ops")
    later = alert(4, channel="webhook:ops", hold=WallClock().now() + HOUR)
    assert await book.rebuild([alert(1, channel="webhook:ops"), echo], sent=True) == 2
    await book.begin()
    await book.intend([alert(3, kind=Kind.UPDATE, root_id="a00001", channel="webhook:ops"), later])
    assert (await say(book, "3.000001")).id == "a00003"
    assert await book.counts() == {"sent": 2, "folded": 1, "pending": 1}
