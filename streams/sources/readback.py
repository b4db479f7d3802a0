"""What lies on the topic, entered into the book as if it had been told when it was sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from msgspec import MsgspecError, Struct
from msgspec.json import Decoder

from streams.records import Millis
from streams.sources.book import Entry, Kept, Shared, SourceBook, entry_of, kept_under
from streams.sources.tape import KEYS, Written


class _Ours(Struct, frozen=True):
    """What ingest writes of an article, as far as the book needs it."""

    source: str
    id: str
    title: str
    url: str = ""
    revision: int = 1


_read: Final = Decoder(_Ours).decode


async def remember(book: SourceBook, records: Sequence[Written], now: Millis) -> int:
    """Enter these records, oldest first; how many were ours. Raises `Away`.

    Anybody may write to the topic: what carries our header and is not as we write it is not ours.
    """
    outlets: dict[str, list[tuple[Written, _Ours]]] = defaultdict(list)
    for record in records:
        if KEYS in record.headers:
            with suppress(MsgspecError, UnicodeDecodeError):
                ours = _read(record.value)
                outlets[ours.source].append((record, ours))
    for outlet, mine in outlets.items():
        keys = [key for record, _ in mine for key in _keys(record)[1]]
        pages: dict[str, Kept] = dict(await book.known(outlet, keys, now, begun=False))
        fresh: dict[str, Kept] = {}
        for record, ours in mine:
            kept = _kept(record, ours, pages)
            pages |= kept
            fresh |= kept
        await book.keep(outlet, fresh, now)
    return sum(len(mine) for mine in outlets.values())


def _keys(record: Written) -> tuple[str, list[str]]:
    revision, *keys = record.headers[KEYS].decode("utf-8", "replace").split(" ")
    return revision, keys


def _kept(record: Written, ours: _Ours, pages: dict[str, Kept]) -> dict[str, Kept]:
    revision, keys = _keys(record)
    keys = [k for k in keys if not isinstance(pages.get(k), Shared)]
    before = entry_of(keys, pages)
    if before is None:
        told = Entry(id=ours.id, title=ours.title, url=ours.url, revisions=(revision,), count=ours.revision)
    elif before.revisions[-1:] == (revision,):
        told = before
    else:
        told = before.told(revision, ours.title)
    return kept_under(keys, told, pages) if keys else {}
