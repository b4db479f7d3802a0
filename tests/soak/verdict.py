"""The judge: Kafka's topics and Slack's own journal against each other, afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from streams.kafka.reader import TopicReader
from streams.ledger.sums import Ledger
from streams.ledger.topic import without_record
from streams.records import SPOKE, Alert, Kind, Origin
from streams.wire import decode_alert, decode_decision
from tests.live.ordeal_judge import markers
from tests.soak.articles import watch_names
from tests.soak.rig import Rig

_IN_FLIGHT = 2_500  # a post under way, and the pause of its channel, when an urgent alert arrives


@dataclass
class Verdict:
    """What came in, how it ended, and how long it took (milliseconds)."""

    articles: int = 0
    gaps: list[str] = field(default_factory=list)
    lost: int = 0
    doubled: int = 0
    unexpected: int = 0
    overtaken: int = 0
    told: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    decided: list[tuple[int, int]] = field(default_factory=list)  # seen, and how much later it was first decided
    posted: list[tuple[int, float, float]] = field(default_factory=list)  # seen, until decided, until Slack has it

    @property
    def faults(self) -> dict[str, int]:
        """What must be 0."""
        return {"gap": len(self.gaps), "lost": self.lost, "doubled": self.doubled, "unexpected": self.unexpected}

    def latest(self, since: float = 0.0, until: float = float("inf")) -> float:
        """The longest an article appended in this time (seconds) waited for its first decision, in seconds."""
        waits = [late for seen, late in self.decided if since * 1_000 <= seen < until * 1_000]
        return max(waits, default=0) / 1_000

    def latest_post(self, since: float = 0.0, until: float = float("inf")) -> float:
        """The same until Slack has the alert."""
        waits = [late for seen, _, late in self.posted if since * 1_000 <= seen < until * 1_000]
        return max(waits, default=0.0) / 1_000


async def outbox(rig: Rig) -> dict[str, Alert]:
    """Every alert that must become a message."""
    found: dict[str, Alert] = {}
    async with TopicReader(rig.kafka.bootstrap) as reader:
        async for records in reader.read(await reader.ranges(rig.names.alerts)):
            found |= {a.alert_id: a for a in map(decode_alert, (r.value for r in records)) if a.kind is not Kind.ECHO}
    return found


async def judge(rig: Rig, since: float) -> Verdict:
    """The whole run, read from the beginning; waits are of articles appended since then (the warm-up's say nothing)."""
    verdict, ledger = Verdict(), Ledger()
    first: dict[Origin, tuple[int, int]] = {}
    async with TopicReader(rig.kafka.bootstrap) as reader:
        came_in = await reader.ranges(rig.names.articles)
        async for records in reader.read(await reader.ranges(rig.names.decisions)):
            decisions = [d for r in records if (d := decode_decision(r.value))]
            ledger.add(decisions)
            for d in decisions:
                first.setdefault(d.origin, (d.seen, d.decided - d.seen))
        ledger.empty = await without_record(reader, ledger.undecided(came_in))
    verdict.articles = ledger.came_in(came_in)
    verdict.gaps = ledger.gaps(came_in, watch_names())
    verdict.decided = [(seen, late) for seen, late in first.values() if seen >= since * 1_000]
    verdict.reasons = Counter(d.reason.value for d in ledger.newest.values())
    spoke = {d.alert_id for d in ledger.newest.values() if d.reason in SPOKE}
    _hold_against_slack(verdict, await outbox(rig), spoke, rig.posts())
    return verdict


def _hold_against_slack(
    verdict: Verdict, wanted: dict[str, Alert], spoke: set[str], posts: list[dict[str, Any]]
) -> None:
    stood = Counter(mark for post in posts for mark in markers(post))
    verdict.told = len(stood)
    verdict.lost = len((set(wanted) | spoke) - set(stood))
    verdict.doubled = sum(n - 1 for n in stood.values())
    verdict.unexpected = len(set(stood) - set(wanted))
    at: dict[str, float] = {}
    for post in posts:
        for mark in markers(post):
            at.setdefault(mark, post["t"] * 1_000)
    told = [(wanted[m], t) for m, t in at.items() if m in wanted]
    verdict.posted = [(a.seen, a.decided - a.seen, t - a.seen) for a, t in told]
    verdict.overtaken = overtaken(told)


def overtaken(told: Iterable[tuple[Alert, float]]) -> int:
    """Urgent new alerts that stood in their channel's queue while one that is not urgent was posted."""
    rows = list(told)
    slow = [(a.channel, t) for a, t in rows if not a.urgent]
    return sum(
        any(channel == a.channel and a.decided + _IN_FLIGHT < other < t for channel, other in slow)
        for a, t in rows
        if a.urgent and a.kind is Kind.NEW
    )


def percentiles(values: Iterable[float]) -> dict[str, float]:
    """p50, p99 and the most, rounded to the millisecond."""
    found = list(values) or [float("nan")]
    p50, p99 = np.percentile(found, [50, 99])
    return {"p50": round(float(p50)), "p99": round(float(p99)), "max": round(max(found))}
