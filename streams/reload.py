"""Watches, directory and model read again while a worker runs; a file that cannot be used keeps the old one in use."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

from models.companies.load import BadDirectory
from models.relevance.model import BadModel
from streams.basics.toml_lines import Toml
from streams.checks import unreachable
from streams.knowledge import Knowledge, files_of
from streams.looking import Mark, Readings, mark, settled
from streams.settings.record import Settings
from streams.watches.file import BadWatches, open_watches
from streams.watches.watch import Desk

log = logging.getLogger(__name__)


class Refused(ValueError):  # noqa: N818 - named for what happened
    """Files on disk that cannot be used; one line a fault."""


class Fresh(NamedTuple):
    """What was read again: the knowledge, the watch file, and its desk without what people changed."""

    known: Knowledge
    watches: Toml
    desk: Desk


def read_again(
    settings: Settings, known: Knowledge, changed: Sequence[str], watches: Toml | None, *, speaks: bool
) -> Fresh:
    """Only what changed is read; the rest is `known` already. Raises `Refused`.

    `watches` is the watch file in use; it is read again only when it has changed, as the one on disk may be refused.
    """
    try:
        known = known.renewed(settings, changed)
        toml = watches if watches and "watches" not in changed else open_watches(settings.watches)
        desk = known.desk_in(toml)
    except (BadDirectory, BadWatches) as bad:
        raise Refused("\n".join(bad.faults)) from None
    except (BadModel, OSError) as bad:
        raise Refused(str(bad)) from None
    if faults := unreachable(settings, toml, speaks=speaks):
        raise Refused("\n".join(faults))
    return Fresh(known, toml, desk)


@dataclass(slots=True, kw_only=True)
class Reloader:
    """Looks at the files when it is told to (`looking.look_for_ever`); what changed is read in a thread, swapped whole.

    `swap` puts it to use between two batches, so a batch is judged by one desk, one model, one directory.
    What is refused is what the start refuses: a channel that nothing could be sent to, where this process `speaks`.
    """

    settings: Settings
    speaks: bool
    current: Callable[[], Knowledge]
    swap: Callable[[Fresh], None]
    readings: Readings
    marks: dict[str, Mark]  # of the files that are in use: see `knowledge.marks_of`
    _watches: Toml | None = None

    def __post_init__(self) -> None:
        """What has changed since it was marked is read at the next look."""
        with suppress(BadWatches):  # gone meanwhile: the next look says so
            self._watches = open_watches(self.settings.watches)
        self.readings.taken(self.marks)

    async def look(self, *, all_of_it: bool = False) -> bool:
        """Read what has changed (or everything) and put it to use; whether it was."""
        files = files_of(self.settings)
        changed = [w for w, p in files.items() if all_of_it or mark(p) != self.marks[w]]
        if not changed:
            return False
        marks = await settled([files[what] for what in changed])
        self.marks |= {what: marks[files[what]] for what in changed}
        together = [*changed, *(what for what in self.readings.refused if what not in changed)]
        fault = ""
        for whole in (together, changed):  # what was refused may be right beside what has changed now
            try:
                fresh = await asyncio.to_thread(
                    read_again, self.settings, self.current(), whole, self._watches, speaks=self.speaks
                )
            except Refused as refused:
                fault = fault or str(refused)
            except Exception as odd:
                log.exception("%s cannot be read", " and ".join(whole))
                fault = fault or f"cannot be read: {odd!r}"
                self.marks |= dict.fromkeys(changed, ())  # nobody foresaw it, so it may pass by itself: looked at again
            else:
                self._take(fresh, whole)
                return True
        self.readings.refuse(changed, fault)
        return False

    def _take(self, fresh: Fresh, changed: Sequence[str]) -> None:
        self.swap(fresh)
        self._watches = fresh.watches
        told = f"watches {fresh.desk.version} ({len(fresh.desk.watches)})"
        told += f", directory {fresh.known.directory.version}, model {fresh.known.model.version}"
        self.readings.taken(changed, told)
