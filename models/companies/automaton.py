"""All names at once: Aho-Corasick over every spelling of every name; boundaries before longest match."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ahocorasick_rs import AhoCorasick, Implementation

from models.companies.entries import Blocker, Entry
from models.companies.names import LANGS, Name, names_of
from models.companies.phrases import phrases

_NO_GENITIVE: Final = frozenset("sxzßSXZ")
_BESIDE: Final = 40
_LETTERS: Final = re.compile(r"[^\W\d_]{2,}")
_SOLID: Final = re.compile(
    r"(?:s?(?:chefs?|chefin|vorstand\w*|manager\w*|sprecher\w*|gründer\w*|mitarbeiter\w*|beschäftigte\w*)|aktien?"
    r"|aktionär\w*|konzerns?|tochter|töchter|mutter|papiere?n?|zentrale|werke?n?|kunden|nutzer\w*|zahlen|pakete?n?)(?!\w)"
)
"""What German writes onto a company's name without a hyphen."""
_NO_COMPANY: Final = re.compile(r"-(?:class|sized|shocked|picking|sharing)(?!\w)")
"""After a hyphen, in English: the name is the ordinary word."""
_COMPOUND: Final = re.compile(r"(?:-\w+)+")
_SHORT: Final = 4  # with the space before it: a last word of three letters or fewer
_AMOUNT: Final = frozenset(".,$€£¥")


@dataclass(frozen=True, slots=True)
class Mention:
    """A name found at a place of a text; `plural` when it carries an s that may be a genitive or a plural.

    `doubtful` when a sure name stands in a compound that an ordinary word might stand in.
    """

    start: int
    end: int
    name: Name
    plural: bool = False
    doubtful: bool = False

    def trust(self, lang: str) -> str:
        """The class of the name (see `Alias`) at this place, where capitals prove less; "" for a blocker."""
        alias = self.name.alias
        if alias is None:
            return ""
        trust = alias.trust(lang)
        return "context" if self.doubtful or (self.name.shouted and trust == "case") else trust


class Automaton:
    """Finds names; linear in the text."""

    def __init__(self, entries: Sequence[Entry], blockers: Sequence[Blocker]) -> None:
        self.names: list[Name] = []
        taken: set[tuple[str, int]] = set()
        for name in names_of(entries, blockers):
            if (name.text, name.owner) not in taken and name.text:
                taken.add((name.text, name.owner))
                self.names.append(name)
        self._spoken = {
            lang: [lang in n.langs and (n.alias is None or n.alias.trust(lang) != "never") for n in self.names]
            for lang in LANGS
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
        mentions = [_cored(m) for m in kept if m.name.owner >= 0]
        return [_doubted(m, text) for m in mentions] if german else mentions, people


def _bounded(text: str, start: int, end: int, name: Name, *, german: bool) -> Mention | None:
    if (start and not _begins(text, start)) or _ruled_out(text, start, end, name):
        return None
    after = text[end : end + 1]
    if not after.isalnum() or not text[end - 1].isalnum():
        return Mention(start, end, name)
    if name.owner < 0:  # blockers take inflected and compound ends with them: "Block C" is not the head of "Block Cuts"
        return Mention(start, end, name) if after.islower() and _is_word(name.text) else None
    return _german_end(text, start, end, name) if german else None


def _is_word(phrase: str) -> bool:
    """Whether the last word of a phrase is long enough to be one that takes an ending."""
    return len(phrase) - phrase.rfind(" ") > _SHORT


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


def _doubted(mention: Mention, text: str) -> Mention:
    """German: Apple-Crumble is no Apple-Chef. An ordinary word is a sure company only before what companies have."""
    alias = mention.name.alias
    if alias is None or text[mention.end : mention.end + 1] != "-":
        return mention
    if alias.trust("de") != "safe" or alias.trust("en") == "safe":
        return mention
    compound = _COMPOUND.match(text, mention.end)
    if compound is None or phrases().owned.search(compound[0]):
        return mention
    return Mention(mention.start, mention.end, mention.name, mention.plural, doubtful=True)
