"""The always-on process: one task a source, one writer, one watchman. One source's trouble is nobody else's."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from streams.records import Away, Millis
from streams.sources.base import Kind, Notice, Source, Take, World
from streams.sources.book import SourceBook
from streams.sources.watchman import Watchman
from streams.times import SECOND

if TYPE_CHECKING:
    from streams.sources.assemble import Live
    from streams.sources.settings import Sources

log = logging.getLogger(__name__)

_AGAIN_S = 5.0
LEASE: Millis = 6 * SECOND


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingest:
    """Brings what `sources` have to `take`, for ever."""

    kinds: Mapping[str, Kind]
    world: World
    take: Take
    notice: Notice

    async def run(self, sources: Sequence[Source]) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for source in sources:
                tasks.create_task(self.follow(source), name=f"source {source.name}")

    async def follow(self, source: Source) -> None:
        """One source, begun again should its kind ever fail: a fault of one file stays in it."""
        while True:
            try:
                await self.kinds[source.kind].bring(source, self.world, self.take, self.notice)
                log.info("source %s has come to its end", source.name)
            except Exception:
                log.exception("source %s failed; it is begun again", source.name)
                await asyncio.sleep(_AGAIN_S)
            else:
                return


class Deposed(RuntimeError):  # noqa: N818 - named for what happened
    """Another ingest holds this desk's lease; two would send everything twice."""


@dataclass(slots=True)
class Standing:
    """Why this process brings nothing in; "" when it does."""

    why: str = "waits for Redis, or for the ingest before it to leave"


async def run_ingest(parts: Live, sources: Sources) -> None:
    """Wait until this is the desk's one ingest, then work until cancelled. Raises `Deposed`."""
    await hold(parts.world.book, parts.owner)
    await _begun(parts.watchman)
    parts.standing.why = ""
    ingest = Ingest(kinds=parts.take.kinds, world=parts.world, take=parts.take, notice=parts.watchman)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_keep_hold(parts.world.book, parts.owner))
        tasks.create_task(parts.writer.run())
        tasks.create_task(ingest.run(sources.sources))


async def hold(book: SourceBook, owner: str) -> None:
    """Take the lease; stand by while another ingest has it."""
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


async def _keep_hold(book: SourceBook, owner: str) -> None:
    while True:
        await asyncio.sleep(LEASE / SECOND / 4)
        try:
            if not await book.lease(owner, LEASE):
                raise Deposed("another ingest has taken over")
        except Away as away:
            log.debug("lease: %s", away)
