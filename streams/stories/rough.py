"""Figures that are no exact ones: "more than $400 million" may retell $433 million."""

from __future__ import annotations

import re
from typing import Final

OVER, UNDER, ABOUT = "+", "-", "~"
"""Behind a value: it is at least so much, at most so much, or near it."""

REACH: Final = {OVER: (1.0, 1.1), UNDER: (0.9, 1.0), ABOUT: (0.95, 1.05)}
"""From which to which multiple of the value the figure may lie: an outlet rounds within a tenth."""

_MOST_DIGITS: Final = 2  # of a rounded value; "more than $433 million" means what it says
_BEFORE: Final = re.compile(
    r"(?<![\w-])(?:"
    r"(?P<over>more than|over|above|at least|upwards of|north of|mehr als|mindestens|gut|über)"
    r"|(?P<under>nearly|almost|close to|just (?:under|below|shy of)|knapp|fast|nahezu|beinahe)"
    r"|(?P<about>about|around|roughly|approximately|some|an estimated|rund|etwa|circa|ca\.|ungefähr))\s$",
    re.IGNORECASE,
)
_LAST_WORDS: Final = (
    "than over above least of als mindestens gut über nearly almost to under below knapp fast nahezu beinahe about"
    " around roughly approximately some estimated rund etwa circa ca. ungefähr"
)
# "Eine Anleihe an Ostara über 40 Millionen" is one of 40 million; who "verhandelt über" them talks of them.
_OF: Final = re.compile(
    r"(?:(?:anleihen?|kredite?s?|auftr[aä]ge?s?|vertr[aä]ge?s?|darlehens?|finanzierung|schecks?|rechnung|bürgschaft"
    r"|programms?|pakete?s?|fonds|kapitalerhöhung)(?: (?:an|für|aus|bei|in|mit|von) \S+){0,2}"
    r"|\b(?:verhandel|ber[aä]t|spr[ei]ch|diskutier)\w*)\süber\s$",
    re.IGNORECASE,
)
_LAST: Final = frozenset(word[-2:] for word in _LAST_WORDS.split())
_LONGEST: Final = 40
_MARKS: Final = {"over": OVER, "under": UNDER, "about": ABOUT}


def rough(text: str, start: int, digits: str) -> tuple[str, int]:
    """How the figure `digits`, which begins at `start`, is no exact one, and where the words begin that say so."""
    before = text[max(0, start - _LONGEST) : start]
    if before[-5:].rstrip().lower()[-2:] not in _LAST:
        return "", start  # tells most apart, and in a tenth of the time
    found = _BEFORE.search(before)
    if not found or _OF.search(before) or len(re.sub(r"\D", "", digits).strip("0")) > _MOST_DIGITS:
        return "", start
    return _MARKS[found.lastgroup or ""], start - len(before) + found.start()


def exact(value: str) -> str:
    """A value without the mark."""
    return value.rstrip(f"{OVER}{UNDER}{ABOUT}")
