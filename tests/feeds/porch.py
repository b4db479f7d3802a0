"""A door for pushes that listens on 127.0.0.1, with the topic and the book in memory behind it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from streams.basics.times import WallClock
from streams.sources.base import Errand, Source, Visit
from streams.sources.book import MemoryBook
from streams.sources.door import Door
from streams.sources.intake import Intake
from streams.sources.keys import Keys
from streams.sources.porter import Certificate
from streams.sources.push import opened
from streams.sources.registry import KINDS
from streams.sources.tally import Tally
from streams.sources.tape import MemoryTape
from streams.sources.writer import Writer

KEY = "an-example-key-of-a-test"
OPTIONS = {"host": "127.0.0.1", "port": 0, "keys": Keys.of([KEY]), "tls": None}
SOURCE = Source(name="desk-push", kind="push", outlet="Harbour Wire", options=OPTIONS)


@dataclass
class Porch:
    """What stands behind the door."""

    url: str = ""
    book: Any = field(default_factory=MemoryBook)
    tape: Any = field(default_factory=MemoryTape)
    visits: list[Visit] = field(default_factory=list)
    tally: Any = None

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.url.rpartition(":")[2])

    @property
    def titles(self) -> list[str]:
        """What lies on the topic."""
        return [orjson.loads(r.value)["title"] for r in self.tape.records]

    async def notice(self, source: Source, visit: Visit) -> None:
        """Health's ear."""
        self.visits.append(visit)


@asynccontextmanager
async def porch(
    made: Porch | None = None, patience: int = 30_000, tls: Certificate | None = None
) -> AsyncIterator[Porch]:
    """Open until the end of the block."""
    made = made or Porch()
    clock = WallClock()
    writer = Writer(book=made.book, tape=made.tape, clock=clock, settle=0)
    errand = Errand(replace(SOURCE, options=OPTIONS | {"tls": tls}))
    made.tally = Tally(errand=errand, clock=clock, notice=made.notice)
    door = Door(errand=errand, clock=clock, take=Intake(KINDS, writer), tally=made.tally, patience=patience)
    running = asyncio.create_task(writer.run())
    try:
        async with opened(door) as made.url:
            yield made
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


@contextmanager
def porch_in_thread() -> Iterator[Porch]:
    """The same for clients that block."""
    made, ready, loop = Porch(), threading.Event(), asyncio.new_event_loop()
    done = asyncio.Event()

    async def hold() -> None:
        async with porch(made):
            ready.set()
            await done.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(hold()))
    thread.start()
    if not ready.wait(20):
        raise RuntimeError("the door did not open")
    try:
        yield made
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join(20)
        loop.close()
