"""The always-on process: one task a source, one writer, one watchman. One source's trouble is nobody else's."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from streams.basics.tasks import end
from streams.basics.times import SECOND
from streams.records import Away, Millis
from streams.sources.base import Errand, Kind, Notice, Source, Take, World
from streams.sources.book import SourceBook
from streams.sources.watchman import Watchman

if TYPE_CHECKING:
    from streams.sources.assemble import Live

log = logging.getLogger(__name__)

_AGAIN_S = 5.0
_LEAVING_S = 3.0
"""How long a source that is no longer wanted may take to hang up: a push under way gets its answer."""
LEASE: Millis = 6 * SECOND
OURS = "ingest: "
"""So begin the names of its tasks: who stops it must be able to tell them again (a cancellation can be swallowed)."""


@dataclass(slots=True, kw_only=True)
class Ingest:
    """Brings what `sources` have to `take`, for ever; which they are may change while it runs."""

    kinds: Mapping[str, Kind]
    world: World
    take: Take
    notice: Notice
    sources: Sequence[Source]
    _tasks: asyncio.TaskGroup | None = None
    _followed: dict[str, tuple[Errand, asyncio.Task[None]]] = field(default_factory=dict)

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as self._tasks:
            self._begin(self._tasks)
            await asyncio.Event().wait()  # others may come

    def _begin(self, tasks: asyncio.TaskGroup) -> None:
        """Follow whatever nobody follows yet."""
        for source in self.sources:
            if source.name not in self._followed:
                errand = Errand(source)
                self._followed[source.name] = (
                    errand,
                    tasks.create_task(self.follow(errand), name=f"{OURS}source {source.name}"),
                )

    async def change(self, sources: Sequence[Source]) -> None:
        """Bring what these have: who goes on goes on as it was, and who is gone has hung up before anybody begins."""
        self.sources = sources
        if self._tasks is None:
            return
        wanted = {(s.name, s.kind): s for s in sources}
        gone = []
        for name, (errand, task) in list(self._followed.items()):
            if source := wanted.get((name, errand.source.kind)):
                errand.change(source)
            else:
                gone.append(task)
                del self._followed[name]
        await end(gone, _LEAVING_S)
        self._begin(self._tasks)

    async def follow(self, errand: Errand) -> None:
        """One source, begun again should its kind ever fail: a fault of one file stays in it."""
        while True:
            name, kind = errand.source.name, self.kinds[errand.source.kind]
            try:
                await kind.bring(errand, self.world, self.take, self.notice)
                log.info("source %s has come to its end", name)
            except Exception:
                log.exception("source %s failed; it is begun again", name)
                await asyncio.sleep(_AGAIN_S)
            else:
                return


class Deposed(RuntimeError):  # noqa: N818 - named for what happened
    """Another ingest holds this desk's lease; two would send everything twice."""


@dataclass(slots=True)
class Signs:
    """Why this process brings nothing in, "" when it does; and files on disk that it could not use, with the fault."""

    why: str = "waits for Redis, or for the ingest before it to leave"
    away: str = ""  # why nobody knows whether it may still be at work
    refused: Mapping[str, str] = field(default_factory=dict)


async def run_ingest(parts: Live, look: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Wait until this is the desk's one ingest, then work until cancelled. Raises `Deposed`.

    `look` runs from the first moment on: who stands by takes over with the sources of that day.
    """
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(look(), name=f"{OURS}looks")
        await take_lease(parts.world.book, parts.owner)
        await _begun(parts.watchman)
        parts.signs.why = ""
        tasks.create_task(_keep_lease(parts.world.book, parts.owner, parts.signs), name=f"{OURS}keeps its lease")
        tasks.create_task(parts.writer.run(), name=f"{OURS}writes")
        tasks.create_task(parts.ingest.run(), name=f"{OURS}follows")


async def take_lease(book: SourceBook, owner: str) -> None:
    """Stand by while another ingest has it."""
    told = False
    while True:
        try:
            if await book.lease(owner, LEASE):
                return
            words = "another ingest is at work; standing by"
        except Away as away:
            words = f"holding: {away}"
        if not told:
            log.warning(words)
            told = True
        await asyncio.sleep(0.5)


async def _begun(watchman: Watchman) -> None:
    while True:
        try:
            return await watchman.begin()
        except Away as away:
            log.warning("holding: %s", away)
            await asyncio.sleep(0.5)


async def _keep_lease(book: SourceBook, owner: str, signs: Signs) -> None:
    while True:
        await asyncio.sleep(LEASE / SECOND / 4)
        try:
            if not await book.lease(owner, LEASE):
                raise Deposed("another ingest has taken over")
        except Away as away:
            signs.away = str(away)
            log.debug("lease: %s", away)
        else:
            signs.away = ""
