"""Percents by which a share went up or down where the headline only says whose: "Lumenta slides 5% on new rules"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from streams.records import Article, Fact
from streams.stories.steps import moved

# From the company to the percent: one word, which must say the way, and how exact the percent is.
_WAY: Final = re.compile(
    r"(?:['’]s?)? (?P<way>\w+)"
    r"(?: (?:by|nearly|almost|over|about|around|some|another|as|much|more|than|up|to|um|rund|knapp|fast|mehr|als))* ",
    re.IGNORECASE,
)
_PLAIN: Final = frozenset({"up", "down", "off"})
# What else goes up by a percent: who gains 5% of something owns it.
_OWNED: Final = re.compile(
    r" (?:stake|interest|holding|(?:market )?share|of|(?:markt)?anteil|der|des)\b", re.IGNORECASE
)


def as_moves(article: Article, facts: Iterable[Fact]) -> Iterator[Fact]:
    """The facts, those percents as what they are: they change by the minute and are no news of the story."""
    ends = {end for c in article.companies or () for _, end in c.spans if end <= len(article.title)}
    for fact in facts:
        moves = ends and fact.kind == "percent" and fact.unit == "%" and _moves(article.title, ends, fact.text)
        yield replace(fact, unit="move") if moves else fact


def _moves(title: str, ends: Iterable[int], percent: str) -> bool:
    start = title.find(percent)
    if start < 0 or _OWNED.match(title, start + len(percent)):
        return False
    found = (_WAY.fullmatch(title, end, start) for end in ends if end < start)
    return any(f and (f["way"].lower() in _PLAIN or moved(f["way"])) for f in found)
