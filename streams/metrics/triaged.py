"""A batch of triage in numbers: a few dictionary sums per article, everything else once per batch."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from streams.basics.times import SECOND
from streams.flow import Journey, Trace
from streams.metrics import names
from streams.metrics.conservation import Conservation
from streams.metrics.meter import Meter
from streams.metrics.names import WATCHES_SHOWN
from streams.metrics.sources import Bounded, Silence
from streams.records import Article, Outcome, Reason
from streams.watches.watch import Desks

_FURTHEST: Final = (
    Reason.ALERTED, Reason.UPDATED, Reason.CORRECTED, Reason.MERGED, Reason.WITHDRAWN, Reason.MUTED, Reason.LATE,
    Reason.BELOW_THRESHOLD, Reason.NOT_SALIENT, Reason.NOT_CERTAIN, Reason.UNSUPPORTED_LANGUAGE, Reason.NO_COMPANY,
)  # fmt: skip
_RANK: Final = {reason: rank for rank, reason in enumerate(_FURTHEST)}


@dataclass(slots=True)
class Triaged:
    """Counts what triage does. One for each worker."""

    meter: Meter
    conservation: Conservation = field(default_factory=Conservation)
    source: Bounded = field(default_factory=Bounded)
    watch: Bounded = field(default_factory=lambda: Bounded(most=WATCHES_SHOWN))  # people make some in a channel
    silence: Silence = field(default_factory=Silence)

    def trace(self) -> Trace:
        """For one walk of a batch: the time between two calls is the stage's."""
        before = time.perf_counter()

        def traced(stage: str, articles: Sequence[Article], _: Sequence[Outcome]) -> None:
            nonlocal before
            now = time.perf_counter()
            if articles:
                self.meter.observe(names.STAGE, (now - before,), stage)
                self.meter.count(names.STAGE_ARTICLES, stage, by=len(articles))
            before = now

        return traced

    def published(self, seconds: float) -> None:
        """Kafka has acknowledged a batch's alerts and decisions."""
        self.meter.observe(names.STAGE, (seconds,), "publish")

    def done(self, journeys: Sequence[Journey], desk: Desks) -> None:
        """A batch is decided by this desk, and acknowledged."""
        meter = self.meter
        meter.observe(names.BATCH, (len(journeys),))
        meter.observe(names.DECIDED, [max(0, j.decisions[0].decided - j.article.seen) / SECOND for j in journeys])
        meter.observe(names.ARRIVAL, [max(0, j.article.seen - p) / SECOND for j in journeys if (p := _published(j))])
        for (source, ending), count in Counter(map(self._ending, journeys)).items():
            meter.count(names.ARTICLES, source, ending, by=count)
        for reason, count in Counter(d.reason for j in journeys for d in j.decisions).items():
            meter.count(names.DECISIONS, reason.value, by=count)
        for (watch, kind), count in Counter(
            (self.watch(a.watch), a.kind.value) for j in journeys for a in j.alerts
        ).items():
            meter.count(names.ALERTS, watch, kind, by=count)
        for reason, count in Counter(j.buried.reason for j in journeys if j.buried).items():
            meter.count(names.DEAD_LETTERS, reason.value, by=count)
        self._conserve(journeys, desk)
        self._silence(journeys)

    def _ending(self, journey: Journey) -> tuple[str, str]:
        reasons = [d.reason for d in journey.decisions]
        furthest = reasons[0] if len(reasons) == 1 else min(reasons, key=lambda r: _RANK.get(r, len(_RANK)))
        return self.source(journey.article.source), furthest.value

    def _conserve(self, journeys: Sequence[Journey], desk: Desks) -> None:
        broken = 0
        for journey in journeys:
            origin, decisions = journey.article.origin, journey.decisions
            self.conservation.decided((origin.topic, origin.partition), origin.offset)
            shared = len(decisions) == 1 and decisions[0].watch is None
            asked = len(desk.at(journey.article.seen).watches)
            broken += not shared and len({d.watch for d in decisions}) != asked
        if broken:
            self.conservation.broken(broken)
        self.meter.set(names.GAP, self.conservation.gap)

    def _silence(self, journeys: Sequence[Journey]) -> None:
        for source, seen in {self.source(j.article.source): j.article.seen / SECOND for j in journeys}.items():
            self.silence.seen(source, seen)
            self.meter.set(names.LAST_ARTICLE, self.silence.last[source], source)
            self.meter.set(names.USUAL_GAP, self.silence.usual.get(source, 0.0), source)


def _published(journey: Journey) -> int:
    """When it says it was published; 0 when it does not, or is absurd (see `event_time`)."""
    article = journey.article
    return article.published if article.published and article.published == article.event_time else 0
