"""Both books tell what is held by design from what nobody takes, and how long that is."""

from __future__ import annotations

import asyncio

from streams.basics.times import HOUR, WallClock
from streams.delivery.book import Back, Mark, State
from streams.delivery.waiting import Waiting
from streams.records import Kind
from tests.build import alert
from tests.contract.books import Make, claimed, opened, soon


async def test_what_is_held_is_not_due(make: Make) -> None:
    """Quiet hours are no blockage; an echo waits for nothing of its own."""
    book = await opened(make)
    until = WallClock().now() + HOUR
    await book.intend([alert(1, hold=until), alert(2, hold=until), alert(3, kind=Kind.ECHO, root_id="a00001")])
    assert await book.waiting() == Waiting(2, {})


async def test_what_was_held_and_is_found_is_held_no_more(make: Make) -> None:
    """A message may be seen late, after its alert was put off."""
    book = await opened(make)
    await book.intend([alert(1, hold=WallClock().now() + HOUR)])
    await book.found({"a00001": Mark("1.000001")})
    assert (await book.waiting()).held == 0


async def test_a_held_alert_is_due_when_its_time_has_come(make: Make) -> None:
    """It has waited since then, not since it was entered."""
    book = await opened(make)
    opening = WallClock().now() + 1_000
    await book.intend([alert(1, hold=opening)])
    assert (await book.waiting()).held == 1
    async with asyncio.timeout(20):
        while (waiting := await book.waiting()).held:  # noqa: ASYNC110 - a clock moves it
            await asyncio.sleep(0.01)
    assert 0 <= waiting.oldest["slack:C0DESK"] <= WallClock().now() - opening


async def test_a_channel_that_is_told_everything_keeps_nothing(make: Make) -> None:
    """Each channel for itself: one that takes nothing is seen, whatever the others post."""
    book = await opened(make)
    await book.intend([alert(1), alert(2, channel="slack:C0STUCK")])
    await asyncio.sleep(0.1)
    delivery = await claimed(book)
    assert set((await book.waiting()).oldest) == {"slack:C0DESK", "slack:C0STUCK"}
    await book.sent(delivery, "1.1", 0)
    (left,) = (await book.waiting()).oldest.items()
    assert left[0] != delivery.channel
    assert left[1] >= 100


async def test_a_try_does_not_begin_the_wait_anew(make: Make) -> None:
    """In the air, put back and in doubt it is as old as it was: else a channel that refuses for ever looks well."""
    book = await opened(make)
    await book.intend([alert(1)])
    await asyncio.sleep(0.2)
    for state in (State.PENDING, State.DOUBT):
        delivery = await soon(book)
        assert (await book.waiting()).oldest["slack:C0DESK"] >= 200
        await book.again(delivery, Back(state, 300))
        assert (await book.waiting()).oldest["slack:C0DESK"] >= 200
    await book.dead(await soon(book), "gone")
    waiting = await book.waiting()
    assert (waiting.held, waiting.oldest) == (0, {})


async def test_the_oldest_is_seen_behind_a_younger_one(make: Make) -> None:
    """Put back, it stands behind whoever came after it."""
    book = await opened(make)
    await book.intend([alert(1)])
    await asyncio.sleep(0.2)
    await book.again(await claimed(book), Back(State.PENDING, HOUR))
    await book.intend([alert(2)])
    assert (await book.waiting()).oldest["slack:C0DESK"] >= 200


async def test_a_digest_has_waited_as_long_as_its_first_alert(make: Make) -> None:
    """Folding is no telling."""
    book = await opened(make, crowd=2)
    await book.intend([alert(n) for n in range(4)])
    await asyncio.sleep(0.2)
    digest = await claimed(book)
    assert len(digest.members) == 4
    assert (await book.waiting()).oldest["slack:C0DESK"] >= 200
