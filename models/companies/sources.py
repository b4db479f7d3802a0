"""Who only speaks: raters of shares, banks on the market, publishers of the news. They are not what it is about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from models.companies.roles import Place

_RATES: Final = re.compile(
    r"(?:'s)?\s*:?\s*(?:analysts?\s|analysten?\s)?"
    r"(?i:(?:upgrades?|downgrades?)(?! (?:its|to|forecast|outlook|guidance))"
    r"|(?:raises?|lifts?|cuts?|trims?) price target|initiates (?:coverage|at|with)|belässt|stuft"
    r"|(?:hebt|senkt) (?:das )?kursziel|startet \w+ mit [\"'„‚](?:buy|sell|hold|kaufen))(?!\w)"
)
"""After the name: it rates somebody else's shares, whoever it is."""
_HOUSE_RATES: Final = re.compile(
    r"(?:'s)?\s*:?\s*(?:analysts?\s|analysten?\s)?(?i:upgrades?|downgrades?|raises?|lifts?|cuts?|trims?|initiates"
    r"|reiterates|keeps|resumes|adds|picks|starts?|rates?|hebt|senkt|stuft|belässt|bestätigt"
    r"|startet|sees upside|hat|has|have)"
    r"(?!\w)"
)
_RATING: Final = re.compile(
    r"\b(?i:price targets?|kursziele?\w*|top (?:\w+ )?picks?|(?:conviction|buy|focus) list|einstuf\w*|coverage"
    r"|sees upside|target (?:on|for)"
    r"|(?:to|at|auf|mit|as) [\"'„‚]?(?:strong )?(?:buy|sell|hold|neutral|overweight|underweight|outperform|underperform"
    r"|equal[- ]weight|kaufen|halten|verkaufen|reduce|accumulate))(?!\w)|(?<!\w)[\"'„‚](?:Buy|Sell|Hold|Neutral)\b"
)
"""What a bank or broker (a house) gives to a share, somewhere behind its verb."""
_RESEARCH_AFTER: Final = re.compile(
    r"(?:'s)?\s(?i:analysts?|analyst\w*|research)(?!\w)(?! (?:chief|head|boss|unit|centre|center))"
)
_SAYS_AFTER: Final = re.compile(
    r"\s*[,):]?\s*(?i:zufolge\b|schreibt\b|(?:says?|said|sees|estimates|expects|sieht|erwartet)\b"
    r"(?! (?:to|it|its|it's|will|no|more|profits?|net|annual|quarterly|full|record|higher|lower|first|second|third"
    r"|fourth|sich|höhere|niedrigere|weniger|mehr|gewinn)\b))|\)"
)
"""After a house's name: it speaks, and not of itself."""
_REPORTS_AFTER: Final = re.compile(
    r"(?:\s+News)?\s*[,):]?\s*(?i:says?|said|reported|reports|berichtet\w*|sieht|schreibt|zufolge|estimates)\b|\)"
)
"""After a publisher's name."""
_SAID_BEFORE: Final = re.compile(
    r"(?:(?:\b(?:laut|according to|via|quoting|citing|reported by|interview with"
    r"|(?:up|down)graded (?:\w+ ){0,3}(?:by|at)"
    r"|(?:report|note|survey|study|analysts?|analysis) (?:by|from|at|of))|, so)\s+|\()$",
    re.IGNORECASE,
)
_TOLD_BEFORE: Final = re.compile(r"\b(?:told|gegenüber|berichtet|so|by)\s+$", re.IGNORECASE)
"""Before a publisher's name."""
_MARKETS: Final = re.compile(
    r"\b(?i:oil|crude|gold|silver|copper|bitcoin|crypto|dollar|euro|yen|yuan|fed|ecb|ezb|rates?|yields?|bonds?|inflation"
    r"|recession|econom\w+|gdp|growth|stocks?|equit\w+|markets?|s&p|dax|nasdaq|sector|shares|investors|capex|spending"
    r"|tariffs?|öl\w*|zinsen|leitzins\w*|konjunktur|rezession|wirtschaft\w*|aktien\w*|märkte|anleger\w*|anleihen"
    r"|rohstoff\w*|branche|zölle|overweight|underweight|price target|kursziel)(?!\w)"
)
"""What a house speaks of when it does not speak of itself."""
_RATED: Final = 120  # characters behind a house in which its rating is looked for


@dataclass(frozen=True, slots=True)
class Houses:
    """Owners that speak of other companies for a living: banks and brokers, and those who publish news."""

    raters: frozenset[int] = frozenset()
    publishers: frozenset[int] = frozenset()


def sources(places: Sequence[Place], body: str, title_end: int, houses: Houses) -> frozenset[int]:
    """Owners who only speak of the others, or of the market: raters, publishers, and whoever rates a share."""
    own: dict[int, list[Place]] = {}
    for p in places:
        own.setdefault(p.owner, []).append(p)
    return frozenset(o for o, ps in own.items() if _only_speaks(o, ps, body, title_end, houses, alone=len(own) == 1))


def _only_speaks(owner: int, own: Sequence[Place], body: str, title_end: int, houses: Houses, *, alone: bool) -> bool:
    house = owner in houses.raters or owner in houses.publishers
    if alone and (not house or (owner in houses.raters and not _MARKETS.search(body))):
        return False  # it speaks of itself
    titled = [p for p in own if p.start < title_end] if house else []
    return all(_speaks(p, body, houses) for p in titled or own)


def _speaks(place: Place, body: str, houses: Houses) -> bool:
    before, end = body[max(0, place.start - 40) : place.start], place.end
    if _RATES.match(body, end):
        return True
    if place.owner in houses.publishers:
        return bool(_REPORTS_AFTER.match(body, end) or _SAID_BEFORE.search(before) or _TOLD_BEFORE.search(before))
    if place.owner not in houses.raters:
        return False
    rates = _HOUSE_RATES.match(body, end)
    if rates and _RATING.search(body, rates.end() - 1, end + _RATED):
        return True
    return bool(_SAYS_AFTER.match(body, end) or _RESEARCH_AFTER.match(body, end) or _SAID_BEFORE.search(before))
