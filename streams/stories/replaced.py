"""A figure beside the one it replaces: which is old, and where one word behind both says what they count."""

from __future__ import annotations

import re
from typing import Final

_FIGURE: Final = r"(?:[A-Z]{0,3}[$€£¥]|[A-Z]{3}\s)?\d[\d.,]*(?<=\d)"
_PLANNED: Final = (
    r"(?:\s(?:the|der|den|bisher|zuvor|bislang|ursprünglich|previously|originally|earlier|initial|planned|announced"
    r"|expected|geplante[nr]?|vorgesehene[nr]?|angekündigte[nr]?|erwartete[nr]?)){0,3}\s"
)
_INSTEAD: Final = r"(?:statt|anstatt|instead of|rather than)"
# "15 instead of 11 billion euros", "15 from 11 billion euros", "52 (bisher 48) Mrd Euro".
_SHARED: Final = re.compile(
    rf"\s(?:(?:{_INSTEAD}|(?:up |down )?from){_PLANNED}{_FIGURE}(?!\d)|\((?:[^\W\d]+[.:]?\s){{1,2}}{_FIGURE}\))",
    re.IGNORECASE,
)
_OLD: Final = re.compile(
    rf"\b(?:(?:from|{_INSTEAD}){_PLANNED}|(?:zuvor|bisher|bislang|previously)\s)(?:[A-Z]{{0,3}}[$€£¥])?$", re.IGNORECASE
)
_FROM: Final = re.compile(r"\b(?:von|from)\s(?:[A-Z]{0,3}[$€£¥])?$", re.IGNORECASE)  # "von" is "of", too
_TO: Final = re.compile(r"\s(?:auf|to)\s", re.IGNORECASE)
_LONGEST: Final = 60


def behind(text: str, at: int) -> int:
    """Where what a figure counts is named that ends at `at`: behind the figure it replaces; else `at`."""
    found = _SHARED.match(text, at)
    return found.end() if found else at


def is_old(text: str, start: int, end: int) -> bool:
    """Whether the figure at `start` to `end` is the one replaced: "from 11", "instead of 11", "von 11 auf 15"."""
    before = text[max(0, start - _LONGEST) : start]
    return bool(_OLD.search(before) or (_FROM.search(before) and _TO.match(text, end)))
