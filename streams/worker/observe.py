"""Looks at Kafka, Redis and the delivery book every few seconds, and writes down what it sees: metrics and signs."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from streams.basics.times import SECOND
from streams.delivery.book import DeliveryBook, State
from streams.health.signs import Signs, judge
from streams.metrics import names
from streams.metrics.conservation import Conservation
from streams.metrics.meter import Meter
from streams.names import kind_of
from streams.ports import StoryMemory
from streams.records import Away, Millis
from streams.redis.client import Vitals
from streams.worker import view
from streams.worker.agents import Agent

log = logging.getLogger(__name__)

_KAFKA_S: Final = 1.0
_OUTSIDE_S: Final = 5.0
_STORIES_EVERY: Final = 6  # looks outside: the story memory is measured each half minute
_TICK_S: Final = 0.25
_WINDOW: Final = 40  # ticks that the worst delay is taken of: 10 s
_PARTS: Final = ("redis", "kafka", "other")


@dataclass(slots=True, kw_only=True)
class Observer:
    """`run` looks for ever; at Kafka from the moment the app is `attach`ed."""

    signs: Signs
    meter: Meter
    agents: Sequence[Agent]
    vitals: Callable[[], Awaitable[Vitals]]
    stories: StoryMemory
    app: Any = None
    standing: Callable[[], tuple[str, float]] = lambda: ("", 0.0)
    _lags: dict[str, float] = field(default_factory=dict)  # by topic, since when lag was seen
    _ticks: list[float] = field(default_factory=list)
    _told_of_stories: bool = False
    _passed: list[tuple[Any, int, int]] = field(default_factory=list)  # offsets without a record: was there one?

    def attach(self, app: Any, standing: Callable[[], tuple[str, float]]) -> None:
        """From now on there is a consumer to look at; `standing` says what stands still, and for how many seconds."""
        self.app, self.standing = app, standing

    async def run(self) -> None:
        """Look for ever; where one look fails, the others end with it, and all are begun again."""
        async with asyncio.TaskGroup() as looking:
            for look in (self._kafka, self._outside, self._loop):
                looking.create_task(look())

    async def _kafka(self) -> None:
        while True:
            if self.app is not None:
                self.look_at_kafka()
                await self.look_for_deleted()
            elif not self.agents:
                self.look_alone()
            self.meter.set(names.READY, not judge(self.signs, time.monotonic()).ready)
            await asyncio.sleep(_KAFKA_S)

    def look_at_kafka(self) -> None:
        """Partitions, lag, commits held against decisions."""
        ours = view.assigned(self.app)
        self.signs.looked = time.monotonic()
        self.signs.joined = view.joined(self.app)
        self.signs.kafka = "the group's coordinator does not answer" if view.lost(self.app) else ""
        self.signs.missing = view.missing(self.app, [agent.topic for agent in self.agents])
        self.signs.standing = self.standing()
        self.meter.set(names.STANDING, self.signs.standing[1])
        self._conserve(ours)
        for metric in (names.LAG, names.COMMITTED, names.ASSIGNED):
            self.meter.clear(metric)
        for one in ours:
            self.meter.set(names.LAG, one.lag, one.topic, str(one.partition))
            if one.committed is not None:
                self.meter.set(names.COMMITTED, one.committed, one.topic, str(one.partition))
        self._look_at_topics(ours)
        self._look_who_is_away()
        for look in (look for agent in self.agents for look in agent.looks):
            look()

    def look_alone(self) -> None:
        """Nobody reads a topic in a group here: there is none to join, only what is waited for."""
        self.signs.looked, self.signs.joined = time.monotonic(), True
        self._look_who_is_away()

    def _look_who_is_away(self) -> None:
        away = {_part(self.signs.away()), "kafka" if self.signs.kafka else "", "redis" if self.signs.redis else ""}
        for part in _PARTS:
            self.meter.set(names.AWAY, float(part in away), part)

    def _look_at_topics(self, ours: Sequence[view.Assigned]) -> None:
        held = Counter(one.topic for one in ours)
        for topic, health in ((agent.topic, agent.health) for agent in self.agents):
            self.meter.set(names.ASSIGNED, held[topic], topic)
            lag = sum(one.lag for one in ours if one.topic == topic)
            self.meter.set(names.LAG_SECONDS, self._behind(topic, health.reached) if lag else 0.0, topic)
            if not lag:
                self._lags.pop(topic, None)

    def _behind(self, topic: str, reached: Millis) -> float:
        """Seconds. Who never gets through its first batch lags too; who read nothing, since it saw something wait."""
        now = time.time()
        seen = self._lags.setdefault(topic, now)
        return max(0.0, now - (reached / SECOND or seen))

    def _judged(self) -> dict[str, Conservation]:
        """Of each topic whose articles we decide; none when we only deliver."""
        return {agent.topic: agent.judged for agent in self.agents if agent.judged is not None}

    def _conserve(self, ours: Sequence[view.Assigned]) -> None:
        judged = self._judged()
        for tp, first, end in view.skipped(self.app):
            if tp.topic in judged:
                judged[tp.topic].passed((tp.topic, tp.partition), first, end)
            self.meter.count(names.SKIPPED, tp.topic, by=end - first)
            self._passed.append((tp, first, end))
        for one in ours:
            if one.topic in judged and one.start is not None and one.committed is not None and not one.beyond:
                missing = judged[one.topic].committed((one.topic, one.partition), one.start, one.committed)
                if missing:
                    log.error("%s/%d: %d committed without a decision", one.topic, one.partition, missing)
        self.meter.set(names.GAP, sum(conservation.gap for conservation in judged.values()))

    async def look_for_deleted(self) -> None:
        """Of the offsets passed over, those before the log's first were deleted; marks of transactions lie after it."""
        try:
            logs = await view.bounds(self.app.consumer, {tp for tp, _, _ in self._passed}) if self._passed else {}
        except Away:  # asked again at the next look
            return
        for tp, first, end in self._passed:
            gone = min(logs[tp][0], end)
            if gone > first:
                where = f"{tp.topic}/{tp.partition}/{first}-{gone - 1}"
                log.error("up to %d records were deleted before they were read: %s", gone - first, where)
                self.meter.count(names.DELETED, tp.topic, by=gone - first)
        self._passed.clear()

    async def _outside(self) -> None:
        looks = 0
        while True:
            try:
                await self.look_outside(stories=looks % _STORIES_EVERY == 0)
                self.signs.redis = ""
            except Away as away:
                self.signs.redis = str(away).removeprefix("Redis: ")
            self.meter.set(names.REDIS_UP, float(not self.signs.redis))
            looks += 1
            await asyncio.sleep(_OUTSIDE_S)

    async def look_outside(self, *, stories: bool) -> None:
        """Redis, the delivery book and the story memory. Raises `Away`."""
        vitals = await self.vitals()
        self.meter.set(names.REDIS_MEMORY, vitals.memory)
        self.meter.set(names.REDIS_MOST, vitals.most)
        self.meter.set(names.REDIS_EVICTS, vitals.evicts)
        self.meter.set(names.REDIS_EVICTED, vitals.evicted)
        if stories:
            sizes = await self.stories.size()
            for what, number in sizes.items():
                self.meter.set(names.STORIES, number, what)
            self._look_at_stories(sizes["articles"])
        for book in (agent.book for agent in self.agents):
            if book is not None:
                await self._look_at_book(book)

    def _look_at_stories(self, remembered: int) -> None:
        """It knows nothing, though articles were judged before ours: Redis was emptied, or is another one."""
        if remembered or self._told_of_stories or self.app is None:
            return
        judged = self._judged()
        if any(one.topic in judged and one.start for one in view.assigned(self.app)):
            self._told_of_stories = True
            log.warning("the story memory is empty, but articles were judged before: `tapewire warm` fills it again")

    async def _look_at_book(self, book: DeliveryBook) -> None:
        counts, self.signs.held = await book.counts(), await book.holds()
        waiting = await book.waiting()
        for metric in (names.DELIVERIES, names.HELD, names.WAITED):
            self.meter.clear(metric)
        for state in State:  # 0 too: what appears at 1 did not grow
            self.meter.set(names.DELIVERIES, counts.get(state, 0), state)
        self.meter.set(names.DELIVERIES, max(0, counts.get(State.PENDING, 0) - waiting.held), State.PENDING)
        self.meter.set(names.DELIVERIES, waiting.held, "held")
        for channel, since in sorted(waiting.oldest.items(), key=lambda pair: pair[1]):  # channels are without number
            self.meter.set(names.WAITED, since / SECOND, kind_of(channel))
        self.meter.set(names.IN_DOUBT, sum(counts.get(state, 0) for state in ("doubt", "reading")))
        self.meter.set(names.RECEIPTS, waiting.unreported)
        self.meter.set(names.RECEIPTS_AGE, waiting.unreported_for / SECOND)
        for channel in self.signs.held:
            self.meter.set(names.HELD, 1, channel)

    async def _loop(self) -> None:
        """How late the event loop wakes us."""
        while True:
            due = time.monotonic() + _TICK_S
            await asyncio.sleep(_TICK_S)
            self._ticks = [*self._ticks[1 - _WINDOW :], max(0.0, time.monotonic() - due)]
            self.signs.delay = max(self._ticks)
            self.meter.set(names.LOOP_DELAY, self.signs.delay)


def _part(away: str) -> str:
    if not away:
        return ""
    part = away.split(":", 1)[0].lower()
    return part if part in _PARTS else "other"
