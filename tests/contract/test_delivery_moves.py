"""Both delivery books tell what waits where its watch speaks now, once and in its order; what may stand stays."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from uuid import uuid4

from redis.asyncio import Redis

from streams.basics.times import HOUR, WallClock
from streams.delivery.book import Back, DeliveryBook, Mark, Sign, State
from streams.delivery.redis import RedisBook
from streams.records import Kind
from streams.wire import decode_alert
from tests.build import alert
from tests.contract.books import LEASE, Make, claimed, opened, reply, say, soon

LONG = 10_000_000
OLD, NEW = "slack:C0DESK", "slack:C0NEW"
MOVED = {"china-ai": NEW}


async def refused(book: DeliveryBook) -> None:
    """The next delivery is tried in a channel that is closed."""
    await book.again(await soon(book), Back(State.PENDING, pause=LONG, sign=Sign.ANSWERED))


async def test_a_retelling_takes_its_first_message_to_where_the_watch_speaks_now(make: Make) -> None:
    """Else the story stays silent there: each retelling counts as told."""
    book = await opened(make)
    await book.intend([alert(1)])
    await refused(book)
    await book.intend([reply(2, alert(1), Kind.ECHO, channel=NEW)])
    first = await say(book, "1.000001")
    assert (first.id, first.channel) == ("a00001", NEW)
    edit = await book.edit(LEASE)
    assert edit is not None
    assert (edit.root.channel, [e.alert_id for e in edit.echoes]) == (NEW, ["a00002"])
    (receipt,) = await book.receipts(9, LEASE)
    assert receipt.channel == NEW
    kept = await book.alert("a00001")
    assert kept is not None and kept.channel == NEW


async def test_an_update_is_told_after_its_first_message_and_the_replies_before_it(make: Make) -> None:
    """A thread in the right channel, in its order."""
    book = await opened(make)
    await book.intend([alert(1), reply(2, alert(1))])
    await refused(book)
    await book.intend([reply(3, alert(1), channel=NEW)])
    told = [await say(book, "1.000001"), await soon(book)]
    await book.sent(told[1], "2.000001", 0)
    told.append(await soon(book))
    assert [(d.id, d.channel, d.root_ts) for d in told] == [
        ("a00001", NEW, ""), ("a00002", NEW, "1.000001"), ("a00003", NEW, "1.000001"),
    ]  # fmt: skip


async def test_a_retelling_takes_its_first_message_out_of_a_digest_that_nobody_was_told(make: Make) -> None:
    """The others stay where they are, to be told alone or together."""
    book = await opened(make, patience=0)
    await book.intend([alert(1), alert(2), alert(3)])
    await asyncio.sleep(0.01)
    await refused(book)
    assert await book.counts() == {"pending": 1, "folded": 3}
    await book.intend([reply(4, alert(2), Kind.ECHO, channel=NEW)])
    assert (await claimed(book)).id == "a00002"
    assert await book.counts() == {"pending": 3, "sending": 1}


async def test_all_of_a_moved_watch_goes_in_its_order(make: Make) -> None:
    """Singles, replies and what a digest of a closed channel holds; another watch's alerts stay."""
    book = await opened(make, patience=LONG, crowd=3)
    await book.intend([*(alert(n) for n in (5, 4, 3, 2)), alert(9, watch="other"), reply(6, alert(5))])
    await refused(book)
    await book.intend([alert(1), alert(7, urgent=True)])
    assert await book.relocate(MOVED) == 7
    assert await book.relocate(MOVED) == 0
    urgent, rest = await say(book, "1.000001"), await say(book, "2.000001")
    assert (urgent.id, urgent.channel, rest.channel) == ("a00007", NEW, NEW)
    assert [m.alert_id for m in rest.members] == [f"a0000{n}" for n in (5, 4, 3, 2, 6, 1)]
    assert await book.counts() == {"sent": 2, "folded": 6, "pending": 1}


async def test_what_was_ever_in_doubt_stays_where_it_was_tried(make: Make) -> None:
    """Only there can it be looked for: it may stand."""
    for clean in (0, 2):
        book = await opened(make)
        await book.intend([alert(1)])
        delivery = await claimed(book)
        assert await book.relocate(MOVED) == 0  # in the air
        await book.again(delivery, Back(State.PENDING if clean else State.DOUBT, clean=clean))
        assert await book.relocate(MOVED) == 0
        await book.intend([reply(2, alert(1), Kind.ECHO, channel=NEW)])
        assert (await soon(book)).channel == OLD


async def test_only_a_closed_channel_is_left_when_it_is_named(make: Make) -> None:
    """Another one's alerts stay."""
    book = await opened(make)
    await book.intend([alert(1), alert(2, channel="slack:C0THIRD")])
    assert await book.relocate(MOVED, "slack:C0THIRD") == 1
    assert {(await claimed(book)).channel, (await claimed(book)).channel} == {OLD, NEW}


async def test_what_is_held_is_moved_and_held(make: Make) -> None:
    """It is told at the opening, in the new channel."""
    book = await opened(make)
    await book.intend([alert(1, hold=WallClock().now() + 200)])
    assert await book.relocate(MOVED) == 1
    assert await book.claim(LEASE) is None
    assert (await soon(book)).channel == NEW


async def test_a_doubt_that_goes_elsewhere_is_looked_for_there(make: Make) -> None:
    """The book was lost after it had been moved: it may stand in either channel."""
    book = await opened(make)
    await book.rebuild([alert(1)])
    await book.again(await soon(book), Back(State.DOUBT, 50, elsewhere=NEW))
    delivery = await soon(book)
    assert (delivery.state, delivery.channel) == (State.READING, NEW)


async def test_what_is_put_off_is_held_and_so_is_what_waits_for_it(make: Make) -> None:
    """It counts as held, not as late; then it is told first, for it entered first."""
    book = await opened(make, patience=LONG)
    await book.intend([alert(1), reply(2, alert(1))])
    delivery = await claimed(book)
    opening = WallClock().now() + 300
    await book.intend([alert(3, hold=opening)])
    assert await book.put_off(delivery, {"a00001": opening})
    assert not await book.put_off(delivery, {"a00001": opening})
    await asyncio.sleep(0.02)
    assert await book.claim(LEASE) is None
    waiting = await book.waiting()
    assert (waiting.held, dict(waiting.oldest)) == (3, {})
    assert await book.counts() == {"pending": 3}
    first = await soon(book)
    assert (first.id, first.alert.hold) == ("a00001", opening)
    await book.sent(first, "1.000001", 0)
    assert (await book.receipts(9, LEASE))[0].hold == opening


async def test_a_digest_that_is_put_off_is_undone(make: Make) -> None:
    """Of several watches only some are quiet: the others are told now, and at the opening the rest together."""
    book = await opened(make, patience=0)
    await book.intend([alert(1), alert(2), alert(3)])
    await asyncio.sleep(0.01)
    digest = await claimed(book)
    assert len(digest.members) == 3
    opening = WallClock().now() + 300
    await book.put_off(digest, {"a00001": opening, "a00003": opening})
    assert (await say(book, "1.000001")).id == "a00002"
    assert await book.claim(LEASE) is None
    rest = await soon(book)
    assert ([m.alert_id for m in rest.members], rest.fold) == (["a00001", "a00003"], "quiet")


async def test_what_is_decided_in_quiet_hours_enters_held(make: Make) -> None:
    """Its article was seen before they began, and came late; a rebuild knows that it was not told."""
    night = {"seen": 1_768_000_000_000, "decided": WallClock().now(), "quiet": whole_day()}
    for enter in ("intend", "rebuild"):
        book = await opened(make)
        await getattr(book, enter)([alert(1, **night)])
        assert (await book.waiting()).held == 1
        assert await book.counts() == {"pending": 1}
    book = await opened(make)
    await book.intend([alert(1, quiet="nonsense", decided=WallClock().now())])
    assert (await claimed(book)).id == "a00001"


def whole_day() -> str:
    """Quiet hours that have begun, and last for some more."""
    hour = WallClock().now() // HOUR % 24
    return f"{(hour - 2) % 24:02d}:00-{(hour + 3) % 24:02d}:00 UTC"


async def test_all_of_a_moved_watch_goes_however_many_wait_before_it(make: Make) -> None:
    """Others stand in front of it: more than are looked at in one call."""
    book = await opened(make, patience=LONG, crowd=LONG)
    await book.intend([alert(n, watch="other" if n < 1_100 else "china-ai") for n in range(1_110)])
    assert await book.relocate(MOVED) == 10


async def test_an_update_that_was_told_out_of_its_turn_hides_none_before_it(make: Make) -> None:
    """It was in doubt, and found; what still waits goes with its first message."""
    book = await opened(make)
    await book.intend([alert(1), reply(2, alert(1))])
    await book.rebuild([reply(3, alert(1))])
    assert await book.found({"a00003": Mark("1.000001")}) == 1
    await book.intend([reply(4, alert(1), channel=NEW)])
    kept = [await book.alert(f"a0000{n}") for n in (1, 2, 3, 4)]
    assert [a.channel for a in kept if a] == [NEW, NEW, OLD, NEW]


async def test_no_call_moves_a_story_of_any_length(redis_url: str) -> None:
    """Redis does nothing else meanwhile: of a thousand replies only the newest go, or are held, in one call."""
    async with Redis.from_url(redis_url) as redis:
        for moving in (True, False):
            book = await opened(lambda rules: RedisBook(redis, "book-" + uuid4().hex, rules), crowd=LONG)
            await book.intend([alert(1), *(reply(n, alert(1)) for n in range(2, 1_002))])
            first = await claimed(book)
            await redis.config_resetstat()
            if moving:
                await book.again(first, Back(State.PENDING))
                await book.intend([reply(2_000, alert(1), channel=NEW)])
            else:
                await book.put_off(first, {"a00001": WallClock().now() + LONG})
            stats = await redis.info("commandstats")
            assert stats["cmdstat_zadd"]["calls"] < 1_000


async def test_a_digest_leaves_what_was_ever_in_doubt_where_it_was_tried(make: Make) -> None:
    """The others of it go."""
    book = await opened(make, patience=0)
    await book.intend([alert(1)])
    await book.again(await claimed(book), Back(State.PENDING, clean=2))
    await book.intend([alert(2), alert(3)])
    await asyncio.sleep(0.01)
    await book.again(await soon(book), Back(State.PENDING))
    assert await book.counts() == {"pending": 1, "folded": 3}
    assert await book.relocate(MOVED) == 2
    kept = [await book.alert(f"a0000{n}") for n in (1, 2, 3)]
    assert [a.channel for a in kept if a] == [OLD, NEW, NEW]


async def test_what_is_put_off_was_no_attempt(make: Make) -> None:
    """Else, after an outage, a night's alerts would spend every probe and the workspace's pace before others."""
    book = await opened(make, breaker_after=1, breaker_wait=20, team_pace=LONG, team_burst=1)
    await book.intend([alert(n, channel=f"slack:C0{n}") for n in (1, 2, 3)])
    await book.again(await claimed(book), Back(State.PENDING, LONG, sign=Sign.TROUBLE))
    await asyncio.sleep(0.03)
    asleep = await claimed(book)
    await book.put_off(asleep, {asleep.id: WallClock().now() + LONG})
    probe = await claimed(book)
    assert probe.id not in (asleep.id, "a00001")
    assert await book.claim(LEASE) is None


async def test_no_urgent_reply_hurries_what_is_put_off(make: Make) -> None:
    """Its watch has no quiet hours any more; its first message is still held, by those of then."""
    book = await opened(make)
    await book.intend([alert(1)])
    opening = WallClock().now() + 300
    await book.put_off(await claimed(book), {"a00001": opening})
    await book.intend([reply(2, alert(1), Kind.CORRECTION)])
    first = await soon(book)
    assert (first.id, first.at >= opening) == ("a00001", True)


async def test_a_message_too_many_is_taken_back_where_it_stands(make: Make) -> None:
    """Slack showed it late: meanwhile the alert was told in another channel."""
    book = await opened(make)
    await book.rebuild([alert(1)])
    late = await soon(book)
    await book.again(late, Back(State.DOUBT, 50, elsewhere=NEW))
    await book.sent(await soon(book), "2.000001", 0)
    assert not await book.sent(late, "1.000001", 0)
    assert await book.doubles() == [(OLD, "a00001", "1.000001")]


async def test_a_late_proof_ends_the_search_in_another_channel(make: Make) -> None:
    """It stands where it was tried: there it is edited, and there its replies belong."""
    book = await opened(make)
    await book.rebuild([alert(1)])
    late = await soon(book)
    await book.again(late, Back(State.DOUBT, 50, elsewhere=NEW))
    assert await book.sent(late, "1.000001", 0)
    kept = await book.alert("a00001")
    assert kept is not None and kept.channel == OLD
    await asyncio.sleep(0.06)
    assert await book.claim(LEASE) is None


async def test_what_was_moved_goes_there_in_the_version_before_as_well(redis_url: str) -> None:
    """It reads the channel in the alert as it was written: else a rollback would block the new one with what is refused."""
    async with Redis.from_url(redis_url) as redis:
        prefix = f"book-{uuid4().hex}"
        book = await opened(lambda rules: RedisBook(redis, prefix, rules))
        tricky = alert(1, title=f'"channel":"{OLD}" says \\"channel":"{OLD}"', article_id=f'"channel":"{OLD}"')
        await book.intend([tricky])
        assert await book.relocate(MOVED) == 1
        raw = await redis.hget(f"{{{prefix}}}:d:a00001", "alert")
        assert isinstance(raw, bytes)
        assert decode_alert(raw) == replace(tricky, channel=NEW)
