"""What is looked for in a text: every spelling of every alias, and what blocks one."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from models.companies.entries import Alias, Blocker, Entry
from models.companies.spelling import alike, core, hyphened, in_capitals, inflected, is_long, variants
from models.companies.words import words

LANGS: Final = ("en", "de")
_SHORTEST: Final = 2


@dataclass(frozen=True, slots=True, eq=False)
class Name:
    """One spelling: whose, and how to trust it.

    `owner` -1 is a blocker (`person`: the surname, when it is somebody's name); `compound` counts before a hyphen only,
    `shouted` among words in capitals only, where a short name is no abbreviation;
    `core` is the name itself where the spelling says more ("Chipdesigner Arm", "Telekom-Aktie").
    """

    text: str
    owner: int
    alias: Alias | None
    langs: tuple[str, ...] = LANGS
    compound: bool = False
    shouted: bool = False
    core: tuple[int, int] | None = None
    person: str = ""


def names_of(entries: Sequence[Entry], blockers: Sequence[Blocker]) -> Iterator[Name]:
    """As written first: a spelling that somebody wrote down is never taken over by another's variant.

    A spelling may come more than once for the same owner; the first counts.
    """
    written = {_plain(a.text) for e in entries for a in e.aliases}
    for owner, entry in enumerate(entries):
        for alias in entry.aliases:
            text = _plain(alias.text)
            yield Name(text, owner, alias, core=core(text))
            for name in (*_varied(text, owner, alias), *_in_capitals(text, owner, alias)):
                if name.text not in written:
                    yield name
            for other in inflected(text):
                yield Name(other, owner, alias, langs=("de",))
            yield Name(hyphened(text), owner, alias, langs=("de",), compound=True)
    yield from _blocking(entries, blockers)


def _plain(text: str) -> str:
    return alike(unicodedata.normalize("NFC", text))


def _varied(text: str, owner: int, alias: Alias) -> Iterator[Name]:
    for other in variants(text):
        yield Name(other, owner, alias, core=core(text) if len(other) == len(text) else None)


def _in_capitals(text: str, owner: int, alias: Alias) -> Iterator[Name]:
    """A short name, or one that is an ordinary word too, counts only where all is in capitals."""
    upper, same = in_capitals(text), len(in_capitals(text)) == len(text)
    langs = tuple(lang for lang in LANGS if alias.trust(lang) in ("safe", "case", "context"))
    if alias.trust("en") in ("safe", "case") and is_long(text):
        yield Name(upper, owner, alias, core=core(text) if same else None)
    elif langs and same and len(text) > _SHORTEST:
        yield Name(upper, owner, alias, langs=langs, core=core(text), shouted=True)


def _blocking(entries: Sequence[Entry], blockers: Sequence[Blocker]) -> Iterator[Name]:
    for blocker in blockers:
        yield from _blocker(blocker.text, blocker.langs or LANGS)
    for entry in entries:
        for alias in entry.aliases:
            for phrase in alias.rules_out:
                if alias.text in phrase:  # others rule out the whole article's reading, not a place (see evidence)
                    yield from _blocker(phrase, LANGS)


def _blocker(phrase: str, langs: tuple[str, ...]) -> Iterator[Name]:
    text = _plain(phrase)
    first, _, last = text.partition(" ")
    named = (first in words().first_names or first in words().titles) and " " not in last
    yield Name(text, -1, None, langs=langs, person=last if named else "")
    yield Name(text.upper(), -1, None, langs=langs)
