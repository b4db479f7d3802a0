"""sift: what of a page is new, edited or taken back. Pure: in goes what is known, out what to send and to keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from streams.records import Millis, Status
from streams.sources.book import REMOVED, Entry, Kept, Shared, entry_of, kept_under
from streams.sources.items import Item

_CORRECTED = "!"
"""Behind the revision of a correction, which may have the words of a telling before it."""
_EDITS = 2
"""Headlines of one article on one page, before and after an edit; with more its key is on several articles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """One article as it enters the topic, and the keys under which it is kept once it is there."""

    fields: Mapping[str, Any]
    status: Status
    keys: tuple[str, ...]
    revision: str
    published: Millis | None = None


@dataclass(slots=True)
class Sifted:
    """What to send, and what to keep once Kafka has it."""

    sending: list[Sending] = field(default_factory=list)
    kept: dict[str, Kept] = field(default_factory=dict)
    known: int = 0


def sift(items: Sequence[Item], pages: dict[str, Kept]) -> Sifted:
    """Each article once: an address or id that was sent before makes it an update, the same words make it nothing.

    `pages` holds what is known under the items' keys, and is brought up to date.
    """
    found = Sifted()
    _mark_shared(items, pages, found)
    for given in items:
        item, keys = _told_apart(given, pages)
        entry = entry_of(keys, pages)
        told = _told(item, entry)
        if told is None:
            found.known += 1
            told = entry
        else:
            found.sending.append(_sending(item, told, entry, keys))
        if told is not None:
            _keep(keys, told, pages, found, changed=told is not entry)
    return found


def _mark_shared(items: Sequence[Item], pages: dict[str, Kept], found: Sifted) -> None:
    """A key under which one page lists several articles tells none of them apart.

    An address is that of articles with ids and headlines of their own: one listed twice is still one. An id or address
    may also be written on whatever comes; but who tells one article after another tells the same one many times.
    """
    owners: dict[str, list[Item]] = {}
    titles: dict[str, set[str]] = {}
    for item in items:
        if item.status is Status.REMOVED:
            continue
        if item.own and item.address:
            owners.setdefault(item.address, []).append(item)
        if item.title and not (item.ordered and item.own):
            titles.setdefault(item.keys[0], set()).add(item.by_title)
    shared = [k for k, own in owners.items() if len({i.own for i in own}) > 1 < len({i.by_title for i in own})]
    shared += [k for k, told in titles.items() if len(told) > _EDITS]
    for key in shared:
        if not isinstance(pages.get(key), Shared):
            pages[key] = found.kept[key] = Shared()


def _told_apart(item: Item, pages: Mapping[str, Kept]) -> tuple[Item, list[str]]:
    """The keys that are the article's alone; when there is none, its headline is, and gives the id as well."""
    keys = [k for k in item.keys if not isinstance(pages.get(k), Shared)]
    if keys:
        return item, keys
    return replace(item, id=item.title_id), [item.by_title]


def _told(item: Item, entry: Entry | None) -> Entry | None:
    """The article's entry after this telling; None when it tells nothing."""
    plain, corrected = item.revision, item.revision + _CORRECTED
    said = corrected if item.status is Status.CORRECTION else plain
    if entry is None:
        if item.status is Status.REMOVED:
            return None  # never sent, so nothing to take back
        return Entry(id=item.id, title=item.title, url=item.url, revisions=(said,))
    gone = entry.revisions[-1:] == (REMOVED,)
    if item.status is Status.REMOVED:
        return None if gone else entry.told(REMOVED)
    # a correction says something by going back to what was told before it; only the newest words it cannot correct
    before = entry.revisions[-1:] if said == corrected else entry.revisions
    if not gone and (corrected in entry.revisions or plain in before):
        return None
    return entry.told(said, item.title)


def _sending(item: Item, told: Entry, before: Entry | None, keys: Sequence[str]) -> Sending:
    status = item.status
    if before is not None and status is Status.NEW:
        status = Status.UPDATE
    fields = {**item.fields, "id": told.id, "title": item.title or told.title}
    if status is not Status.NEW:
        fields |= {"status": status.value, "revision": told.count}
    if status is Status.REMOVED and not item.url:
        fields["url"] = told.url
    return Sending(fields=fields, status=status, keys=tuple(keys), revision=told.revisions[-1],
        published=item.published,
    )  # fmt: skip


def _keep(keys: Sequence[str], told: Entry, pages: dict[str, Kept], found: Sifted, *, changed: bool) -> None:
    for key, kept in kept_under(keys, told, pages).items():
        if changed or key not in pages:
            pages[key] = found.kept[key] = kept
