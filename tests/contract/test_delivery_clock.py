"""Redis' clock was hours ahead and is right again: what its book set in the meantime keeps nobody quiet for so long."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from hashlib import sha1
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from streams.basics.times import HOUR, WallClock, to_ts
from streams.delivery.book import Back, DeliveryBook, Sign, State
from streams.delivery.redis import RedisBook
from streams.delivery.rules import Rules
from streams.records import Kind
from tests.build import alert
from tests.contract.books import LEASE, claimed, soon

RULES = Rules(settle=50, team_pace=20, read_pace=20, breaker_after=1, breaker_wait=60_000, patience=60_000)


@dataclass
class Clocks:
    """One book under two clocks: `ahead` before, `right` afterwards."""

    ahead: DeliveryBook
    right: DeliveryBook


@pytest.fixture(params=[HOUR, 9 * HOUR], ids=["one hour", "nine hours"])
async def clocks(request: pytest.FixtureRequest, redis_url: str) -> AsyncIterator[Clocks]:
    """An empty book that may be claimed from."""
    async with Redis.from_url(redis_url) as redis:
        prefix = f"book-{uuid4().hex}"
        ahead, right = RedisBook(redis, prefix, RULES), RedisBook(redis, prefix, RULES)
        script = ahead._script
        told = script._text.replace("math.floor(t[2] / 1000)", f"math.floor(t[2] / 1000) + {request.param}", 1)
        assert told != script._text
        script._text, script._sha = told, sha1(told.encode(), usedforsecurity=False).hexdigest()
        await ahead.begin()
        yield Clocks(ahead, right)


async def test_every_channel_is_spoken_to(clocks: Clocks) -> None:
    """Also the one that was spoken to meanwhile, and at the workspace's pace."""
    await clocks.ahead.intend([alert(1)])
    await clocks.ahead.sent(await claimed(clocks.ahead), "1.0", 100)
    await clocks.right.intend([alert(2), alert(3, channel="slack:C0OTHER")])
    assert {(await soon(clocks.right)).id, (await soon(clocks.right)).id} == {"a00002", "a00003"}


async def test_a_breaker_is_open_no_longer_than_it_was_to_be(clocks: Clocks) -> None:
    """It shut for a minute, and the probe comes after that: not in an hour, nor at once."""
    await clocks.ahead.intend([alert(1)])
    await clocks.ahead.again(await claimed(clocks.ahead), Back(State.PENDING, sign=Sign.TROUBLE))
    assert await clocks.right.claim(LEASE) is None
    redis, tag = clocks.right._redis, clocks.right._tag  # type: ignore[attr-defined]
    left = int(await redis.hget(f"{tag}:breaker", "slack.until")) - WallClock().now()
    assert 30_000 < left <= 60_000 + 1_000


async def test_an_asked_wait_is_waited(clocks: Clocks) -> None:
    """As long as it has to go: the other side asked for it."""
    await clocks.ahead.intend([alert(1)])
    await clocks.ahead.again(await claimed(clocks.ahead), Back(State.PENDING, pause=2_500))
    before = asyncio.get_running_loop().time()
    assert (await soon(clocks.right, 10.0)).id == "a00001"
    assert asyncio.get_running_loop().time() - before > 0.5


async def test_what_entered_meanwhile_is_due_and_in_its_order(clocks: Clocks) -> None:
    """Before what enters afterwards; what was in the air keeps its place, what was put back has its delay."""
    await clocks.ahead.intend([alert(9), alert(5), alert(7)])
    flying = await claimed(clocks.ahead)
    await clocks.right.intend([alert(1)])
    await clocks.right.again(flying, Back(State.PENDING))
    told = []
    for n in range(4):
        told.append((delivery := await soon(clocks.right)).id)
        await clocks.right.sent(delivery, f"{n}.000001", 0)
    assert told == ["a00009", "a00005", "a00007", "a00001"]


async def test_a_lease_ends_when_it_was_to_end(clocks: Clocks) -> None:
    """Whoever held it may be dead."""
    await clocks.ahead.intend([alert(1)])
    await claimed(clocks.ahead)
    assert (await soon(clocks.right)).state is State.READING


async def test_what_is_held_for_quiet_hours_stays_held(clocks: Clocks) -> None:
    """Those are the watch's hours, not the book's."""
    await clocks.ahead.intend([alert(1, hold=WallClock().now() + 12 * HOUR)])
    assert await clocks.right.claim(LEASE) is None
    await asyncio.sleep(0.3)
    assert await clocks.right.claim(LEASE) is None
    assert (await clocks.right.waiting()).held == 1


async def test_what_was_put_off_for_quiet_hours_stays_so(clocks: Clocks) -> None:
    """Its place in line is that of before they began, and is no way to be told in them."""
    await clocks.ahead.intend([alert(1)])
    await clocks.ahead.put_off(await claimed(clocks.ahead), {"a00001": WallClock().now() + 24 * HOUR})
    for _ in range(3):
        assert await clocks.right.claim(LEASE) is None
        await asyncio.sleep(0.02)
    assert (await clocks.right.waiting()).held == 1


async def test_what_is_held_a_moment_is_told_after_it(clocks: Clocks) -> None:
    """Its turn stood at the hour of the fast clock, behind the end of its quiet hours."""
    await clocks.ahead.intend([alert(1, hold=WallClock().now() + 300)])
    assert (await soon(clocks.right)).id == "a00001"


async def test_edits_and_receipts_do_not_wait_for_an_hour(clocks: Clocks) -> None:
    """A message that was edited meanwhile is edited again, and the ledger is told."""
    await clocks.ahead.intend([alert(1), alert(2, kind=Kind.ECHO, root_id="a00001")])
    await clocks.ahead.sent(await claimed(clocks.ahead), to_ts(WallClock().now()), 0)
    assert await clocks.ahead.edit(LEASE) is not None
    assert len(await clocks.right.receipts(9, LEASE)) == 1
    async with asyncio.timeout(10):
        while await clocks.right.edit(LEASE) is None:  # noqa: ASYNC110 - a clock moves it
            await asyncio.sleep(0.02)
