"""Sources change under a running ingest, in virtual time: who stays notices nothing, who changes goes on with the new."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import pytest

from streams.basics.times import HOUR, MINUTE, SECOND
from streams.records import Millis
from streams.sources.base import Source, Taken, Visit, World
from streams.sources.book import MemoryBook
from streams.sources.hosts import PoliteWeb
from streams.sources.ingest import Ingest
from streams.sources.registry import KINDS
from streams.sources.web import Got
from tests.build import NOON
from tests.feeds.loop import VirtualClock, run_virtually


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
