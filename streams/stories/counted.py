"""What a number in running text counts: "200,000 new AI chips", "3,000 jobs"."""

from __future__ import annotations

import re
from typing import Final

from streams.stories.units import THINGS, thing_of

_NEXT: Final = re.compile(r"[\s\u00a0-]+([^\W\d_][\w.]*(?:-\w+)*|\w+-\w+(?:-\w+)*)")
_HIRED: Final = re.compile(
    r"\b(?:hir|recruit|employ|lay|laid|fir|cut|stell|entl[aä]ss|streich)\w*(?: off)?(?: (?:\w+ ){0,2})$", re.IGNORECASE
)
_LITTLE_WORDS: Final = "at in for by as to from on with and am im an für bei aus und auf nach von vor seit"
LITTLE: Final = frozenset(_LITTLE_WORDS.split())
"""Words that are counted by no number before them."""
_BEHIND_HIRED: Final = 40
KNOWN: Final = frozenset(THINGS.values())
"""Things that we have a word for."""
_OTHERS_WORDS: Final = (
    "equipment tool tools machine machines gear maker makers manufacturer manufacturers designer designers supplier"
    " suppliers dealer dealers owner owners start-up start-ups startup startups type types model models line lines part"
    " parts"
)
_OTHERS: Final = frozenset(_OTHERS_WORDS.split())  # what is counted behind the name of a thing


def hires(text: str, at: int) -> bool:
    """Whether the number that begins at `at` stands behind a word of hiring or laying off."""
    return _HIRED.search(text[max(0, at - _BEHIND_HIRED) : at]) is not None


def counted(text: str, at: int, reach: int, *, german: bool, large: bool) -> tuple[str, int]:
    """What is counted by the number that ends at `at`, up to `reach` words later, and where its name ends.

    Of what we have no word for only large numbers count.
    """
    first, first_end = "", at
    for _ in range(reach):
        word = _NEXT.match(text, at)
        if not word:
            break
        at = word.end()
        whole = word[1].rstrip(".")
        spelled = whole.replace("-", "")
        for name in (spelled, whole.rpartition("-")[2]):
            if thing := thing_of(name.lower(), german=german):
                return _head(thing, at, text)
        if not first:
            first, first_end = spelled, at
        if spelled in LITTLE:  # "50 Millionen in altes Werk" counts no plants
            break
        if (german and spelled[0].isupper() and "-" not in word[1]) or word[1].endswith("."):
            break
    return (first.lower()[:12] if large else ""), first_end


def _head(thing: str, at: int, text: str) -> tuple[str, int]:
    """What is counted where a thing is named at `at`: behind "12 chip" may stand "companies", or "tools"."""
    after = _NEXT.match(text, at)
    word = after[1].rstrip(".").lower() if after else ""
    if after and (head := THINGS.get(word)):
        return head, after.end()
    return ("" if word in _OTHERS else thing), at
