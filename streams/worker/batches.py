"""Events to batches: as full as they come while others are in work, since each batch costs its own round trips."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any


class Gathered:
    """What came and is in no batch yet: it becomes one no sooner than a batch can begin.

    Faust gives what its wait brought, and of a backlog that is little whenever the event loop was busy meanwhile.
    """

    def __init__(self, most: int) -> None:
        """`most`: events of a batch."""
        self._most = most
        self._events: list[Any] = []
        self._some = asyncio.Event()
        self._room = asyncio.Event()

    async def add(self, events: Sequence[Any]) -> None:
        """Returns when there is less than a batch here: until then no more is taken from the topic."""
        self._events += events
        self._some.set()
        while len(self._events) >= self._most:
            self._room.clear()
            await self._room.wait()

    async def batch(self) -> Sequence[Any]:
        """What there is, in order; waits for the first."""
        await self._some.wait()
        events, self._events = self._events[: self._most], self._events[self._most :]
        if not self._events:
            self._some.clear()
        self._room.set()
        return events


class Line:
    """Batches begun and not finished, in order; so many have a place before the one that is being finished."""

    def __init__(self, places: int) -> None:
        self._places = asyncio.Semaphore(places)
        self._batches: asyncio.Queue[tuple[Sequence[Any], asyncio.Future[Any]]] = asyncio.Queue()

    async def place(self) -> None:
        """Returns when one more may enter."""
        await self._places.acquire()

    def enter(self, events: Sequence[Any], begun: asyncio.Future[Any]) -> None:
        """At the end, on the place that was given."""
        self._batches.put_nowait((events, begun))

    async def first(self) -> tuple[Sequence[Any], asyncio.Future[Any]]:
        """The next to be finished; its place is free."""
        batch = await self._batches.get()
        self._places.release()
        return batch
