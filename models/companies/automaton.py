"""All names at once: Aho-Corasick over aliases, their spellings, and blockers; boundaries before longest match."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ahocorasick_rs import AhoCorasick, Implementation

from models.companies.entries import Alias, Blocker, Entry
from models.companies.spelling import alike, core, hyphened, inflected, variants
from models.companies.words import words

_NO_GENITIVE: Final = frozenset("sxzßSXZ")
_LANGS: Final = ("en", "de")
_BESIDE: Final = 40
_SHORTEST: Final = 2
_LETTERS: Final = re.compile(r"[^\W\d_]{2,}")
_SOLID: Final = re.compile(
    r"(?:s?(?:chefs?|chefin|vorstand\w*|manager\w*|sprecher\w*|gründer\w*|mitarbeiter\w*|beschäftigte\w*)|aktien?"
    r"|aktionär\w*|konzerns?|tochter|töchter|mutter|papiere?n?|zentrale|werke?n?|kunden|nutzer\w*|zahlen|pakete?n?)(?!\w)"
)
"""What German writes onto a company's name without a hyphen."""
_NO_COMPANY: Final = re.compile(
    r"-(?:class|sized|shocked|picking|sharing|[Rr]egenwald\w*|Becken\w*|Indigene\w*|Indianer\w*|Gebiet\w*|Pie|Kuchen"
    r"|Saft|Bäume?n?|Ernte)(?!\w)"
)
"""After a hyphen: the name is the ordinary word, the river or the fruit."""
_AMOUNT: Final = frozenset(".,$€£¥")


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
    langs: tuple[str, ...] = _LANGS
    compound: bool = False
    shouted: bool = False
    core: tuple[int, int] | None = None
    person: str = ""


@dataclass(frozen=True, slots=True)
class Mention:
    """A name found at a place of a text; `plural` when it carries an s that may be a genitive or a plural."""

    start: int
    end: int
    name: Name
    plural: bool = False


class Automaton:
    """Finds names; linear in the text."""

    def __init__(self, entries: Sequence[Entry], blockers: Sequence[Blocker]) -> None:
        self.names: list[Name] = []
        taken: set[tuple[str, int]] = set()
        for name in (*_spellings(entries), *_blocking(entries, blockers)):
            if (name.text, name.owner) not in taken and name.text:
                taken.add((name.text, name.owner))
                self.names.append(name)
        self._spoken = {
            lang: [lang in n.langs and (n.alias is None or n.alias.trust(lang) != "never") for n in self.names]
            for lang in _LANGS
        }
        self.search = AhoCorasick(
            [n.text for n in self.names], implementation=Implementation.ContiguousNFA, store_patterns=False
        )

    def find(self, text: str, lang: str) -> tuple[list[Mention], frozenset[str]]:
        """Mentions in `text` (see `spelling.alike`) between word boundaries, in order; and surnames of people in it.

        No mention lies where a blocker or a longer name stands. A language other than German counts as English.
        """
        names, german = self.names, lang == "de"
        spoken = self._spoken["de" if german else "en"]
        found = []
        for i, start, end in self.search.find_matches_as_indexes(text, overlapping=True):
            if spoken[i]:
                mention = _bounded(text, start, end, names[i], german=german)
                if mention:
                    found.append(mention)
        if not found:
            return [], frozenset()
        kept = _longest(found)
        people = frozenset(m.name.person for m in kept if m.name.person)
        return [_cored(m) for m in kept if m.name.owner >= 0], people


def _bounded(text: str, start: int, end: int, name: Name, *, german: bool) -> Mention | None:
    if (start and not _begins(text, start)) or _ruled_out(text, start, end, name):
        return None
    after = text[end : end + 1]
    if not after.isalnum() or not text[end - 1].isalnum():
        return Mention(start, end, name)
    if name.owner < 0:  # blockers take inflected and compound ends with them
        return Mention(start, end, name) if after.islower() else None
    return _german_end(text, start, end, name) if german else None


def _ruled_out(text: str, start: int, end: int, name: Name) -> bool:
    if name.compound:
        return text[end : end + 1] != "-"
    if name.shouted and not _among_capitals(text, start, end):
        return True
    return name.owner >= 0 and text[end : end + 1] == "-" and bool(_NO_COMPANY.match(text, end))


def _german_end(text: str, start: int, end: int, name: Name) -> Mention | None:
    """A genitive, or a noun written onto the name."""
    genitive = text[end] == "s" or (text[end] == "S" and text[end - 1].isupper())
    if genitive and not text[end + 1 : end + 2].isalnum() and text[end - 1] not in _NO_GENITIVE:
        return Mention(start, end + 1, name, plural=True)
    return Mention(start, end, name) if _SOLID.match(text, end) else None


def _among_capitals(text: str, start: int, end: int) -> bool:
    """Whether the words beside, two before and two after, are in capitals."""
    beside = (
        _LETTERS.findall(text[max(0, start - _BESIDE) : start])[-2:] + _LETTERS.findall(text[end : end + _BESIDE])[:2]
    )
    return len(beside) > 1 and all(word.isupper() for word in beside)


def _begins(text: str, start: int) -> bool:
    """Whether a name may begin here: not inside a word, and "3M" not inside an amount ($5.3M)."""
    before = text[start - 1]
    if text[start].isdigit() and before in _AMOUNT:
        return False
    return not (before.isalnum() and text[start].isalnum())


def _longest(mentions: list[Mention]) -> list[Mention]:
    """Leftmost, then longest; of equal spans a company wins: what is no company for one name may be another's name."""
    mentions.sort(key=lambda m: (m.start, -m.end, m.name.owner < 0))
    kept: list[Mention] = []
    end = 0
    for m in mentions:
        if m.start >= end:
            kept.append(m)
            end = m.end
        elif m.end > end and m.end - m.start > kept[-1].end - kept[-1].start:
            kept[-1] = m  # a longer name that begins inside a shorter one
            end = m.end
    return kept


def _cored(mention: Mention) -> Mention:
    core = mention.name.core
    if core is None:
        return mention
    return Mention(mention.start + core[0], mention.start + core[1], mention.name, mention.plural)


def _spellings(entries: Sequence[Entry]) -> Iterator[Name]:
    """As written first: a spelling that somebody wrote down is never taken over by another's variant."""
    written = {alike(unicodedata.normalize("NFC", a.text)) for e in entries for a in e.aliases}
    for owner, entry in enumerate(entries):
        for alias in entry.aliases:
            text = alike(unicodedata.normalize("NFC", alias.text))
            inside = core(text)
            yield Name(text, owner, alias, core=inside)
            trusted = {lang: alias.trust(lang) in ("safe", "case") for lang in _LANGS}
            for other in variants(text, capitals=trusted["en"]):
                if other not in written:
                    yield Name(other, owner, alias, core=inside if len(other) == len(text) else None)
            upper, langs = text.upper(), tuple(lang for lang in _LANGS if trusted[lang])
            if langs and upper not in written and len(upper) == len(text) > _SHORTEST:
                yield Name(upper, owner, alias, langs=langs, core=inside, shouted=True)
            for other in inflected(text):
                yield Name(other, owner, alias, langs=("de",))
            yield Name(hyphened(text), owner, alias, langs=("de",), compound=True)


def _blocking(entries: Sequence[Entry], blockers: Sequence[Blocker]) -> Iterator[Name]:
    for blocker in blockers:
        yield from _blocker(blocker.text, blocker.langs or _LANGS)
    for entry in entries:
        for alias in entry.aliases:
            for phrase in alias.rules_out:
                if alias.text in phrase:  # others rule out the whole article's reading, not a place (see evidence)
                    yield from _blocker(phrase, _LANGS)


def _blocker(phrase: str, langs: tuple[str, ...]) -> Iterator[Name]:
    text = alike(unicodedata.normalize("NFC", phrase))
    first, _, last = text.partition(" ")
    named = (first in words().first_names or first in words().titles) and " " not in last
    yield Name(text, -1, None, langs=langs, person=last if named else "")
    yield Name(text.upper(), -1, None, langs=langs)
