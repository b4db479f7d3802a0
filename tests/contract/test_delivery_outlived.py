"""Both delivery books bury what waits for longer than the outbox keeps it, wherever it waits, and keep nothing of it."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from streams.basics.times import HOUR, WallClock
from streams.delivery.book import OUTLIVED, Back, Sign, State
from streams.delivery.redis import RedisBook
from streams.delivery.rules import Rules
from streams.delivery.upkeep import Upkeep
from streams.records import Alert, Kind, Proof
from tests.build import alert
from tests.contract.books import LEASE, Make, claimed, opened, soon

KEEP, LONG = 300, 10_000_000


async def test_what_a_gone_channel_refuses_is_dead_in_the_end(make: Make) -> None:
    """Put back again and again; with a receipt that says why, and its story released."""
    book = await opened(make, keep=KEEP)
    await book.intend([alert(1), alert(2)])
    await book.again(await claimed(book), Back(State.PENDING, pause=LONG, sign=Sign.ANSWERED))
    assert await book.outlived() == 0
    await asyncio.sleep(0.35)
    await book.intend([alert(3)])
    assert await book.outlived() == 2
    assert await book.counts() == {"dead": 2, "pending": 1}
    receipts = await book.receipts(9, LEASE)
    assert {(r.alert_id, r.proof, r.why) for r in receipts} == {(f"a0000{n}", Proof.DEAD, OUTLIVED) for n in (1, 2)}
    released: list[str] = []

    async def release(alerts: object) -> None:
        released.extend(a.alert_id for a in alerts)  # type: ignore[attr-defined]

    await Upkeep(book=book, channels={}, lease=LEASE, release=release).step()
    assert sorted(released) == ["a00001", "a00002"]
    assert await book.outlived() == 0


async def test_every_night_is_no_way_to_outlive_it(make: Make) -> None:
    """A channel that is gone is tried by day, and put off each night: it waits since it entered."""
    book = await opened(make, keep=KEEP)
    await book.intend([alert(1)])
    for _ in range(2):
        morning = WallClock().now() + 200
        await book.put_off(await soon(book), {"a00001": morning})
    await asyncio.sleep(0.15)
    assert await book.outlived() == 1


@pytest.mark.parametrize("state", [State.PENDING, State.DOUBT])
async def test_a_delay_or_a_doubt_is_no_way_to_outlive_it(make: Make, state: State) -> None:
    """Nor is a hold of the whole kind of channel."""
    book = await opened(make, keep=KEEP)
    await book.intend([alert(1)])
    await book.again(await claimed(book), Back(state, LONG))
    await book.hold("slack", "token_revoked")
    await asyncio.sleep(0.35)
    assert await book.outlived() == 1
    assert dict((await book.waiting()).oldest) == {}


async def test_a_digest_is_as_old_as_the_first_that_it_tells_of(make: Make) -> None:
    """With it goes every alert in it, also a younger one: all wait for the same message."""
    book = await opened(make, keep=KEEP, crowd=2)
    await book.intend([alert(n) for n in range(3)])
    await asyncio.sleep(0.35)
    await book.intend([alert(3)])
    digest = await claimed(book)
    assert len(digest.members) == 4
    assert await book.outlived() == 0  # it is in the air
    await book.again(digest, Back(State.PENDING))
    assert await book.outlived() == 4
    assert {a.alert_id for a in await book.buried()} == {f"a0000{n}" for n in range(4)}
    assert await book.counts() == {"dead": 5}


async def test_quiet_hours_do_not_count(make: Make) -> None:
    """It waits from their end on."""
    book = await opened(make, keep=KEEP)
    await book.intend([alert(1, hold=WallClock().now() + HOUR)])
    await asyncio.sleep(0.35)
    assert await book.outlived() == 0


async def test_what_was_buried_does_not_stay_in_redis(redis_url: str) -> None:
    """Every delivery of a channel that is gone has an end, its digests and its echoes too."""
    async with Redis.from_url(redis_url) as redis:
        prefix = f"book-{uuid4().hex}"
        book = RedisBook(redis, prefix, Rules(keep=KEEP, crowd=3))
        await book.begin()
        alerts: list[Alert] = [alert(n) for n in range(5)]
        await book.intend([*alerts, alert(9, kind=Kind.ECHO, root_id="a00001")])
        await book.again(await claimed(book), Back(State.PENDING, pause=LONG, sign=Sign.ANSWERED))
        await asyncio.sleep(0.35)
        await book.intend([alert(8, channel="slack:C0OTHER")])
        assert await book.outlived() == 5
        await book.released(await book.buried())
        kept = [key async for key in redis.scan_iter(f"{{{prefix}}}:d:*") if await redis.ttl(key) < 0]
        assert kept == [f"{{{prefix}}}:d:a00008".encode()]
        assert await redis.zcard(f"{{{prefix}}}:back:slack:C0DESK") == 0
