"""What lies on the topic, entered into the book as if it had been told when it was sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import orjson

from streams.records import Millis
from streams.sources.book import Alias, Entry, Kept, Shared, SourceBook
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
    before = next((e for k in keys if isinstance(e := _resolved(pages, k), Entry)), None)
    if before is None:
        told = Entry(
            id=fields["id"], title=fields["title"], url=fields.get("url", ""), revisions=(revision,),
            count=int(fields.get("revision", 1)),
        )  # fmt: skip
    elif before.revisions[-1:] == (revision,):
        told = before
    else:
        told = before.told(revision, fields["title"])
    if not keys:
        return {}
    main = told.main or next((k for k in keys if isinstance(pages.get(k), Entry)), keys[0])
    return {k: replace(told, main=main) if k == main else Alias(main) for k in (main, *keys)}


def _resolved(pages: dict[str, Kept], key: str) -> Kept | None:
    kept = pages.get(key)
    return pages.get(kept.key) if isinstance(kept, Alias) else kept
