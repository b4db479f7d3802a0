"""A small town for tests of alerts that wait while its desk changes: triage, delivery book and sender on one clock."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from streams.basics.times import HOUR, MINUTE, parse_time
from streams.channels.memory import MemoryChannel
from streams.delivery.book import Delivery
from streams.delivery.channel import Answer, Reach, Refused
from streams.delivery.memory import MemoryBook
from streams.delivery.sender import Sender
from streams.delivery.upkeep import Upkeep
from streams.desk.changing import ChangingDesk
from streams.desk.feedback import Feedback
from streams.flow import Parts, triage
from streams.records import NOWHERE, Alert, Decision, Millis, Reason
from streams.watches.quiet import parse_quiet
from streams.watches.watch import Desk, Watch
from tests.build import sent
from tests.desk_kit import READER
from tests.twins import ALIBABA, Kit

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
    """Triage, book and sender on one clock that is set by hand; `desk` is the watches of now and what was said."""

    watches: Sequence[Watch]
    said: list[Feedback] = field(default_factory=list)
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
        desk = (lambda: self.desk.at(self.clock.now())) if knows else Desk
        return Sender(book=self.book, channels={"slack": self.channel}, desk=desk)

    @property
    def parts(self) -> Parts:
        """What judges by the watches of now."""
        self.kit.desk = self.desk
        return self.kit.parts

    @property
    def desk(self) -> ChangingDesk:
        """As every worker has it."""
        made = ChangingDesk(Desk(tuple(self.watches)), READER.check)
        made.add(self.said)
        return made

    async def feed(self, title: str, *, seen: Millis | None = None, source: str = "A", **more: str) -> Sequence[Alert]:
        """An article that is judged now; what is to be told enters the book, and is told as far as it can be."""
        article = sent(seen or self.clock.now(), title=title, source=source, lang="en", **more)
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


def decision_of(told: Alert) -> Decision:
    """The decision that put it on its way."""
    return Decision(
        article_id=told.article_id, watch=told.watch, stage="decide", reason=Reason.ALERTED, detail="",
        origin=NOWHERE, alert_id=told.alert_id, seen=told.seen,
    )  # fmt: skip
