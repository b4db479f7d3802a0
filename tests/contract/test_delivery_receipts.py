"""Both delivery books keep what the ledger has yet to be told: once it is proved, until Kafka has it, for one at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from streams.basics.tasks import end
from streams.basics.times import HOUR, WallClock, to_ts
from streams.channels.memory import MemoryChannel
from streams.delivery.book import Back, Mark, State
from streams.delivery.channel import Doubt, Reach, Refused
from streams.delivery.redis import RedisBook
from streams.delivery.report import Reporter
from streams.delivery.rules import Rules
from streams.delivery.sender import Sender, Timing
from streams.delivery.waiting import Waiting
from streams.ledger.receipts import Receipts, late
from streams.records import Away, Kind, Proof, Receipt
from tests.build import alert
from tests.contract.books import LEASE, Make, claimed, opened, say, soon

TOLD, LONG = 100, 2_600
"""Milliseconds that a reporter has before another tells the same again; longer than one waits for a broker."""


def proofs(receipts: Sequence[Receipt]) -> dict[str, Proof]:
    """By alert."""
    return {r.alert_id: r.proof for r in receipts}


async def test_a_sent_and_a_dead_alert_have_a_receipt_and_what_is_open_has_none(make: Make) -> None:
    """It says which alert of which story, where, how, when, by which message or why not."""
    book, before = await opened(make), WallClock().now()
    now = before - 10
    await book.intend(
        [
            alert(1, decided=now), alert(2, channel="slack:C2", decided=now),
            alert(3, channel="slack:C3"), alert(4, channel="slack:C4"),
        ]
    )  # fmt: skip
    sent, dead, doubt = await claimed(book), await claimed(book), await claimed(book)
    assert not await book.receipts(9, TOLD)
    ts = to_ts(before)
    await book.sent(sent, ts, 0)
    await book.dead(dead, "channel_not_found")
    await book.again(doubt, Back(State.DOUBT))
    first, second = sorted(await book.receipts(9, TOLD), key=lambda r: r.alert_id)
    assert first == Receipt(
        alert_id="a00001",
        article_id="art1",
        root_id="a00001",
        channel="slack:C0DESK",
        proof=Proof.SENT,
        at=before,
        ts=ts,
    )
    assert (second.proof, second.ts, second.why) == (Proof.DEAD, "", "channel_not_found")
    assert before <= second.at <= WallClock().now()


async def test_what_waits_for_the_ledger_is_counted_and_how_long_it_waits(make: Make) -> None:
    """Also in a reporter's hand; what was reported no longer counts, and what is open does not yet."""
    book, before = await opened(make), WallClock().now()
    assert await book.waiting() == Waiting(0, {})
    await book.intend([alert(1), alert(2, channel="slack:C2"), alert(3, channel="slack:C3")])
    await say(book, "1.1")
    await asyncio.sleep(0.1)
    await say(book, "2.2")
    [first, *_] = await book.receipts(9, LONG)
    waiting = await book.waiting()
    assert waiting.unreported == 2
    assert 100 <= waiting.unreported_for <= WallClock().now() - before
    await book.reported([first])
    waiting = await book.waiting()
    assert waiting.unreported == 1
    assert waiting.unreported_for <= WallClock().now() - before - 100


async def test_the_lines_of_a_digest_have_receipts_once_it_is_sent_and_it_has_none(make: Make) -> None:
    """Folded is not told: between folding and the answer they wait. Parts in the thread name their own message."""
    book = await opened(make, crowd=2, lines=2)
    await book.intend([alert(n) for n in (1, 2, 3, 4)])
    digest = await claimed(book)
    assert not await book.receipts(9, TOLD)
    await book.sent(digest, "1.5", 0)
    await asyncio.sleep(0.26)
    await say(book, "2.5")
    told = await book.receipts(9, TOLD)
    assert proofs(told) == dict.fromkeys(("a00001", "a00002", "a00003", "a00004"), Proof.FOLDED)
    assert {r.alert_id: r.ts for r in told} == {"a00001": "1.5", "a00002": "1.5", "a00003": "2.5", "a00004": "2.5"}


async def test_replies_have_receipts_echoes_and_edits_have_none(make: Make) -> None:
    """An echo changes a message that has its receipt already."""
    book = await opened(make)
    await book.intend([alert(1), alert(2, kind=Kind.ECHO, root_id="a00001")])
    await say(book, "1.0")
    await book.intend([alert(3, kind=Kind.UPDATE, root_id="a00001")])
    await say(book, "2.0")
    edit = await book.edit(LEASE)
    assert edit is not None
    await book.edited(edit)
    told = await book.receipts(9, TOLD)
    assert {r.alert_id: r.root_id for r in told} == {"a00001": "a00001", "a00003": "a00001"}


async def test_what_quiet_hours_held_has_a_receipt_that_says_so_once_it_is_told(make: Make) -> None:
    """Until then there is nothing to tell; it is late from the end of the hold on."""
    book = await opened(make)
    opening = WallClock().now() + 1_000
    await book.intend([alert(1, hold=opening, decided=opening - HOUR)])
    assert await book.claim(LEASE) is None and not await book.receipts(9, TOLD)
    held = await soon(book, 20.0)
    await book.sent(held, to_ts(WallClock().now()), 0)
    (told,) = await book.receipts(9, TOLD)
    assert told.hold == opening <= told.at
    assert late(told, seen=opening - HOUR) == told.at - opening


async def test_what_is_found_after_a_doubt_was_there_since_its_ts(make: Make) -> None:
    """By a read for itself, or by one for another; by a message of its own or as a line of a digest."""
    book, now = await opened(make), WallClock().now()
    posted = now - 20_000
    ts = to_ts(posted)
    await book.rebuild([alert(n, decided=now - HOUR) for n in (1, 2, 3)])
    reading = await soon(book)
    await book.found({"a00002": Mark(ts), "a00003": Mark(ts, folded=True)})
    await book.sent(reading, ts, 0)
    told = await book.receipts(9, TOLD)
    assert proofs(told) == {"a00001": Proof.SENT, "a00002": Proof.SENT, "a00003": Proof.FOLDED}
    assert [(r.at, r.ts) for r in told] == [(posted, ts)] * 3


async def test_a_clock_that_is_wrong_gives_no_time_before_the_decision_or_after_the_proof(make: Make) -> None:
    """The other side's clock is its own."""
    book, now = await opened(make), WallClock().now()
    await book.intend([alert(1, decided=now), alert(2, channel="slack:C2", decided=now)])
    for ts in ("1.0", to_ts(now + HOUR)):
        await book.sent(await claimed(book), ts, 0)
    low, high = sorted(r.at for r in await book.receipts(9, TOLD))
    assert low == now
    assert now <= high <= WallClock().now()


async def test_a_receipt_is_told_by_one_reporter_and_again_when_that_one_dies(make: Make) -> None:
    """Until Kafka has it; then never again."""
    book = await opened(make)
    await book.intend([alert(1)])
    await say(book, "1.0")
    first = await book.receipts(9, LONG)
    assert len(first) == 1 and not await book.receipts(9, TOLD)
    async with asyncio.timeout(20):
        while not (again := await book.receipts(9, TOLD)):  # noqa: ASYNC110 - a clock moves it
            await asyncio.sleep(0.01)
    assert again == first
    await book.reported(first)
    await asyncio.sleep(TOLD / 1_000 + 0.05)
    assert not await book.receipts(9, TOLD)


async def test_so_many_at_a_time_the_longest_waiting_first(make: Make) -> None:
    """After an outage of the broker they come in the order in which they were proved."""
    book = await opened(make)
    await book.intend([alert(n, channel=f"slack:C{n}") for n in range(5)])
    said = []
    for n in range(5):
        said.append((await say(book, f"{n}.5")).id)
        await asyncio.sleep(0.003)
    rounds = [[r.alert_id for r in await book.receipts(2, LEASE)] for _ in range(4)]
    assert rounds == [said[:2], said[2:4], said[4:], []]


async def test_what_was_given_up_and_stands_after_all_is_told_again(make: Make) -> None:
    """A sender that slept through its lease brings proof while the first receipt is on its way: that it was dead."""
    book = await opened(make, crowd=1)
    await book.intend([alert(1), alert(2)])
    stale = await claimed(book)
    assert len(stale.members) == 2
    await book.dead(stale, "is_archived")
    dead = await book.receipts(9, LEASE)
    assert proofs(dead) == {"a00001": Proof.DEAD, "a00002": Proof.DEAD}
    await book.sent(stale, "1.0", 0)
    await book.reported(dead)
    told = await book.receipts(9, LEASE)
    assert proofs(told) == {"a00001": Proof.FOLDED, "a00002": Proof.FOLDED}
    assert [r.why for r in told] == ["", ""]
    assert not await book.buried()
    assert await book.counts() == {"sent": 1, "folded": 2}
    for order in ([*dead, *told], [*told, *dead]):
        known = Receipts()
        for receipt in order:
            known.enter(receipt)
        assert {r.proof for r in known.by_alert.values()} == {Proof.FOLDED}


async def test_a_book_that_was_lost_proves_again_what_it_proved(make: Make) -> None:
    """The second receipt says the same as the first; what is only taken as told is not proved."""
    now = WallClock().now()
    mine, ts = alert(1, decided=now - 5_000), to_ts(now - 3_000)
    book = await opened(make)
    await book.intend([mine])
    await say(book, ts)
    first = await book.receipts(9, LEASE)
    lost = await opened(make)
    await lost.rebuild([mine])
    await lost.rebuild([alert(2, channel="webhook:ops")], sent=True)
    assert not await lost.receipts(9, LEASE)
    await lost.sent(await soon(lost), ts, 0)
    assert await lost.receipts(9, LEASE) == first


@dataclass
class Ledger:
    """Takes receipts, when it is not away."""

    away: bool = False
    asked: int = 0
    had: list[Receipt] = field(default_factory=list)

    async def __call__(self, receipts: Sequence[Receipt]) -> None:
        self.asked += 1
        if self.away:
            raise Away("Kafka: away")
        self.had += receipts


async def until(done: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait for it."""
    until_then = asyncio.get_running_loop().time() + seconds
    while not done():
        assert asyncio.get_running_loop().time() < until_then
        await asyncio.sleep(0.02)


async def test_a_broker_that_is_away_holds_receipts_and_no_alert(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    """All is posted meanwhile; when it is back each is told once, by a reporter that waited through it."""
    book, channel, ledger = await opened(make), MemoryChannel(), Ledger(away=True)
    channel.answers = [Refused("gone", Reach.MESSAGE)]
    await book.intend([alert(n, channel=f"slack:C{n}") for n in range(6)])
    sender = Sender(book=book, channels={"slack": channel})
    assert await sender.step()
    running = asyncio.create_task(Reporter(book=book, publish=ledger, lease=LONG).run())
    await until(lambda: ledger.asked > 1)  # twice: between the two there was nothing that it might tell
    for _ in range(5):
        assert await sender.step()
    assert len(channel.posts) == 5 and not ledger.had
    ledger.away = False
    await until(lambda: len(ledger.had) >= 6)
    await asyncio.sleep(1.0)
    await end([running])
    assert len(ledger.had) == len(proofs(ledger.had)) == 6
    assert list(proofs(ledger.had).values()).count(Proof.DEAD) == 1
    assert [r.message for r in caplog.records if r.name == "streams.delivery.report"] == [
        "receipts wait: Kafka: away", "receipts go on after Kafka: away",
    ]  # fmt: skip


async def test_a_reporter_killed_at_any_await_loses_no_receipt(make: Make) -> None:
    """Before the broker has them, and after: then they come twice, and count once."""
    book, ledger = await opened(make), Ledger()
    await book.intend([alert(1)])
    channel = MemoryChannel(answers=[("stored", Doubt("cut"))])
    await Sender(book=book, channels={"slack": channel}, timing=Timing(settle=50)).step()
    assert not await Reporter(book=book, publish=ledger, lease=TOLD).step()  # nobody knows yet
    delivery = await soon(book, 5.0)
    await book.sent(delivery, "1.000000", 0)
    await book.receipts(9, TOLD)  # killed with the receipts in hand
    await asyncio.sleep(TOLD / 1_000 + 0.05)
    await ledger(await book.receipts(9, TOLD))  # killed when Kafka had them
    await asyncio.sleep(TOLD / 1_000 + 0.05)
    reporter = Reporter(book=book, publish=ledger, lease=TOLD)
    assert await reporter.step()
    await asyncio.sleep(TOLD / 1_000 + 0.05)
    assert not await reporter.step()
    assert len(ledger.had) == 2 and len({r.alert_id for r in ledger.had}) == 1


async def test_receipts_nobody_asks_for_end_with_their_deliveries(redis_url: str) -> None:
    """Redis keeps a delivery eight days; what outlived it has nothing to say, and none pile up."""
    redis, name = Redis.from_url(redis_url), f"book-{uuid4().hex}"
    book = RedisBook(redis, name, Rules())
    await book.begin()
    await book.intend([alert(1), alert(2, channel="slack:C2")])
    await say(book, "1.0")
    await redis.delete(f"{{{name}}}:d:a00001")
    await redis.zadd(f"{{{name}}}:unreported", {"long-gone": WallClock().now() - 9 * 24 * HOUR})
    await say(book, "2.0")
    assert await redis.zscore(f"{{{name}}}:unreported", "long-gone") is None
    assert proofs(await book.receipts(9, LEASE)) == {"a00002": Proof.SENT}
    assert await redis.zcard(f"{{{name}}}:unreported") == 1
    await redis.aclose()
