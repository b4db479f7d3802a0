"""What lies on the topic, entered into the book as if it had been told when it was sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import orjson

from streams.records import Millis
from streams.sources.book import Entry, Kept, Shared, SourceBook, entry_of, kept_under
from streams.sources.tape import KEYS, Written


async def remember(book: SourceBook, records: Sequence[Written], now: Millis) -> int:
    """Enter these records, oldest first; how many were ours. Raises `Away`."""
    outlets: dict[str, list[Written]] = defaultdict(list)
    for record in records:
        if KEYS in record.headers:
            outlets[orjson.loads(record.value)["source"]].append(record)
    for outlet, mine in outlets.items():
        keys = [key for record in mine for key in _keys(record)[1]]
        pages: dict[str, Kept] = dict(await book.known(outlet, keys, now, begun=False))
        fresh: dict[str, Kept] = {}
        for record in mine:
            kept = _kept(record, pages)
            pages |= kept
            fresh |= kept
        await book.keep(outlet, fresh, now)
    return sum(len(mine) for mine in outlets.values())


def _keys(record: Written) -> tuple[str, list[str]]:
    revision, *keys = record.headers[KEYS].decode().split(" ")
    return revision, keys


def _kept(record: Written, pages: dict[str, Kept]) -> dict[str, Kept]:
    revision, keys = _keys(record)
    keys = [k for k in keys if not isinstance(pages.get(k), Shared)]
    fields = orjson.loads(record.value)
    before = entry_of(keys, pages)
    if before is None:
        told = Entry(
            id=fields["id"], title=fields["title"], url=fields.get("url", ""), revisions=(revision,),
            count=int(fields.get("revision", 1)),
        )  # fmt: skip
    elif before.revisions[-1:] == (revision,):
        told = before
    else:
        told = before.told(revision, fields["title"])
    return kept_under(keys, told, pages) if keys else {}
