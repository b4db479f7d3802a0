"""Files looked at again while a process runs: whether they have changed, and what is told of a reading."""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from streams.basics.times import SECOND
from streams.metrics import names
from streams.metrics.meter import Meter
from streams.records import Millis

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


def mark(path: Path) -> Mark:
    """Name, times, size and inode of the file, or of the folder's files; empty when there is none."""
    try:
        files = sorted(p for p in path.iterdir() if p.is_file()) if path.is_dir() else [path]
        return tuple((p.name, s.st_mtime_ns, s.st_ctime_ns, s.st_size, s.st_ino) for p in files for s in (p.stat(),))
    except (OSError, ValueError):  # a name that none can have
        return ()


async def settled(paths: Collection[Path]) -> dict[Path, Mark]:
    """Wait until nobody writes any more; what is read from then on is not older than these marks."""
    while True:
        marks = {path: mark(path) for path in paths}
        await asyncio.sleep(_SETTLED_S)
        if all(mark(path) == known for path, known in marks.items()):
            return marks


async def look_for_ever(every: Millis, *looks: Look) -> None:
    """Every look in turn, each `every` (0: never) and, at all of it, at SIGHUP; many signals meanwhile are one."""
    loop, asked = asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGHUP, asked.set)  # for good: to reload must not end who is leaving
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


@dataclass(slots=True, kw_only=True)
class Readings:
    """How the last reading of each kind of files ended: in metrics, in the log, and in words for health."""

    meter: Meter
    tell: Callable[[Mapping[str, str]], None] = lambda _refused: None
    refused: dict[str, str] = field(default_factory=dict)

    def taken(self, what: Collection[str], told: str = "") -> None:
        """In use from now on; `told` in the log."""
        for one in what:
            self.refused.pop(one, None)
            self._count(one, well=True)
        self.tell(self.refused)
        if told:
            log.warning("in use now: %s", told)

    def refuse(self, what: Collection[str], faults: str) -> None:
        """The old ones stay in use; one line a fault."""
        for one in what:
            self.refused[one] = faults.splitlines()[0]
            self._count(one, well=False)
        self.tell(self.refused)
        for fault in faults.splitlines():
            log.error("refused, the old %s stay in use: %s", " and ".join(what), fault)

    def _count(self, what: str, *, well: bool) -> None:
        self.meter.set(names.RELOAD_OK, float(well), what)
        self.meter.count(names.RELOADS, what, "taken" if well else "refused")
        if well:
            self.meter.set(names.RELOADED, time.time(), what)
