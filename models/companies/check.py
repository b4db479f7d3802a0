"""Every fault of a directory folder, with file and line: what a person who edits it gets wrong."""

from __future__ import annotations

import difflib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from models.companies.entries import Alias, Entry
from models.companies.exchanges import MICS, ending
from models.companies.load import FOLDER, Files, read_files
from models.companies.numbers import isin_valid, wkn_valid
from models.companies.words import words

_LANGS: Final = ("en", "de")
_SHORTEST: Final = 2


def check(folder: Path = FOLDER) -> list[str]:
    """One line per fault, `file:line: what is wrong`; empty when the directory can be used."""
    files = read_files(folder)
    places = _Places(files)
    faults = [
        *_ids(files),
        *_tickers(files, places),
        *_numbers(files, places),
        *_groups(files),
        *_aliases(files, places),
        *_owners(files, places),
        *_blockers(files),
    ]
    return [*files.faults, *sorted(faults, key=_by_place)]


def _by_place(fault: str) -> tuple[str, int]:
    name, _, rest = fault.partition(":")
    line = rest.partition(":")[0]
    return name, int(line) if line.isdigit() else 0


class _Places:
    """Where in a company's table something is written."""

    def __init__(self, files: Files) -> None:
        self._lines = {name: text.splitlines() for name, text in files.sources.items()}

    def of(self, entry: Entry, word: str) -> str:
        """`file:line` of the first line of the company's table that writes `word` as a string."""
        name, _, first = entry.where.rpartition(":")
        for number, line in enumerate(self._lines.get(name, ())[int(first) :], int(first) + 1):
            if line.strip() in ("[[company]]", "[[blocker]]"):
                break
            if f'"{word}"' in line:
                return f"{name}:{number}"
        return entry.where


def _ids(files: Files) -> Iterator[str]:
    first: dict[str, Entry] = {}
    for entry in files.entries:
        if entry.id in first:
            yield f"{entry.where}: id {entry.id!r} is taken by {first[entry.id].where}"
        first.setdefault(entry.id, entry)
    for entry in files.entries:
        if entry.parent and entry.parent not in first:
            yield f"{entry.where}: parent {entry.parent!r} of {entry.id} is no company{_nearest(entry.parent, first)}"
        elif entry.parent == entry.id:
            yield f"{entry.where}: {entry.id} is its own parent"


def _tickers(files: Files, places: _Places) -> Iterator[str]:
    owner: dict[str, Entry] = {}
    for entry in files.entries:
        if entry.kind == "listed" and not entry.listings and not entry.former_tickers:
            yield f"{entry.where}: {entry.id} is listed, but has no listing"
        if entry.kind == "private" and entry.listings:
            yield f"{entry.where}: {entry.id} is private, but has listings"
        for listing in entry.listings:
            at = places.of(entry, listing.ticker)
            known = MICS.get(ending(listing.ticker))
            if all(listing.mic not in mics for mics in MICS.values()):
                yield f"{at}: {listing.ticker}: unknown market {listing.mic!r}"
            elif known is None or listing.mic not in known:
                yield f"{at}: {listing.ticker} does not end as tickers of {listing.mic} do"
            if listing.ticker in owner:
                other = owner[listing.ticker]
                yield f"{at}: {listing.ticker} belongs to {other.id} ({other.where}) too"
            owner.setdefault(listing.ticker, entry)


def _numbers(files: Files, places: _Places) -> Iterator[str]:
    owner: dict[str, Entry] = {}
    for entry in files.entries:
        isins = {x.isin for x in entry.listings if x.isin}
        for isin in sorted(isins):
            if not isin_valid(isin):
                yield f"{places.of(entry, isin)}: {entry.id}: ISIN {isin} has a wrong shape or check digit"
        for wkn in entry.wkn:
            if not wkn_valid(wkn):
                yield f"{places.of(entry, wkn)}: {entry.id}: {wkn!r} is no WKN"
        for number in (*sorted(isins), *entry.wkn):
            if number in owner:
                other = owner[number]
                at = places.of(entry, number)
                yield f"{at}: {number} of {entry.id} is written for {other.id} ({other.where}) too"
            owner[number] = entry


def _groups(files: Files) -> Iterator[str]:
    known = files.groups
    for entry in files.entries:
        for group in entry.groups:
            if group not in known:
                yield f"{entry.where}: unknown group {group!r} of {entry.id}{_nearest(group, known)}"
        for group, times in Counter(entry.groups).items():
            if times > 1:
                yield f"{entry.where}: {entry.id} is in group {group!r} twice"


def _aliases(files: Files, places: _Places) -> Iterator[str]:
    for entry in files.entries:
        if not any(a.trust(lang) != "never" for a in entry.aliases for lang in _LANGS):
            yield f"{entry.where}: {entry.id} has no name that is looked for"
        for alias in entry.aliases:
            at = places.of(entry, alias.text)
            if alias.text != alias.text.strip() or "  " in alias.text:
                yield f"{at}: {entry.id}: alias {alias.text!r} has spaces too many"
            if unicodedata.normalize("NFC", alias.text) != alias.text:
                yield f"{at}: {entry.id}: alias {alias.text!r} is not in Unicode's composed form (NFC)"
            yield from (f"{at}: {entry.id}: {fault}" for fault in _doubtful(alias))


def _doubtful(alias: Alias) -> Iterator[str]:
    if len(alias.text) < _SHORTEST:
        yield f"alias {alias.text!r} is a single character"
    if alias.trust("en") == alias.trust("de") == "safe" and alias.text.casefold() in words().ordinary:
        yield f"alias {alias.text!r} is an ordinary word and safe in every language: say how ambiguous it is"


def _owners(files: Files, places: _Places) -> Iterator[str]:
    """One alias, one owner per language."""
    owner: dict[tuple[str, str], Entry] = {}
    for entry in files.entries:
        for alias in entry.aliases:
            text = unicodedata.normalize("NFC", alias.text)
            shared = []
            for lang in _LANGS:
                if alias.trust(lang) == "never":
                    continue
                other = owner.setdefault((lang, text), entry)
                if other is not entry:
                    shared.append((lang, other))
            if shared:
                langs, other = "/".join(lang for lang, _ in shared), shared[0][1]
                at = places.of(entry, alias.text)
                yield f"{at}: {entry.id}: {text!r} ({langs}) is {other.id}'s ({other.where}) too"


def _blockers(files: Files) -> Iterator[str]:
    names = {a.text for e in files.entries for a in e.aliases}
    seen: dict[str, str] = {}
    for blocker in files.blockers:
        if blocker.text in names:
            yield f"{blocker.where}: blocker {blocker.text!r} is a company's name: that name would never be found"
        if blocker.text in seen:
            yield f"{blocker.where}: blocker {blocker.text!r} stands in {seen[blocker.text]} too"
        seen.setdefault(blocker.text, blocker.where)


def _nearest(word: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, list(known), n=2, cutoff=0.7)
    return f"; did you mean {' or '.join(near)}?" if near else ""
