"""What the triage agent does with a batch of Kafka records. Knows Kafka's words, not Faust."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

from streams.flow import Journey, Parts, Reader, Walk, read, settled
from streams.kafka.publish import Publisher, Record
from streams.logs.decisions import tell
from streams.metrics.meter import SilentMeter
from streams.metrics.triaged import Triaged
from streams.names import Names
from streams.records import Article, Millis, Reason
from streams.wire import dead_headers, encode_alert, encode_decision
from streams.worker.holding import Health, hold, patiently
from streams.worker.let_go import LetGo

log = logging.getLogger(__name__)


class TooManyBurials(RuntimeError):  # noqa: N818 - named for what happened
    """Nearly everything fails: a fault of the program or its files, not of the articles. Stop, do not bury."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A batch that was read, and the parts that read it: a reload swaps them between batches, never within one."""

    parts: Parts
    walk: Walk


@dataclass(slots=True)
class Triage:
    """Batches in; alerts, decisions and dead letters out, acknowledged by Kafka, before it returns."""

    parts: Parts
    names: Names
    publisher: Publisher
    fresh: Callable[[Millis], Awaitable[None]] | None = None  # waits until the desk is up to date; raises `Away`
    reader: Reader | None = None  # another process; None: this one
    health: Health = field(default_factory=Health)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)  # the model reads one batch at a time
    window: deque[bool] = field(default_factory=lambda: deque(maxlen=400))
    let_go: LetGo = field(default_factory=LetGo)
    measured: Triaged = field(default_factory=lambda: Triaged(SilentMeter()))

    async def __call__(self, articles: Sequence[Article]) -> list[Journey]:
        """`read`, then `settle`."""
        return await self.settle(await self.read(articles))

    async def read(self, articles: Sequence[Article]) -> Begun:
        """The pure half: the next batch can be read while this one is settled."""
        parts = self.parts
        if self.reader:
            return Begun(parts, await self.reader(articles))
        async with self.turn:
            return Begun(parts, await read(parts, articles, trace=self.measured.trace()))

    def take(self, parts: Parts) -> None:
        """Put parts that were read again to use, from the next batch on."""
        if parts.versions != self.parts.versions and self.reader:
            log.warning("the process beside keeps what it read at its start: reading here until the next start")
            self.reader = None
        self.parts = parts

    async def settle(self, begun: Begun) -> list[Journey]:
        """Decide a batch and publish the outcome; waits as long as Redis or Kafka are away.

        Raises `TooManyBurials`, and `Stopping` when the worker stops meanwhile. A repeat is harmless.
        """
        journeys = await hold(self.health, lambda: self._settled(begun))
        self.health.handled = max((j.article.seen for j in journeys), default=self.health.handled)
        self.let_go.add(journeys)
        tell(journeys)
        return journeys

    async def _settled(self, begun: Begun) -> list[Journey]:
        parts = replace(begun.parts, desk=self.parts.desk)  # read as it was, judged by the desk of today
        if self.fresh:
            await self.fresh(max(a.seen for a in begun.walk.at))
        journeys = await settled(parts, begun.walk, trace=self.measured.trace())
        failed = self._refuse_to_bury_everything(journeys)
        await self._publish(journeys)
        self.window.extend(failed)
        self.measured.done(journeys, parts.desk)
        return journeys

    async def _publish(self, journeys: Sequence[Journey]) -> None:
        started = time.perf_counter()
        await patiently(self.health, "Kafka", self.publisher.publish(self.records(journeys)))
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
                buried, stage = journey.buried, journey.decisions[0].stage
                headers = dead_headers(
                    buried.article.origin, buried.reason, buried.detail, stage, self.parts.clock.now()
                )
                raw = journey.article.raw
                records.append(Record(topic=self.names.dead, key=key, value=raw, headers=headers))
        return records

    def _refuse_to_bury_everything(self, journeys: Sequence[Journey]) -> list[bool]:
        # Malformed input is the sender's; `failed` is ours, and many in a row mean a bad deployment.
        failed = [bool(j.buried and j.buried.reason is Reason.FAILED) for j in journeys]
        recent = [*self.window, *failed]
        if len(recent) >= 100 and sum(recent) > 0.9 * len(recent):  # noqa: PLR2004 - nearly everything, of many
            worst = next(j.buried.detail for j in journeys if j.buried)
            raise TooManyBurials(f"{sum(recent)} of the last {len(recent)} articles failed: {worst}")
        return failed
