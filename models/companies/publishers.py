"""Who printed it: the outlet's name at the end of a headline is not what the headline is about."""

from __future__ import annotations

import re
from typing import Final

from models.companies.phrases import phrases

_TAIL: Final = re.compile(r"\s(?:[-–—|»·]|\|\|)\s(?=[^-–—|»·]{2,48}$)")
_WORDS: Final = 6


def imprint(body: str, title_end: int, source: str) -> tuple[int, int]:
    """Where in the body the outlet names itself behind the title ("... - Yahoo Finance"); (0, 0) for nowhere."""
    title = body[:title_end]
    cut = None
    for cut in _TAIL.finditer(title):  # noqa: B007 - the last one counts
        pass
    if cut is None or not title[: cut.start()].strip():
        return 0, 0
    tail = title[cut.end() :].strip()
    named = source and (tail.casefold() in source.casefold() or source.casefold() in tail.casefold())
    if named or (phrases().outlet.search(tail) and len(tail.split()) <= _WORDS):
        return cut.start(), title_end
    return 0, 0
