"""An article as the evidence sees it: the body, who is in it for certain, and what else it speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from models.companies import cues
from models.companies.automaton import Mention
from models.companies.entries import Alias
from models.companies.phrases import phrases

_CUE_CHARS: Final = 20_000
_BUSINESS_CHARS: Final = 1_500
_SPORT_CHARS: Final = 600
_EXACT: Final = 3
"""So short a cue is an abbreviation: written as it is written."""
_STEM: Final = 7
"""So long a cue may begin a German compound."""
_ENDING: Final = re.compile(r"(?:e?[snr]|en|es|e|innen|in)\b")
_WORD: Final = re.compile(r"[^\W\d_][\w'-]*")
_LONG_WORD: Final = 3  # longer than "with", "from" minus one: what a headline in title case begins with a capital
_TITLE_CASE: Final = 0.7


@dataclass
class Document:
    """Body (see `spelling.alike`), language, mentions in order; owners that are `certain`, or `given` by the feed."""

    body: str
    lang: str
    title_end: int
    mentions: Sequence[Mention] = ()
    certain: frozenset[int] = frozenset()
    given: frozenset[int] = frozenset()
    people: frozenset[str] = frozenset()  # surnames
    _cues: dict[int, tuple[str, str]] = field(default_factory=dict)
    _of_places: dict[str, str] = field(default_factory=dict)

    @property
    def german(self) -> bool:
        """German has rules of its own; every other language is read as English."""
        return self.lang == "de"

    @cached_property
    def businesslike(self) -> bool:
        """Whether the title or the beginning of the text speaks of business at all."""
        return cues.businesslike(self.body, self.lower[:_BUSINESS_CHARS])

    @cached_property
    def sporty(self) -> bool:
        """Whether the title or the beginning of the text is about sport."""
        return cues.sporty(self.lower[:_SPORT_CHARS])

    @cached_property
    def lower(self) -> str:
        """The part of the body that is searched for cue words, in lower case."""
        return self.body[:_CUE_CHARS].lower()

    @cached_property
    def title_cased(self) -> bool:
        """Whether a capital proves nothing in the title."""
        return is_title_case(self.body[: self.title_end])

    def cue(self, alias: Alias) -> tuple[str, str]:
        """The first word found of those that support an alias, and of those that rule it out ("" for none)."""
        known = self._cues.get(id(alias))
        if known is None:
            known = self._cues[id(alias)] = (self._support(alias.speaks_for), self._objection(alias))
        return known

    def place(self, name: str) -> str:
        """The first words of the article that say a name is a place's (Amazon rainforest), or ""."""
        known = self._of_places.get(name)
        if known is None:
            known = self._of_places[name] = self._as_place(name)
        return known

    def _as_place(self, name: str) -> str:
        at = self.body.find(name, 0, _CUE_CHARS)
        while at >= 0:
            found = phrases().place.match(self.body, at + len(name))
            if found:
                return self.body[at : found.end()]
            at = self.body.find(name, at + 1, _CUE_CHARS)
        return ""

    def _support(self, words: Iterable[str]) -> str:
        """The first word that stands in the article, inflected or, when it is long, as the beginning of a compound."""
        for word in words:
            for text, end in self._places(word, exact=False):
                if not text[end : end + 1].isalnum() or len(word) >= _STEM or _ENDING.match(text, end):
                    return word
        return ""

    def _objection(self, alias: Alias) -> str:
        """The first phrase without the alias that stands in the article as it is."""
        own = alias.text.lower()
        for phrase in alias.rules_out:
            if alias.text not in phrase:
                for text, end in self._places(phrase, exact=own in phrase.lower()):
                    if not text[end : end + 1].isalnum():
                        return phrase
        return ""

    def _places(self, word: str, *, exact: bool) -> Iterable[tuple[str, int]]:
        """Where `word` begins a word of the article: the text it was found in, and where it ends."""
        exact = exact or word.isupper() or len(word) <= _EXACT
        text, word = (self.body, word) if exact else (self.lower, word.lower())
        at = text.find(word, 0, _CUE_CHARS)
        while at >= 0:
            if not (at and text[at - 1].isalnum()):
                yield text, at + len(word)
            at = text.find(word, at + 1, _CUE_CHARS)


def is_title_case(line: str) -> bool:
    """Whether most longer words of a line begin with a capital."""
    words = [w for w in _WORD.findall(line) if len(w) > _LONG_WORD]
    return len(words) > _LONG_WORD and sum(w[0].isupper() for w in words) / len(words) > _TITLE_CASE
