"""Sources change under a running ingest, in virtual time: who stays notices nothing, and no article is lost or doubled."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import pytest

from streams.metrics import names as metric
from streams.metrics.prometheus import PrometheusMeter
from streams.records import Away, Millis
from streams.sources.base import Source, Visit, World
from streams.sources.book import MemoryBook
from streams.sources.hosts import PoliteWeb
from streams.sources.ingest import Ingest
from streams.sources.intake import Intake
from streams.sources.registry import KINDS
from streams.sources.settings import read_sources
from streams.sources.tape import MemoryTape
from streams.sources.watchman import Watchman
from streams.sources.web import Got
from streams.sources.writer import Taken, Writer
from streams.times import HOUR, MINUTE, SECOND
from tests.build import NOON
from tests.feeds.day import BEGIN, Day
from tests.feeds.inside import InsideWeb
from tests.feeds.loop import VirtualClock, run_virtually
from tests.feeds.wire import toml, wire


def feed(name: str, **changes: Any) -> Source:
    """A source that is looked at every two minutes."""
    return replace(Source(name=name, kind="feed", outlet=name, url=f"https://{name}.example/rss"), **changes)


@dataclass
class Life:
    """An ingest, and what it asked for and when."""

    clock: VirtualClock
    asked: list[tuple[Millis, str]] = field(default_factory=list)
    ended: list[tuple[Millis, str]] = field(default_factory=list)
    taken: list[tuple[str, str]] = field(default_factory=list)
    visits: list[tuple[Source, Visit]] = field(default_factory=list)
    takes: float = 0.1
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    async def get(self, url: str, headers: Mapping[str, str]) -> Got:
        """A web of pages that are never the same twice."""
        self.asked.append((self.clock.now() - NOON, url))
        await asyncio.sleep(self.takes)
        self.ended.append((self.clock.now() - NOON, url))
        return Got(status=self.status, url=url, body=str(len(self.asked)).encode(), headers=self.headers)

    async def take(self, source: Source, page: Any) -> Taken:
        """Noted with what the source said."""
        self.taken.append((source.name, source.outlet))
        return Taken(new=1)

    async def notice(self, source: Source, visit: Visit) -> None:
        """Noted."""
        self.visits.append((source, visit))

    def times(self, host: str) -> list[Millis]:
        """When a host was asked."""
        return [at for at, url in self.asked if f"//{host}.example" in url]


Change = Callable[[Ingest, Life], Coroutine[Any, Any, None]]


def lived(sources: Sequence[Source], span: Millis, change: Change, **traits: Any) -> Life:
    """So long an ingest of these, with `change` beside it."""

    async def work() -> Life:
        life = Life(VirtualClock(NOON), **traits)
        world = World(clock=life.clock, web=PoliteWeb(web=life, clock=life.clock), book=MemoryBook())
        ingest = Ingest(kinds=KINDS, world=world, take=life.take, notice=life.notice, sources=sources)
        running = asyncio.create_task(ingest.run())
        changing = asyncio.create_task(change(ingest, life))
        await asyncio.sleep(span / SECOND)
        running.cancel()
        await changing
        return life

    return run_virtually(work())


@pytest.fixture
def even(monkeypatch: pytest.MonkeyPatch) -> None:
    """No jitter, so that two runs can be compared."""
    monkeypatch.setattr(random, "uniform", lambda _a, _b: 1.0)


async def nothing(ingest: Ingest, life: Life) -> None:
    """No change."""


def test_who_stays_is_asked_at_the_same_moments_whatever_changes_around_it(even: None) -> None:
    """Slow answers run on, the pace stays; also when the file is taken again every few seconds."""
    stays = feed("stays")

    async def storm(ingest: Ingest, life: Life) -> None:
        for number in range(400):
            await asyncio.sleep(7.3)
            others = [feed(f"other{i}") for i in range(number % 3)]
            await ingest.change([*others, replace(stays, where=f"sources.toml:{number}")])

    alone = lived([stays], HOUR, nothing, takes=20.0)
    storms = lived([stays], HOUR, storm, takes=20.0)
    assert storms.times("stays") == alone.times("stays") and len(alone.times("stays")) > 25
    assert [at for at, url in storms.ended if "stays" in url] == [at for at, url in alone.ended if "stays" in url]
    assert len(storms.asked) > len(alone.asked)


def test_a_failing_source_that_stays_is_left_alone_as_long_as_it_asked(even: None) -> None:
    """Patience is not forgotten by a reload, and not by another pace; another address is asked at once."""
    stays = feed("stays")
    found: list[int] = []

    async def change(ingest: Ingest, life: Life) -> None:
        await asyncio.sleep(10 * MINUTE / SECOND)
        await ingest.change([stays])
        await ingest.change([replace(stays, every=MINUTE, silence=HOUR)])
        await asyncio.sleep(10 * MINUTE / SECOND)
        found.append(len(life.asked))
        await ingest.change([replace(stays, url="https://better.example/rss")])
        await asyncio.sleep(2)
        found.append(len(life.asked))

    life = lived([stays], 50 * MINUTE, change, status=429, headers={"retry-after": "3600"})
    assert found == [1, 2]
    assert [url for _, url in life.asked] == ["https://stays.example/rss", "https://better.example/rss"]


def test_another_address_is_not_judged_by_the_failures_of_the_old(even: None) -> None:
    """A source that fails again at its new address is tried again as soon as any that fails for the first time."""

    async def change(ingest: Ingest, life: Life) -> None:
        await asyncio.sleep(2 * HOUR / SECOND)
        await ingest.change([feed("wire", url="https://better.example/rss")])

    life = lived([feed("wire")], 2 * HOUR + 10 * MINUTE, change, status=500)
    assert 14 * MINUTE < life.times("wire")[-1] - life.times("wire")[-2] < 16 * MINUTE
    first, second, *_ = life.times("better")
    assert first - 2 * HOUR <= SECOND and abs(second - first - 2 * MINUTE) < 10


def test_removed_ones_stop_new_ones_begin_and_changed_ones_take_the_new_settings(even: None) -> None:
    """A pace that was slow and is quick holds from now on, not after the next slow look."""
    before = [feed("gone"), feed("slow", every=6 * HOUR), feed("renamed", outlet="Old")]
    after = [feed("slow", every=MINUTE), feed("renamed", outlet="New"), feed("new")]

    async def change(ingest: Ingest, life: Life) -> None:
        await asyncio.sleep(10 * MINUTE / SECOND)
        await ingest.change(after)

    life = lived(before, 20 * MINUTE, change)
    at = 10 * MINUTE
    assert [t for t in life.times("gone") if t > at] == [] != life.times("gone")
    assert life.times("new")[0] - at <= 30 * SECOND and len(life.times("new")) == 5
    quick = [t for t in life.times("slow") if t >= at]
    assert quick[0] - at <= 2 * SECOND and len(quick) >= 9
    outlets = [outlet for name, outlet in life.taken if name == "renamed"]
    assert outlets == sorted(outlets, reverse=True) and set(outlets) == {"Old", "New"}


def test_a_source_that_changes_while_it_is_fetched_enters_its_page_and_goes_on_at_once_with_the_new(even: None) -> None:
    """No running request of one that stays is thrown away; one that is gone enters nothing more."""
    both = [feed("changes"), feed("goes")]

    async def change(ingest: Ingest, life: Life) -> None:
        await asyncio.sleep(31)
        assert len(life.asked) == 2 and not life.ended
        await ingest.change([feed("changes", url="https://changed.example/rss", outlet="New")])

    life = lived(both, 100 * SECOND, change, takes=28.0)
    assert [name for name, _ in life.taken] == ["changes", "changes"]
    assert [outlet for _, outlet in life.taken] == ["changes", "New"]
    assert [s.outlet for s, v in life.visits] == ["changes", "New"] and not any(v.fault for _, v in life.visits)
    assert life.times("changed")[0] == next(at for at, url in life.ended if "changes.example" in url)


def test_another_kind_under_the_same_name_begins_anew(even: None) -> None:
    """Even so the old one has hung up first."""

    async def change(ingest: Ingest, life: Life) -> None:
        await asyncio.sleep(5 * MINUTE / SECOND)
        paths = {"items": "@", "title": "t"}
        await ingest.change([feed("one", kind="json", url="https://json.example/", options=paths)])

    life = lived([feed("one")], 10 * MINUTE, change)
    assert max(life.times("one")) < 5 * MINUTE < min(life.times("json"))


def test_a_source_changed_every_second_is_not_starved(even: None) -> None:
    """It is looked at as often as it says, not begun again and again."""

    async def change(ingest: Ingest, life: Life) -> None:
        for number in range(3_000):
            await asyncio.sleep(0.37)
            await ingest.change([feed("wire", silence=number)])

    times = lived([feed("wire")], 16 * MINUTE, change).times("wire")
    assert len(times) == 8
    assert all(abs(b - a - 2 * MINUTE) < 10 for a, b in pairwise(times))


def test_who_stands_by_takes_over_with_the_sources_of_that_day() -> None:
    """What changed while another ingest was at work is not missed."""

    async def work() -> list[str]:
        life = Life(VirtualClock(NOON))
        world = World(clock=life.clock, web=life, book=MemoryBook())
        ingest = Ingest(kinds=KINDS, world=world, take=life.take, notice=life.notice, sources=[feed("old")])
        await ingest.change([feed("new")])
        running = asyncio.create_task(ingest.run())
        await asyncio.sleep(60)
        running.cancel()
        return [url for _, url in life.asked]

    assert run_virtually(work()) == ["https://new.example/rss"]


class Reloaded(Day):
    """A day on which the file is written every few minutes."""

    async def live(self) -> None:
        """One life; feeds go and come back, change their settings, and most stay."""
        clock, rng = VirtualClock(BEGIN), random.Random(3)
        web = InsideWeb(self.feeds, clock, self.answers, self.served)
        writer = Writer(book=self.book, tape=self.tape, clock=clock)
        world = World(clock=clock, web=PoliteWeb(web=web, clock=clock), book=self.book)
        watchman = Watchman(book=self.book, sources=self.sources.sources)
        await watchman.begin()
        everybody = self.sources.sources
        ingest = Ingest(kinds=KINDS, world=world, take=Intake(KINDS, writer), notice=watchman, sources=everybody)
        tasks = [asyncio.create_task(writer.run()), asyncio.create_task(ingest.run())]
        while clock.now() < BEGIN + self.span:
            await asyncio.sleep(rng.uniform(1, 240))
            ending = clock.now() > BEGIN + self.span - 20 * MINUTE
            now = [self._varied(s, rng) for s in everybody if ending or rng.random() > 0.1]
            await ingest.change(now)
            watchman.change(now, "")
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @staticmethod
    def _varied(source: Source, rng: random.Random) -> Source:
        match rng.randrange(8):
            case 0:
                return replace(source, every=rng.choice((1, 2, 9)) * MINUTE)
            case 1:
                return replace(source, headers={"x-desk": str(rng.random())})
            case _:
                return source


def test_a_day_of_reloads_loses_and_doubles_nothing() -> None:
    """Thirty feeds with every vice: whatever stood on a page that was served enters, and once."""
    span = 5 * HOUR
    feeds = [f for f in wire(30, BEGIN, span) if not f.lost]
    made = Reloaded(feeds=feeds, sources=read_sources(toml(feeds), "sources.toml", KINDS), span=span)
    made.tape = MemoryTape()  # type: ignore[assignment]
    random.seed(11)
    run_virtually(made.live())
    told = made.told()
    assert [k for k, n in told.items() if n > 1] == []
    assert made.expected() - {name for name, status, _ in told if status == "new"} == set()
    assert len(told) > 500 and sum(made.answers.values()) > 800


async def test_a_host_is_asked_by_as_many_at_once_as_the_file_says_now() -> None:
    """More at once for those who wait already; fewer as soon as enough have left."""
    life = Life(VirtualClock(NOON))
    open_: list[asyncio.Event] = []

    class Held:
        async def get(self, url: str, headers: Mapping[str, str]) -> Got:
            open_.append(asyncio.Event())
            await open_[-1].wait()
            return Got(status=200, url=url)

    polite = PoliteWeb(web=life, clock=life.clock, pace=0)
    await polite.renew(web=Held(), pace=0, at_once=2)
    asking = [asyncio.create_task(polite.get("https://a.example/", {})) for _ in range(8)]
    await settle()
    assert len(open_) == 2
    await polite.renew(web=Held(), pace=0, at_once=4)
    await settle()
    assert len(open_) == 4
    await polite.renew(web=Held(), pace=0, at_once=1)
    for left, begun in ((3, 4), (2, 4), (1, 4), (0, 5)):
        open_[3 - left].set()
        await settle()
        assert len(open_) == begun, left
    asking[-1].cancel()  # who waits may give up
    while not all(task.done() for task in asking):
        open_[-1].set()
        await settle()
    assert len(open_) == 7


async def settle() -> None:
    """Let everybody go as far as they can."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_the_watchman_knows_again_who_comes_back_and_measures_nobody_who_is_gone() -> None:
    """What was noted of it is read first; while Redis is away nothing is learned rather than all forgotten."""

    class Moody(MemoryBook):
        away = False

        async def notes(self, sources: Sequence[str]) -> Sequence[str]:
            if self.away:
                raise Away("Redis")
            return await super().notes(sources)

    meter, wire_, other = PrometheusMeter(), feed("wire"), feed("other")
    first = Watchman(book=(book := Moody()), sources=[wire_], meter=meter)
    await first.begin()
    for number in range(3):
        await first(wire_, Visit(at=NOON + number * MINUTE, taken=Taken(new=1, arrived=(NOON,), listed=1)))
    assert b'silent_in_seconds{source="wire"}' in meter.text()
    first.change([other], "")
    assert b'silent_in_seconds{source="wire"}' not in meter.text()
    later = Watchman(book=book, sources=[other], meter=meter)
    await later.begin()
    later.change([other, wire_], "")
    book.away = True
    await later(wire_, Visit(at=NOON + HOUR))
    assert "wire" not in later.health and meter.value(metric.SOURCE_VISITS, "wire") == 3
    book.away = False
    await later(wire_, Visit(at=NOON + HOUR))
    assert later.health["wire"].articles == 3 and later.health["wire"].visits == 4
