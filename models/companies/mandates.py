"""Who works for others: advises, audits, lends, brings shares to market. The news is theirs whom it works for."""

from __future__ import annotations

from typing import Final

from models.companies.phrases import phrases
from models.companies.roles import Place
from models.companies.words import words

_NEAR: Final = 60
_FAR: Final = 100


def serves(place: Place, body: str, title_end: int, *, alone: bool) -> bool:
    """Whether a house works for another where it is named; `alone` says that no other company is known there."""
    titled = place.start < title_end
    low, high = (0, title_end) if titled else (title_end, len(body))
    if phrases().serves.match(body, place.end, high) or (not titled and _aside(place, body)):
        return True
    if not alone and phrases().finances.match(body, place.end, high):
        return True
    before = body[max(low, place.start - _NEAR) : place.start]
    lower = before.lower()
    if not any(stem in lower for stem in words().client_stems):
        return False  # tells most apart, and in a tenth of the time
    if phrases().served.search(before):
        return True
    return bool(phrases().engaged.search(f"{before}§{body[place.end : min(high, place.end + _FAR)]}"))


def _aside(place: Place, body: str) -> bool:
    """Whether a clause behind the name says so, as "which advised"; in a headline, the rest is the house's own news."""
    clause = phrases().clause.match(body, place.end)
    if clause and phrases().serves.match(body, clause.end()):
        return True
    return bool(phrases().serves_in_clause.match(body, place.end))
