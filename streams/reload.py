"""Watches, directory and model read again while a worker runs; a file that cannot be used keeps the old one in use."""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol, TypeGuard

from models.companies.identify import load_directory
from models.companies.load import BadDirectory
from models.relevance.model import BadModel, load_model
from streams.checks import unreachable
from streams.flow import Parts
from streams.knowledge import Knowledge, desk_in
from streams.metrics import names
from streams.metrics.meter import Meter
from streams.records import Millis
from streams.settings import Settings
from streams.times import SECOND
from streams.toml_lines import Toml
from streams.watch_file import BadWatches, open_watches
from streams.watches import Desk

log = logging.getLogger(__name__)

_SETTLED_S: Final = 0.1
"""A file that changes within so long is still being written."""

Mark = tuple[tuple[str, int, int, int, int], ...]
"""What tells that a file or a folder's files have changed, or who may read them."""


class Look(Protocol):
    """Looks at something that may have changed."""

    async def __call__(self, *, all_of_it: bool = False) -> bool:
        """Whether something new is in use now; `all_of_it`: also what does not look changed."""
        ...


class Refused(ValueError):  # noqa: N818 - named for what happened
    """Files on disk that cannot be used; one line a fault."""


def mark(path: Path) -> Mark:
    """Name, times, size and inode of the file, or of the folder's files; empty when there is none."""
    try:
        files = sorted(p for p in path.iterdir() if p.is_file()) if path.is_dir() else [path]
        return tuple((p.name, s.st_mtime_ns, s.st_ctime_ns, s.st_size, s.st_ino) for p in files for s in (p.stat(),))
    except OSError:
        return ()


class Fresh(NamedTuple):
    """Parts read again around the same memory and clock; the watch file in them, its desk, and the knowledge."""

    parts: Parts
    desk: Desk
    known: Knowledge
    watches: Toml


def read_again(settings: Settings, parts: Parts, changed: Sequence[str], watches: Toml | None) -> Fresh:
    """New parts around the same memory and clock; only what changed is read. Raises `Refused`.

    `watches` is the watch file in use; it is read again only when it has changed, as the one on disk may be refused.
    """
    try:
        directory = load_directory(settings.directory) if _given(settings.directory, "directory", changed) else None
        model = load_model(settings.model) if _given(settings.model, "model", changed) else None
        known: Any = directory or parts.directory, model or parts.model
        toml = watches if watches and "watches" not in changed else open_watches(settings.watches)
        desk = desk_in(toml, known)
    except (BadDirectory, BadWatches) as bad:
        raise Refused("\n".join(bad.faults)) from None
    except (BadModel, OSError) as bad:
        raise Refused(str(bad)) from None
    if faults := unreachable(settings, toml, desk):
        raise Refused("\n".join(faults))
    return Fresh(replace(parts, directory=known[0], model=known[1], desk=desk), desk, known, toml)


def _given(folder: Path | None, what: str, changed: Sequence[str]) -> TypeGuard[Path]:
    return folder is not None and what in changed


async def look_for_ever(every: Millis, *looks: Look) -> None:
    """Every look in turn, each `every` (0: never) and, at all of it, at SIGHUP."""
    loop, asked = asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGHUP, asked.set)
    try:
        while True:
            try:
                async with asyncio.timeout(every / SECOND or None):
                    await asked.wait()
            except TimeoutError:
                pass
            whole = asked.is_set()
            asked.clear()
            for look in looks:
                await look(all_of_it=whole)
    finally:
        loop.remove_signal_handler(signal.SIGHUP)


@dataclass(slots=True, kw_only=True)
class Reloader:
    """Looks at the files every `settings.reload` and at SIGHUP; new parts are built in a thread and swapped whole.

    `swap` puts them to use between two batches, so a batch is judged by one desk, one model, one directory.
    """

    settings: Settings
    current: Callable[[], Parts]
    swap: Callable[[Fresh], None]
    meter: Meter
    tell_refused: Callable[[Mapping[str, str]], None] = lambda _refused: None
    _watches: Toml | None = None
    _marks: dict[str, Mark] = field(default_factory=dict)
    _refused: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """What lies on disk now is what the parts were read from."""
        self._marks = {what: mark(path) for what, path in self._files().items()}
        with suppress(BadWatches):  # gone meanwhile: the next look says so
            self._watches = open_watches(self.settings.watches)
        for what in self._marks:
            self._say(what, well=True)

    def _files(self) -> dict[str, Path]:
        """What is looked at; the shipped directory and model change with the program only."""
        given = {
            "watches": self.settings.watches,
            "directory": self.settings.directory,
            "model": self.settings.model,
        }
        return {what: path for what, path in given.items() if path}

    async def run(self) -> None:
        """Look for ever."""
        await look_for_ever(self.settings.reload, self.look)

    async def look(self, *, all_of_it: bool = False) -> bool:
        """Read what has changed (or everything) and put it to use; whether it was."""
        changed = [w for w, p in self._files().items() if all_of_it or mark(p) != self._marks[w]]
        if not changed:
            return False
        await self._settle(changed)
        together = [*changed, *(what for what in self._refused if what not in changed)]
        fault = ""
        for whole in (together, changed):  # what was refused may be right beside what has changed now
            try:
                fresh = await asyncio.to_thread(read_again, self.settings, self.current(), whole, self._watches)
            except Refused as refused:
                fault = fault or str(refused)
            except Exception as odd:
                log.exception("%s cannot be read", " and ".join(whole))
                fault = fault or f"cannot be read: {odd!r}"
                self._marks |= dict.fromkeys(
                    changed, ()
                )  # nobody foresaw it, so it may pass by itself: looked at again
            else:
                self._take(fresh, whole)
                return True
        self._refuse(changed, fault)
        return False

    def _take(self, fresh: Fresh, changed: Sequence[str]) -> None:
        self.swap(fresh)
        self._watches = fresh.watches
        for what in changed:
            self._refused.pop(what, None)
            self._say(what, well=True)
        self.tell_refused(self._refused)
        log.warning("in use now: watches %s (%d), directory %s, model %s", fresh.desk.version, len(fresh.desk.watches),
                    fresh.parts.directory.version, fresh.parts.model.version)  # fmt: skip

    async def _settle(self, changed: Sequence[str]) -> None:
        """Wait until nobody writes any more, and remember what is read."""
        while True:
            marks = {what: mark(self._files()[what]) for what in changed}
            await asyncio.sleep(_SETTLED_S)
            if all(mark(self._files()[what]) == known for what, known in marks.items()):
                self._marks |= marks
                return

    def _refuse(self, changed: Sequence[str], faults: str) -> None:
        for what in changed:
            self._refused[what] = faults.splitlines()[0]
            self._say(what, well=False)
        self.tell_refused(self._refused)
        for fault in faults.splitlines():
            log.error("refused, the old %s stay in use: %s", " and ".join(changed), fault)

    def _say(self, what: str, *, well: bool) -> None:
        self.meter.set(names.RELOAD_OK, float(well), what)
        self.meter.count(names.RELOADS, what, "taken" if well else "refused")
        if well:
            self.meter.set(names.RELOADED, time.time(), what)
