"""The source book: what was sent, where each source stands, how it does. The port, and its in-memory twin.

The topic is the truth, the book its index: `marks` say up to which offsets of the topic the book is complete,
and whatever lies beyond them is read from the topic before anything is sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from streams.basics.times import DAY
from streams.records import Away, Millis


class Forgotten(Away):
    """The book lost its memory (a flush, an empty replica): the topic must be read before anything is sent."""


Marks = Mapping[int, int]
"""Partition to offset."""

MOST_KEPT = 20_000
"""Keys per outlet and generation."""
GENERATION: Millis = 14 * DAY
REVISIONS = 4
"""Tellings remembered of one article: a feed that flaps between two versions says nothing new."""
REMOVED = "removed"
"""Stands for a telling that took the article back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An article that was sent. `revisions` are digests of what it said, newest last."""

    id: str
    title: str
    url: str = ""
    count: int = 1  # tellings so far
    revisions: tuple[str, ...] = ()
    main: str = field(default="", compare=False)  # the key it is kept under, where an alias led to it; not kept itself

    def told(self, revision: str, title: str = "") -> Entry:
        """With one more telling."""
        newest = (*(r for r in self.revisions if r != revision), revision)[-REVISIONS:]
        return replace(self, count=self.count + 1, revisions=newest, title=title or self.title)


@dataclass(frozen=True, slots=True)
class Alias:
    """Another key of an article that is kept under `key`."""

    key: str


@dataclass(frozen=True, slots=True)
class Shared:
    """A key that several articles carry, so that it tells none of them apart."""


Kept = Entry | Alias | Shared


def entry_of(keys: Iterable[str], pages: Mapping[str, Kept]) -> Entry | None:
    """The article that is kept under one of these keys, or where an alias leads."""
    for key in keys:
        kept = pages.get(key)
        kept = pages.get(kept.key) if isinstance(kept, Alias) else kept
        if isinstance(kept, Entry):
            return kept
    return None


def kept_under(keys: Sequence[str], told: Entry, pages: Mapping[str, Kept]) -> dict[str, Kept]:
    """Once, under its main key; every other key leads there, also one that another feed of the outlet brought."""
    main = told.main or next((k for k in keys if isinstance(pages.get(k), Entry)), keys[0])
    aliases: dict[str, Kept] = {key: Alias(main) for key in keys}
    return aliases | {main: replace(told, main=main)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bookmark:
    """Where a source stands: what to ask with next time."""

    etag: str = ""
    modified: str = ""
    digest: str = ""  # of the last page: the same bytes again need no reading
    url: str = ""  # where it has moved for good
    position: int = 0  # of a file that is followed
    source: str = ""  # the address that was configured
    asked: Millis = 0  # when the last page came


class SourceBook(Protocol):
    """Raises `Away` when it cannot be reached."""

    async def known(
        self, outlet: str, keys: Sequence[str], now: Millis, *, begun: bool = True
    ) -> Mapping[str, Entry | Shared]:
        """What is kept under each key, aliases resolved. What is asked for stays kept.

        Raises `Forgotten` when nobody has set a mark yet, unless the book is being written back (not `begun`).
        """
        ...

    async def keep(self, outlet: str, kept: Mapping[str, Kept], now: Millis) -> None:
        """Enter what was sent. Repeats are harmless."""
        ...

    async def marks(self, owner: str) -> Marks | None:
        """Up to where the book holds all that `owner` has sent; None when it never said."""
        ...

    async def mark(self, owner: str, marks: Marks) -> None:
        """Everything `owner` sent before these offsets has been kept."""
        ...

    async def bookmark(self, source: str) -> Bookmark:
        """An empty one for a source never visited."""
        ...

    async def turn(self, source: str, bookmark: Bookmark) -> None:
        """Where to go on; only after everything before it was taken."""
        ...

    async def notes(self, sources: Sequence[str]) -> Sequence[str]:
        """What health noted of each source; "" for nothing."""
        ...

    async def note(self, source: str, text: str) -> None:
        """Replace what health notes of a source."""
        ...

    async def lease(self, owner: str, span: Millis) -> bool:
        """Whether `owner` is the one ingest of this desk for the next `span`."""
        ...


@dataclass(slots=True)
class MemoryBook:
    """The twin. A crash of its user leaves it whole, as Redis would be."""

    most: int = MOST_KEPT
    generation: Millis = GENERATION
    sent: dict[str, tuple[dict[str, Kept], dict[str, Kept]]] = field(default_factory=dict)
    born: dict[str, Millis] = field(default_factory=dict)
    marked: dict[str, Marks] = field(default_factory=dict)
    bookmarks: dict[str, Bookmark] = field(default_factory=dict)
    noted: dict[str, str] = field(default_factory=dict)

    async def known(
        self, outlet: str, keys: Sequence[str], now: Millis, *, begun: bool = True
    ) -> Mapping[str, Entry | Shared]:
        """See `SourceBook.known`."""
        if begun and not self.marked:
            raise Forgotten("the source book is empty")
        new, old = self._generations(outlet, now)
        found: dict[str, Entry | Shared] = {}
        for key in keys:
            kept = _renewed(key, new, old)
            if isinstance(kept, Alias):
                main, kept = kept.key, _renewed(kept.key, new, old)
                kept = replace(kept, main=main) if isinstance(kept, Entry) else kept
            if isinstance(kept, Entry | Shared):
                found[key] = kept
        return found

    def _generations(self, outlet: str, now: Millis) -> tuple[dict[str, Kept], dict[str, Kept]]:
        new, old = self.sent.get(outlet, ({}, {}))
        born = self.born.setdefault(outlet, now)
        if len(new) >= self.most or (now - born > self.generation and new):
            new, old = {}, new
            self.born[outlet] = now
        self.sent[outlet] = new, old
        return new, old

    async def keep(self, outlet: str, kept: Mapping[str, Kept], now: Millis) -> None:
        """See `SourceBook.keep`."""
        self._generations(outlet, now)[0].update(kept)

    async def marks(self, owner: str) -> Marks | None:
        """See `SourceBook.marks`."""
        return self.marked.get(owner)

    async def mark(self, owner: str, marks: Marks) -> None:
        """See `SourceBook.mark`."""
        self.marked[owner] = dict(marks)

    async def bookmark(self, source: str) -> Bookmark:
        """See `SourceBook.bookmark`."""
        return self.bookmarks.get(source, Bookmark())

    async def turn(self, source: str, bookmark: Bookmark) -> None:
        """See `SourceBook.turn`."""
        self.bookmarks[source] = bookmark

    async def notes(self, sources: Sequence[str]) -> Sequence[str]:
        """See `SourceBook.notes`."""
        return [self.noted.get(s, "") for s in sources]

    async def note(self, source: str, text: str) -> None:
        """See `SourceBook.note`."""
        self.noted[source] = text

    async def lease(self, owner: str, span: Millis) -> bool:  # noqa: ARG002 - one process, no rival
        """See `SourceBook.lease`."""
        return True


def _renewed(key: str, new: dict[str, Kept], old: dict[str, Kept]) -> Kept | None:
    if key not in new and key in old:
        new[key] = old[key]
    return new.get(key)
