"""`sources.toml` read again while ingest runs; one that cannot be used keeps the old one in use."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from streams.looking import Mark, Readings, mark, settled
from streams.sources.registry import KINDS
from streams.sources.settings import BadSources, Sources, Wrong, load_sources

log = logging.getLogger(__name__)

_WHAT: Final = ("sources",)
_TOLD: Final = 10
"""Sources named in one line of log."""


@dataclass(slots=True, kw_only=True)
class SourcesReloader:
    """Holds the file, and those that it names (keys, certificates), against `current`; `take` puts a new one to use."""

    path: Path
    current: Sources
    take: Callable[[Sources], Awaitable[None]]
    readings: Readings
    wrong: Wrong = lambda _channel: ()
    _files: frozenset[Path] = field(init=False)
    _faults: tuple[str, ...] = ()  # that were told: a file named for the first time is a reason to look, not to repeat
    _marks: dict[Path, Mark] = field(default_factory=dict)  # none yet: it may have changed since it was read

    def __post_init__(self) -> None:
        """What is in use was read from these."""
        self._files = self.current.files | {self.path}
        self.readings.taken(_WHAT)

    async def look(self, *, all_of_it: bool = False) -> bool:
        """See `looking.Look`."""
        if not all_of_it and all(mark(path) == self._marks.get(path) for path in self._files):
            return False
        self._marks = await settled(self._files)
        try:
            fresh = await asyncio.to_thread(load_sources, self.path, KINDS, self.wrong)
        except BadSources as bad:
            self._files = self._files | bad.files  # mended there, it is a change too
            if bad.faults != self._faults or all_of_it:
                self.readings.refuse(_WHAT, "\n".join(bad.faults))
            self._faults = bad.faults
            return False
        except Exception as odd:
            log.exception("sources cannot be read")
            self._marks, self._faults = {}, ()  # nobody foresaw it, so it may pass by itself: looked at again
            self.readings.refuse(_WHAT, f"cannot be read: {odd!r}")
            return False
        return await self._taken(fresh, asked=all_of_it)

    async def _taken(self, fresh: Sources, *, asked: bool) -> bool:
        before, self.current = self.current, fresh
        self._files, self._faults = fresh.files | {self.path}, ()
        if fresh == before and not asked and not self.readings.refused:
            return False
        await self.take(fresh)
        self.readings.taken(_WHAT, f"{len(fresh.sources)} sources" + "".join(_changes(before, fresh)))
        return fresh != before


def _changes(before: Sources, after: Sources) -> Iterator[str]:
    """What is another, in words; nothing when nothing is."""
    old, new = ({s.name: s for s in sources.sources} for sources in (before, after))
    yield from _named("new", new.keys() - old.keys())
    yield from _named("changed", [name for name in new.keys() & old.keys() if new[name] != old[name]])
    yield from _named("gone", old.keys() - new.keys())
    if _manners(before) != _manners(after):
        yield "; [ingest] changed"


def _manners(sources: Sources) -> tuple[object, ...]:
    return sources.private, sources.pace, sources.at_once, sources.contact, sources.alerts


def _named(how: str, names: Collection[str]) -> Iterator[str]:
    if names:
        more = f" and {len(names) - _TOLD} more" if len(names) > _TOLD else ""
        yield f"; {how}: {', '.join(sorted(names)[:_TOLD])}{more}"
