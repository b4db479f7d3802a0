"""A desk that changes while alerts wait: a wrong channel is put right, a watch moves, quiet hours begin."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

import pytest

from streams.basics.times import HOUR, MINUTE, parse_time
from streams.channels.memory import MemoryChannel
from streams.delivery.book import Delivery
from streams.delivery.channel import Answer, Reach, Refused
from streams.delivery.memory import MemoryBook
from streams.delivery.sender import Sender
from streams.delivery.upkeep import Upkeep
from streams.flow import Parts, triage
from streams.ledger.receipts import Receipts
from streams.records import NOWHERE, Alert, Decision, Millis, Reason
from streams.watches.quiet import parse_quiet
from streams.watches.watch import Desk, Watch
from tests.build import alert, sent
from tests.twins import ALIBABA, NVIDIA, Kit

TYPO, RIGHT, OTHER = "slack:C0TYPO", "slack:C0RIGHT", "slack:C0OTHER"
FIRST, AGAIN = "Alibaba to invest $3 billion in chips plant", "Alibaba will invest $3 billion in chips plant"
OTHERS = "Alibaba and Tencent invest $9 billion in a cloud region in Johor"
EVENING, NIGHT = parse_time("2026-01-09T21:55:00Z"), parse_time("2026-01-10T02:00:00Z")
OPENING = parse_time("2026-01-10T06:30:00Z")
QUIET = replace(ALIBABA, channel=RIGHT, quiet=parse_quiet("22:00-06:30", "UTC"))
GONE = Refused("channel_not_found", Reach.CHANNEL, wait=MINUTE)


@dataclass(slots=True)
class Picky(MemoryChannel):
    """Some channels are not there, or away."""

    closed: Collection[str] = ()

    async def post(self, delivery: Delivery) -> Answer:
        """See `Channel.post`."""
        if delivery.channel in self.closed:
            return GONE
        return await MemoryChannel.post(self, delivery)


@dataclass
class Town:
    """Triage, book and sender on one clock that is set by hand; `desk` is the one of now."""

    watches: Sequence[Watch]
    kit: Kit = field(default_factory=Kit)
    channel: Picky = field(default_factory=lambda: Picky(closed=(TYPO,)))

    def __post_init__(self) -> None:
        self.clock = self.kit.clock
        self.book = MemoryBook(self.clock)
        self.sender = self.another()
        self.upkeep = Upkeep(
            book=self.book, channels={}, lease=HOUR, places=lambda: {w.name: w.channel for w in self.watches}
        )

    def another(self, *, knows: bool = True) -> Sender:
        """One more sender on the same book; one that does not know the desk plays another process."""
        desk = (lambda: Desk(tuple(self.watches))) if knows else Desk
        return Sender(book=self.book, channels={"slack": self.channel}, desk=desk)

    @property
    def parts(self) -> Parts:
        """What judges by the watches of now."""
        self.kit.desk = Desk(tuple(self.watches))
        return self.kit.parts

    async def feed(self, title: str, *, seen: Millis | None = None, source: str = "A") -> Sequence[Alert]:
        """An article that is judged now; what is to be told enters the book, and is told as far as it can be."""
        article = sent(seen or self.clock.now(), title=title, source=source, lang="en")
        (journey,) = await triage(self.parts, [article])
        await self.book.intend(journey.alerts)
        await self.go(5)
        return journey.alerts

    async def go(self, minutes: int) -> None:
        """Let time pass."""
        for _ in range(minutes):
            while await self.sender.step():
                pass
            await self.upkeep.step()
            self.clock.set(self.clock.now() + MINUTE + 1)

    def told(self) -> list[tuple[str, str]]:
        """Where what was told, in order."""
        return [(p.channel, a.title) for p in self.channel.posts for a in p.members or (p.alert,)]


async def test_after_a_typo_is_mended_what_waited_is_told_in_the_right_channel() -> None:
    """Also what no article retells, and what had become a digest: within a minute, and once."""
    town = Town([replace(ALIBABA, channel=TYPO)])
    await town.feed(FIRST)
    await town.feed(OTHERS)
    assert town.told() == []
    town.watches = [replace(ALIBABA, channel=RIGHT)]
    await town.go(3)
    assert town.told() == [(RIGHT, FIRST), (RIGHT, OTHERS)]
    await town.feed(AGAIN, source="B")
    assert len(town.told()) == 2


async def test_a_retelling_alone_brings_the_first_message_where_no_sender_knows_the_desk() -> None:
    """Another process may have read the mended file first."""
    town = Town([replace(ALIBABA, channel=TYPO)])
    town.sender = town.another(knows=False)
    await town.feed(FIRST)
    town.watches = [replace(ALIBABA, channel=RIGHT)]
    await town.feed(AGAIN, source="B")
    assert town.told() == [(RIGHT, FIRST)]


async def test_a_worker_that_is_started_with_the_mended_file_tells_what_waited() -> None:
    """It never knew the wrong channel: the refusal makes it ask where the watch speaks."""
    town = Town([replace(ALIBABA, channel=TYPO)])
    await town.feed(FIRST)
    town.watches = [replace(ALIBABA, channel=RIGHT)]
    town.upkeep = Upkeep(book=town.book, channels={}, lease=HOUR)
    town.sender = town.another()
    await town.go(3)
    assert town.told() == [(RIGHT, FIRST)]


async def test_only_watches_that_speak_elsewhere_leave_a_closed_channel() -> None:
    """Another watch's alerts wait there as before, though they stand first in line or in the same digest."""
    stays = replace(NVIDIA, channel=TYPO)
    town = Town([replace(ALIBABA, channel=TYPO), stays])
    await town.feed("Nvidia to invest $2 billion in chips plant")
    await town.feed(FIRST)
    town.watches = [replace(ALIBABA, channel=RIGHT), stays]
    town.upkeep = Upkeep(book=town.book, channels={}, lease=HOUR)
    await town.go(5)
    assert town.told() == [(RIGHT, FIRST)]
    assert (await town.book.counts())["pending"] == 1


async def test_a_watch_that_is_moved_takes_along_what_is_held_for_the_morning() -> None:
    """Also out of a channel that takes everything."""
    town = Town([QUIET])
    town.clock.set(NIGHT)
    await town.feed(FIRST)
    town.watches = [replace(QUIET, channel=OTHER)]
    await town.go(1)
    town.clock.set(OPENING)
    await town.go(1)
    assert town.told() == [(OTHER, FIRST)]


async def test_what_was_moved_and_told_is_not_told_again_when_the_book_is_lost() -> None:
    """The outbox knows the channel of old: it is looked for there, then where the watch speaks now."""
    town = Town([replace(ALIBABA, channel=TYPO)])
    alerts = await town.feed(FIRST)
    town.watches = [replace(ALIBABA, channel=RIGHT)]
    await town.go(3)
    assert town.told() == [(RIGHT, FIRST)]
    town.book = MemoryBook(town.clock)
    town.sender = town.another()
    await town.book.rebuild([replace(a, channel=TYPO) for a in alerts])
    await town.go(10)
    assert town.told() == [(RIGHT, FIRST)]
    assert await town.book.counts() == {"sent": 1}


@pytest.mark.parametrize("urgent", [False, True])
async def test_what_was_due_before_quiet_hours_and_came_late_waits_for_their_end(*, urgent: bool) -> None:
    """The channel was away until two at night."""
    town = Town([replace(QUIET, urgent=urgent)])
    town.channel.closed = (RIGHT,)
    town.clock.set(EVENING)
    alerts = await town.feed(FIRST)
    assert [a.hold for a in alerts] == [0]
    town.clock.set(NIGHT)
    town.channel.closed = ()
    await town.go(3)
    assert (town.told(), (await town.book.waiting()).held) == ([], 1)
    town.clock.set(OPENING)
    await town.go(1)
    assert town.told() == [(RIGHT, FIRST)]


async def test_what_was_seen_before_quiet_hours_and_read_in_them_waits_for_their_end() -> None:
    """Triage was behind. The decision is a replay's; the receipt says that it was held."""
    town = Town([QUIET])
    town.clock.set(NIGHT)
    (told,) = await town.feed(FIRST, seen=EVENING - HOUR)
    assert (told.hold, town.told(), (await town.book.waiting()).held) == (0, [], 1)
    town.clock.set(OPENING)
    await town.go(1)
    assert town.told() == [(RIGHT, FIRST)]
    (receipt,) = await town.book.receipts(9, HOUR)
    assert receipt.hold == OPENING
    receipts = Receipts()
    receipts.enter(receipt)
    assert receipts.delays([decision_of(told)]) == [0]


async def test_a_digest_at_night_tells_only_watches_that_are_awake() -> None:
    """Two watches share a channel that was away; one of them has quiet hours."""
    town = Town([])
    town.clock.set(EVENING)
    quiet = [alert(n, channel=RIGHT, quiet="22:00-06:30 UTC", decided=EVENING) for n in (1, 2)]
    await town.book.intend([*quiet, *(alert(n, channel=RIGHT, decided=EVENING) for n in (3, 4))])
    town.clock.set(NIGHT)
    await town.go(3)
    assert [title for _, title in town.told()] == [alert(n).title for n in (3, 4)]
    town.clock.set(OPENING)
    await town.go(1)
    assert [(p.fold, [m.alert_id for m in p.members]) for p in town.channel.posts[-1:]] == [
        ("quiet", ["a00001", "a00002"])
    ]


def decision_of(told: Alert) -> Decision:
    """The decision that put it on its way."""
    return Decision(
        article_id=told.article_id, watch=told.watch, stage="decide", reason=Reason.ALERTED, detail="",
        origin=NOWHERE, alert_id=told.alert_id, seen=told.seen,
    )  # fmt: skip
