"""What the triage agent does with a batch of Kafka records. Knows Kafka's words, not Faust."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from streams.flow import Journey, Parts, triage
from streams.logs.decisions import tell
from streams.metrics.meter import SilentMeter
from streams.metrics.triaged import Triaged
from streams.names import Names
from streams.records import Article, Away, Millis, Reason
from streams.wire import dead_headers, encode_alert, encode_decision
from streams.worker.publish import Publisher, Record

log = logging.getLogger(__name__)

_WAITS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)


class TooManyBurials(RuntimeError):  # noqa: N818 - named for what happened
    """Nearly everything fails: a fault of the program or its files, not of the articles. Stop, do not bury."""


class Stopping(Exception):  # noqa: N818 - a state of the worker, not a fault
    """The worker stops while it holds a batch: nothing of it is acknowledged, the next worker begins there."""


@dataclass(slots=True)
class Health:
    """What the worker says of itself."""

    stopping: Callable[[], bool] = lambda: False

    away: str = ""  # which part of the world is missing; "" when all is well
    articles: int = 0
    alerts: int = 0
    buried: int = 0
    handled: Millis = 0  # Kafka's time of the newest record handled


@dataclass(slots=True)
class Triage:
    """Batches in; alerts, decisions and dead letters out, acknowledged by Kafka, before it returns."""

    parts: Parts
    names: Names
    publisher: Publisher
    health: Health = field(default_factory=Health)
    window: deque[bool] = field(default_factory=lambda: deque(maxlen=400))
    measured: Triaged = field(default_factory=lambda: Triaged(SilentMeter()))

    async def __call__(self, articles: Sequence[Article]) -> list[Journey]:
        """Decide a batch and publish the outcome; waits as long as Redis or Kafka are away.

        Raises `TooManyBurials`, and `Stopping` when the worker stops meanwhile. A repeat is harmless.
        """
        attempt = 0
        while True:
            parts = self.parts  # a reload swaps them between batches, never within one
            try:
                journeys = await triage(parts, articles, trace=self.measured.trace())
                self._refuse_to_bury_everything(journeys)
                await self._publish(journeys)
            except Away as away:
                if not self.health.away:
                    log.warning("holding: %s", away)
                self.health.away = str(away)
                if self.health.stopping():
                    raise Stopping(str(away)) from None
                await asyncio.sleep(_WAITS[min(attempt, len(_WAITS) - 1)])
                attempt += 1
                continue
            if self.health.away:
                log.warning("going on after %s", self.health.away)
            self.health.away = ""
            self._count(journeys)
            self.measured.done(journeys, len(parts.desk.watches))
            tell(journeys)
            return journeys

    async def _publish(self, journeys: Sequence[Journey]) -> None:
        started = time.perf_counter()
        await self.publisher.publish(self.records(journeys))
        self.measured.published(time.perf_counter() - started)

    def records(self, journeys: Sequence[Journey]) -> list[Record]:
        """What a batch leaves behind on Kafka."""
        records = []
        for journey in journeys:
            key = journey.article.id.encode() or str(journey.article.origin).encode()
            records += [
                Record(topic=self.names.decisions, key=key, value=encode_decision(d)) for d in journey.decisions
            ]
            records += [
                Record(topic=self.names.alerts, key=a.channel.encode(), value=encode_alert(a)) for a in journey.alerts
            ]
            if journey.buried:
                headers = dead_headers(journey.buried, journey.decisions[0].stage, self.parts.clock.now())
                raw = journey.article.raw
                records.append(Record(topic=self.names.dead, key=key, value=raw, headers=headers))
        return records

    def _refuse_to_bury_everything(self, journeys: Sequence[Journey]) -> None:
        # Malformed input is the sender's; `failed` is ours, and many in a row mean a bad deployment.
        failed = [bool(j.buried and j.buried.reason is Reason.FAILED) for j in journeys]
        recent = [*self.window, *failed]
        if len(recent) >= 100 and sum(recent) > 0.9 * len(recent):  # noqa: PLR2004 - nearly everything, of many
            worst = next(j.buried.detail for j in journeys if j.buried)
            raise TooManyBurials(f"{sum(recent)} of the last {len(recent)} articles failed: {worst}")
        self.window.extend(failed)

    def _count(self, journeys: Sequence[Journey]) -> None:
        self.health.handled = max((j.article.seen for j in journeys), default=self.health.handled)
        self.health.articles += len(journeys)
        self.health.alerts += sum(len(j.alerts) for j in journeys)
        self.health.buried += sum(j.buried is not None for j in journeys)
