"""Hours in virtual time in which the sources change every few minutes: no article is lost or doubled."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace

from streams.basics.times import HOUR, MINUTE
from streams.sources.base import Source, World
from streams.sources.hosts import PoliteWeb
from streams.sources.ingest import Ingest
from streams.sources.intake import Intake
from streams.sources.registry import KINDS
from streams.sources.settings import read_sources
from streams.sources.tape import MemoryTape
from streams.sources.watchman import Watchman
from streams.sources.writer import Writer
from tests.feeds.day import BEGIN, Day
from tests.feeds.inside import InsideWeb
from tests.feeds.loop import VirtualClock, run_virtually
from tests.feeds.wire import toml, wire


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
