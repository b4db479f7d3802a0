"""A day of two hundred feeds in virtual time, with kill -9 on the way.

python -m tests.feeds.day [FEEDS] [HOURS]        prints the figures
"""

from __future__ import annotations

import asyncio
import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from streams.basics.times import DAY, HOUR, MINUTE, iso
from streams.records import Alert, Millis
from streams.sources.base import Taken, Visit, World
from streams.sources.book import MemoryBook
from streams.sources.health import Health, learn
from streams.sources.hosts import PoliteWeb
from streams.sources.ingest import Ingest
from streams.sources.intake import Intake
from streams.sources.registry import KINDS
from streams.sources.settings import Sources, read_sources
from streams.sources.tape import MemoryTape, Written
from streams.sources.watchman import Watchman
from streams.sources.writer import Writer
from tests.build import NOON
from tests.feeds.inside import InsideWeb
from tests.feeds.loop import VirtualClock, run_virtually
from tests.feeds.wire import PAGE, Feed, toml, wire

SEED = 11
BEGIN: Millis = NOON - DAY  # 2026-01-08T12:00Z, a Thursday: a night and a morning lie ahead


class Killed(BaseException):
    """kill -9."""


@dataclass(slots=True)
class DeadlyTape(MemoryTape):
    """Dies at the given writes: before, or after Kafka has them and before anybody is told."""

    deaths: dict[int, bool] = field(default_factory=dict)  # number of the write: whether after
    writes: int = 0

    async def write(self, records: Sequence[Written]) -> None:
        """See `Tape.write`."""
        self.writes += 1
        after = self.deaths.get(self.writes)
        if after is False:
            raise Killed
        await MemoryTape.write(self, records)
        if after:
            raise Killed


@dataclass(slots=True, kw_only=True)
class Day:
    """What a day left behind."""

    feeds: list[Feed]
    sources: Sources
    span: Millis
    book: MemoryBook = field(default_factory=MemoryBook)
    tape: DeadlyTape = field(default_factory=DeadlyTape)
    alerts: list[tuple[Millis, Alert]] = field(default_factory=list)
    due: dict[str, Millis] = field(default_factory=dict)  # when a silence that was told was no chance any more
    kills: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    served: dict[str, Millis] = field(default_factory=dict)

    async def live(self) -> None:
        """Lives follow one another until the day is over."""
        clock = VirtualClock(BEGIN)
        web = InsideWeb(self.feeds, clock, self.answers, self.served)
        while clock.now() < BEGIN + self.span:
            try:
                await asyncio.wait_for(self._life(web, clock), (BEGIN + self.span - clock.now()) / 1_000)
            except TimeoutError:
                return
            except BaseExceptionGroup as deaths:
                if deaths.subgroup(Killed) is None:
                    raise
                self.kills += 1
                await asyncio.sleep(20)

    async def _life(self, web: InsideWeb, clock: VirtualClock) -> None:
        writer = Writer(book=self.book, tape=self.tape, clock=clock)
        polite = PoliteWeb(web=web, clock=clock)
        watchman = Watchman(book=self.book, sources=self.sources.sources, channel="console")
        watchman.tell = self._heard(clock, watchman)
        await watchman.begin()
        world = World(clock=clock, web=polite, book=self.book)
        take, sources = Intake(KINDS, writer), self.sources.sources
        ingest = Ingest(kinds=KINDS, world=world, take=take, notice=watchman, sources=sources)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(writer.run())
            tasks.create_task(ingest.run())

    def _heard(self, clock: VirtualClock, watchman: Watchman) -> Any:
        async def tell(alert: Alert) -> None:
            name = alert.article_id.removeprefix("source:")
            if "is silent" in alert.title:
                self.due.setdefault(name, watchman.health[name].due)
            if all(a.alert_id != alert.alert_id for _, a in self.alerts):
                self.alerts.append((clock.now(), alert))

        return tell

    def told(self) -> Counter[tuple[str, str, Any]]:
        """Every record by article, status and number of the telling."""
        rows = [orjson.loads(r.value) for r in self.tape.records]
        return Counter((r["title"].split()[1], r.get("status", "new"), r.get("revision")) for r in rows)

    def expected(self) -> set[str]:
        """Articles that stood on a page that was read, but for the last minutes, which nobody had time to write."""
        return {name for name, at in self.served.items() if at < BEGIN + self.span - 5 * MINUTE}


def history(feed: Feed, source: Any) -> Health:
    """Four weeks of this feed, learned as a first page that told of all of them."""
    health = Health()
    arrived = tuple(s.at for s in feed.stories if s.at < BEGIN)
    taken = Taken(new=len(arrived), arrived=arrived, form="x", listed=PAGE, missing={})
    learn(health, Visit(at=BEGIN, taken=taken), source)
    return health


def day(count: int = 200, hours: float = 24.0, deaths: dict[int, bool] | None = None) -> Day:
    """Let it pass."""
    span = round(hours * HOUR)
    feeds = wire(count, BEGIN, span)
    sources = read_sources(toml(feeds), "sources.toml", KINDS)
    made = Day(feeds=feeds, sources=sources, span=span)
    made.tape.deaths = deaths if deaths is not None else {40: False, 200: True, 900: True}
    for feed, source in zip(feeds, sources.sources, strict=True):
        made.book.noted[feed.name] = history(feed, source).encode()
    random.seed(SEED)  # the jitter between two visits
    run_virtually(made.live())
    return made


def report(made: Day) -> list[str]:
    """The figures."""
    told = made.told()
    new = {name for name, status, _ in told if status == "new"}
    statuses = Counter(status for _, status, _ in told.elements())
    lines = [
        f"{len(made.feeds)} feeds, {made.span / HOUR:.0f} h, {sum(made.answers.values()):,} requests: "
        + ", ".join(f"{n} x {s}" for s, n in made.answers.most_common()),
        f"{made.kills} x kill -9; {len(made.tape.records):,} records: {dict(statuses)}",
        f"missing: {len(made.expected() - new)}; sent twice: {sum(n - 1 for n in told.values())}",
    ]
    lines += [f"{iso(at)} {alert.title[:150]}" for at, alert in made.alerts]
    return lines


def main() -> None:
    """Run and print."""
    count = int(sys.argv[1]) if sys.argv[1:] else 200
    hours = float(sys.argv[2]) if sys.argv[2:] else 24.0
    began = time.process_time()
    made = day(count, hours)
    cpu = time.process_time() - began
    print("\n".join(report(made)))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024
    print(f"{cpu:.1f} s of CPU for {hours:.0f} h ({100 * cpu / hours / 3_600:.3f} % of a core), {peak:.0f} MB at most")


if __name__ == "__main__":
    main()
