"""A replay's loop: batches through the flow under a virtual clock, lines out, sums kept."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from streams.basics.times import SECOND
from streams.flow import Journey, Parts, Reader, Walk, read, settled
from streams.ports import Clocked
from streams.records import SPOKE, Article, Millis
from streams.replay.output import Decided, lines
from streams.replay.source import Source

BATCH: Final = 256
AHEAD: Final = 6
"""Batches that are read, here and in the other process, before the one at hand is settled."""


@dataclass(slots=True)
class Sums:
    """What a run counts as it goes: nothing that grows with the archive but the ids of its alerts."""

    articles: int = 0
    spoken: int = 0  # decisions; a redelivery asks for the same alert again
    told: set[str] = field(default_factory=set)  # alert ids
    clock: Millis = 0
    by_watch: dict[str, Counter[str]] = field(default_factory=dict)
    shared: Counter[str] = field(default_factory=Counter)  # ended before any watch was asked

    def add(self, journey: Journey) -> None:
        """Enter one article."""
        self.articles += 1
        for decision in (d for d in journey.decisions if d.reason in SPOKE):
            self._speak(decision.alert_id)
        for decision in journey.decisions:
            if decision.watch is None:
                self.shared[decision.reason.value] += 1
            else:
                self.by_watch.setdefault(decision.watch, Counter())[decision.reason.value] += 1

    def restore(self, earlier: Decided) -> None:
        """Enter a decision that an earlier run wrote; its articles are counted by the caller."""
        if earlier.spoke:
            self._speak(earlier.alert)
        self.clock = max(self.clock, earlier.decided)
        if earlier.watch:
            self.by_watch.setdefault(earlier.watch, Counter())[earlier.reason] += 1
        else:
            self.shared[earlier.reason] += 1

    @property
    def alerts(self) -> int:
        """Alerts, each once however often its article came."""
        return len(self.told)

    def _speak(self, alert: str) -> None:
        self.spoken += 1
        self.told.add(alert)

    def of(self, watches: Sequence[str]) -> dict[str, Counter[str]]:
        """For each watch its decisions by reason; their sum is the number of articles."""
        return {w: self.by_watch.get(w, Counter()) + self.shared for w in watches}


@dataclass(frozen=True, slots=True)
class _Begun:
    """A batch that is being read: how many of its articles are judged again, when it was seen."""

    again: int
    seen: Millis
    walk: asyncio.Future[Walk]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What is replayed, through which parts, how fast. `parts.clock` is the virtual clock that is set here."""

    parts: Parts
    clock: Clocked
    source: Source
    speed: float | None = None  # times event time; None: as fast as it goes
    read: Reader | None = None  # another process; None: this one
    done: bytes = b""  # one byte per article whose lines an earlier run wrote: 1 when it left nothing in the memory

    async def journeys(self) -> AsyncIterator[list[Journey]]:
        """Every article that is not done yet, judged in order, a batch at a time.

        Of what is done, only articles that reached the story memory are judged again: it stands as it stood.
        """
        begun: deque[_Begun] = deque()
        reader, ahead = (self.read, AHEAD) if self.read else (partial(read, self.parts), 0)
        try:
            async for again, articles, seen in self._due():
                begun.append(_Begun(again, seen, asyncio.ensure_future(reader(articles))))
                if len(begun) > ahead:
                    yield await self._settled(begun.popleft())
            while begun:
                yield await self._settled(begun.popleft())
        finally:
            for one in begun:
                one.walk.cancel()

    async def _settled(self, begun: _Begun) -> list[Journey]:
        walk = await begun.walk
        self.clock.set(max(self.clock.now(), begun.seen))
        return (await settled(self.parts, walk))[begun.again :]

    async def _due(self) -> AsyncIterator[tuple[int, list[Article], Millis]]:
        """What of each batch is to be judged, behind so many articles that are judged again, and when it was seen."""
        position = 0
        async for batch in self._paced():
            old = min(len(batch), max(0, len(self.done) - position))
            again = [a for i, a in enumerate(batch[:old], position) if not self.done[i]]
            position += len(batch)
            yield len(again), [*again, *batch[old:]], batch[-1].seen

    async def _paced(self) -> AsyncIterator[list[Article]]:
        if self.speed is None:
            async for batch in self.source.batches(BATCH):
                yield batch
            return
        pace = Pace(self.speed)
        async for batch in self.source.batches(1):
            await asyncio.sleep(pace.wait(batch[0].seen))
            yield batch


@dataclass(slots=True)
class Pace:
    """How long to wait so that event time runs `speed` times as fast as the wall clock."""

    speed: float
    monotonic: Callable[[], float] = time.monotonic
    start: tuple[float, Millis] | None = None

    def wait(self, seen: Millis) -> float:
        """Seconds until an article of this time is due."""
        if self.start is None:
            self.start = (self.monotonic(), seen)
        began, first = self.start
        return max(0.0, began + (seen - first) / SECOND / self.speed - self.monotonic())


async def run(
    replay: Replay,
    write: Callable[[bytes], object] | None,
    sums: Sums,
    look: Callable[[Sums], None] | None = None,
) -> Sums:
    """Replay all; `write` gets each line with its line feed, `look` the sums after each batch."""
    async for journeys in replay.journeys():
        out: list[bytes] = []
        for journey in journeys:
            sums.clock = max(sums.clock, journey.article.seen)
            sums.add(journey)
            if write:
                out += lines(journey, sums.clock)
        if write and out:
            write(b"\n".join(out) + b"\n")
        if look:
            look(sums)
    return sums
