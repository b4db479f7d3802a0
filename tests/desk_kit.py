"""A desk for tests of what people change on it: two companies, two categories, one watch in the file."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from streams.desk.changing import ChangingDesk
from streams.desk.clerk import Clerk
from streams.desk.click import Click
from streams.desk.commands import Reader
from streams.desk.feedback import Act, Feedback
from streams.ports import Clocked
from streams.records import Alert, Away, Decision
from streams.watches.watch import Desk, Watch
from tests.build import NOON, alert

KNOWN = {"BABA": "alibaba", "9988.HK": "alibaba", "NVDA": "nvidia", "alibaba": "alibaba", "nvidia": "nvidia"}
READER = Reader(
    company_of=lambda t: frozenset({KNOWN[t]}) if t in KNOWN else frozenset(),
    tickers=("BABA", "9988.HK", "NVDA"),
    names={"alibaba": "Alibaba", "nvidia": "Nvidia"},
    categories=("capex", "export_controls"),
    zone="Europe/Berlin",
)
HERE = "slack:C0DESK"
FILED = Watch(name="china-ai", channel=HERE, companies=frozenset({"alibaba"}), categories=frozenset({"capex"}))
_ids = map("c{:06}".format, count(1))  # what is said at one time goes in the order of its ids: as it was made here


def desk() -> ChangingDesk:
    """As the file has it."""
    return ChangingDesk(Desk((FILED,)), READER.check)


def said(act: Act, **changes: Any) -> Feedback:
    """A click on record."""
    made = Feedback(id=next(_ids), act=act, user="U1", channel=HERE, at=NOON)
    return replace(made, **changes)


def typed(words: str, **changes: Any) -> Click:
    """A command."""
    return replace(Click(id=next(_ids), user="U1", channel=HERE, words=words), **changes)


def pressed(act: Act, alert_id: str = "a00001", **changes: Any) -> Click:
    """A button."""
    return replace(Click(id=next(_ids), user="U1", channel=HERE, act=act, alert_id=alert_id), **changes)


@dataclass
class Office:
    """A clerk whose world is this process. `away` plays an outage of Kafka."""

    clock: Clocked = field(default_factory=lambda: Clocked([NOON]))
    records: list[Feedback] = field(default_factory=list)
    alerts: dict[str, Alert] = field(default_factory=lambda: {"a00001": alert(1)})
    ledger: list[Decision] = field(default_factory=list)
    users: frozenset[str] = frozenset()
    away: bool = False
    barred: str | Exception = ""  # what is told of a channel
    steps: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.desk = desk()
        self.clerk = Clerk(
            desk=self.desk, reader=READER, clock=self.clock, record=self.record, alert=self.alert,
            decisions=self.decisions, barred=self.place, users=self.users,
        )  # fmt: skip

    async def record(self, feedback: Feedback) -> None:
        """Kafka."""
        if self.away:
            raise Away("Kafka: away")
        self.steps.append(f"recorded {feedback.act.value}")
        self.records.append(feedback)

    async def alert(self, alert_id: str) -> Alert | None:
        """The delivery book."""
        return self.alerts.get(alert_id)

    async def place(self, channel: str) -> str:
        """Slack, asked whether the bot may speak there."""
        self.steps.append(f"looked at {channel}")
        if isinstance(self.barred, Exception):
            raise self.barred
        return self.barred

    async def decisions(self, asked: str) -> list[Decision]:
        """The ledger."""
        return [d for d in self.ledger if asked in d.title]

    async def ask(self, click: Click) -> str:
        """Note and answer."""
        return await self.clerk.answer(await self.clerk.note(click))
