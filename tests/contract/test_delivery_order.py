"""Both delivery books tell a channel its alerts in the order they entered, whatever delays some of them."""

from __future__ import annotations

import asyncio
from uuid import uuid4

from redis.asyncio import Redis

from streams.basics.times import HOUR, SECOND, WallClock, to_ts
from streams.delivery.book import Back, DeliveryBook, State
from streams.delivery.redis import RedisBook
from streams.delivery.rules import Rules
from streams.records import Kind
from tests.build import alert
from tests.contract.books import Make, claimed, opened, reply, say, soon

LONG = 10_000_000


async def told(book: DeliveryBook, count: int, first: int = 1) -> list[int]:
    """Send so many deliveries; their numbers in order, a digest's members in theirs."""
    numbers: list[int] = []
    for n in range(first, first + count):
        delivery = await soon(book)
        assert await book.sent(delivery, f"{n}.000001", 0)
        numbers += [int(m.alert_id[1:]) for m in delivery.members or (delivery.alert,)]
    return numbers


async def test_what_enters_in_the_same_millisecond_keeps_its_order(make: Make) -> None:
    """An id is a hash and says nothing of time."""
    book = await opened(make, patience=LONG, crowd=1_000)
    numbers = list(range(40, 0, -1))
    await book.intend([alert(n) for n in numbers])
    assert await told(book, 40) == numbers


async def test_what_was_held_for_a_night_is_told_in_the_order_of_the_night(make: Make) -> None:
    """All are due at the same moment, one by one or in one digest."""
    for patience, messages in ((LONG, 5), (0, 1)):
        book = await opened(make, patience=patience)
        opening = WallClock().now() + 200
        for n in (9, 3, 7, 1, 5):
            await book.intend([alert(n, hold=opening)])
        assert await told(book, messages) == [9, 3, 7, 1, 5]


async def test_held_updates_are_in_the_digest_of_their_story(make: Make) -> None:
    """The story's first message stands before them in line, so one digest takes them all."""
    book = await opened(make, patience=0)
    opening = WallClock().now() + 200
    root = alert(9, hold=opening)
    await book.intend([root, *(reply(n, root, hold=opening) for n in (8, 5, 2))])
    assert await told(book, 1) == [9, 8, 5, 2]


async def test_replies_that_waited_for_their_first_message_keep_their_order(make: Make) -> None:
    """However long it was in doubt."""
    book = await opened(make, patience=LONG)
    await book.intend([alert(1)])
    first = await claimed(book)
    for n in (9, 5, 2):
        await book.intend([reply(n, alert(1))])
        await asyncio.sleep(0.06)
    await book.again(first, Back(State.DOUBT, 400))
    await book.sent(await soon(book), "1.000001", 0)
    assert await told(book, 3, first=2) == [9, 5, 2]


async def test_a_delay_costs_nobody_the_place_in_line(make: Make) -> None:
    """Refused for now: what is of no story of its own goes meanwhile, but what entered later comes after it again."""
    book = await opened(make, patience=LONG)
    await book.intend([alert(1), alert(2), alert(3)])
    await book.again(await claimed(book), Back(State.PENDING, 600))
    assert await told(book, 1) == [2]
    await asyncio.sleep(0.7)
    assert await told(book, 2) == [1, 3]


async def test_an_update_in_doubt_or_delayed_is_not_overtaken_by_the_next(make: Make) -> None:
    """A thread that tells the newer number first misleads."""
    for state in (State.DOUBT, State.PENDING):
        book = await opened(make, patience=LONG)
        await book.intend([alert(1)])
        await say(book, "1.000001")
        await book.intend([reply(2, alert(1)), reply(3, alert(1), kind=Kind.CORRECTION)])
        first = await soon(book)
        assert first.id == "a00002"
        await book.again(first, Back(state, 150))
        await asyncio.sleep(0.05)
        assert await book.claim(500) is None
        assert await told(book, 2, first=2) == [2, 3]


async def test_a_reply_whose_first_message_is_about_to_enter_waits_for_it(make: Make) -> None:
    """Two workers enter at their own speeds: the reply stands in the thread all the same, and the echo is told."""
    book = await opened(make)
    await book.intend([reply(2, alert(1)), reply(3, alert(1), kind=Kind.ECHO, source="Desk 3")])
    assert await book.claim(500) is None
    await book.intend([alert(1)])
    await say(book, "1.000001")
    edit = await book.edit(500)
    assert edit is not None
    assert (edit.heard, [e.source for e in edit.echoes]) == (1, ["Desk 3"])
    assert (await soon(book)).root_ts == "1.000001"


async def test_a_reply_in_another_channel_neither_waits_nor_takes_a_thread(make: Make) -> None:
    """A watch that was moved: the story's first message stands, or may stand, where nobody looks any more."""
    book = await opened(make)
    await book.intend([alert(1)])
    assert (await claimed(book)).id == "a00001"
    await book.intend([reply(2, alert(1), channel="slack:C0NEW")])
    assert (await claimed(book)).id == "a00002"
    book = await opened(make)
    await book.intend([alert(1)])
    await say(book, "1.000001")
    await book.intend([reply(2, alert(1), channel="slack:C0NEW")])
    assert (await claimed(book)).root_ts == ""


async def test_reads_begin_an_hour_before_the_attempt_at_the_earliest(make: Make) -> None:
    """A busy channel that was never spoken to, or long ago, is not read from its beginning."""
    book = await opened(make)
    await book.intend([alert(1), alert(2)])
    for ts in ("1.000001", "2.000001"):
        delivery = await soon(book)
        assert abs(WallClock().now() - HOUR - float(delivery.anchor) * SECOND) < 10 * SECOND
        await book.sent(delivery, ts, 0)
    lately = to_ts(WallClock().now())
    await book.intend([alert(3), alert(4)])
    await book.sent(await soon(book), lately, 0)
    assert (await soon(book)).anchor == lately


async def test_an_urgent_alert_that_was_held_is_fresh_when_its_time_has_come(make: Make) -> None:
    """Quiet hours are no delay of ours: after them it goes first and alone."""
    book = await opened(make, fresh=150, patience=100)
    opening = WallClock().now() + 200
    await book.intend([alert(1, hold=opening), alert(2, hold=opening), alert(3, hold=opening, urgent=True)])
    urgent = await soon(book)
    assert (urgent.id, urgent.members) == ("a00003", ())


async def test_an_old_first_message_is_told_at_once_though_an_urgent_reply_waits_for_it(make: Make) -> None:
    """It is not fresh enough to be told as an urgent one, and no later for that."""
    book = await opened(make, fresh=150, patience=LONG)
    await book.intend([alert(1)])
    await asyncio.sleep(0.2)
    await book.intend([reply(2, alert(1), urgent=True)])
    first = await claimed(book)
    assert first.id == "a00001"
    await book.sent(first, "1.000001", 0)
    assert (await soon(book)).root_ts == "1.000001"


async def test_the_rest_of_a_digest_does_not_wait_behind_the_next_crowd(make: Make) -> None:
    """A crowd waits for a digest of its own; the one that has begun is told to its end."""
    book = await opened(make, crowd=5, lines=3, between=LONG, patience=LONG)
    await book.intend([alert(n) for n in range(6)])
    await say(book, "1.000001")
    await book.intend([alert(n) for n in range(20, 30)])
    rest = await soon(book)
    assert [m.alert_id for m in rest.members] == ["a00003", "a00004", "a00005"]


async def test_many_that_wait_for_their_first_message_do_not_stop_the_rest(make: Make) -> None:
    """Hundreds of replies to a story in doubt stand before it in line, and a fresh alert is told all the same."""
    book = await opened(make, patience=LONG, crowd=LONG)
    await book.intend([alert(1)])
    await book.again(await claimed(book), Back(State.DOUBT, LONG))
    await book.intend([reply(10 + n, alert(1)) for n in range(400)])
    await asyncio.sleep(0.3)
    await book.intend([alert(2)])
    assert (await soon(book, 5.0)).id == "a00002"


async def test_what_the_last_version_entered_is_told_in_its_order(redis_url: str) -> None:
    """Its entries know neither their place nor the reply before them: the time of entering serves."""
    redis, prefix = Redis.from_url(redis_url), f"book-{uuid4().hex}"
    book = RedisBook(redis, prefix, Rules(patience=LONG))
    await book.begin()
    for one in (alert(9), alert(5), reply(2, alert(9))):
        await book.intend([one])
        await redis.hdel(f"{{{prefix}}}:d:{one.alert_id}", "place", "after", "heard")
        await asyncio.sleep(0.005)
    await book.again(await claimed(book), Back(State.PENDING, 50))
    await asyncio.sleep(0.06)
    assert await told(book, 3) == [9, 5, 2]
    await redis.aclose()
