"""Who only speaks, or works for others: raters, banks, auditors, publishers. They are not what the news is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from models.companies.mandates import serves
from models.companies.phrases import phrases
from models.companies.roles import Place

_RATED: Final = 120  # characters behind a house in which its rating is looked for


@dataclass(frozen=True, slots=True)
class Houses:
    """Owners that speak of other companies for a living: banks and brokers, and those who publish news."""

    raters: frozenset[int] = frozenset()
    publishers: frozenset[int] = frozenset()


def sources(places: Sequence[Place], body: str, title_end: int, houses: Houses) -> frozenset[int]:
    """Owners who only speak of the others or work for them: raters, publishers, advisers, and whoever rates a share."""
    own: dict[int, list[Place]] = {}
    for p in places:
        own.setdefault(p.owner, []).append(p)
    return frozenset(o for o, ps in own.items() if _only_speaks(o, ps, body, title_end, houses, alone=len(own) == 1))


def _only_speaks(owner: int, own: Sequence[Place], body: str, title_end: int, houses: Houses, *, alone: bool) -> bool:
    house = owner in houses.raters or owner in houses.publishers
    titled = [p for p in own if p.start < title_end] if house else []
    where = titled or own
    if owner in houses.raters and all(serves(p, body, title_end, alone=alone) for p in where):
        return True
    if alone and (not house or (owner in houses.raters and not phrases().markets.search(body))):
        return False  # it speaks of itself
    return all(_speaks(p, body, houses) for p in where)


def _speaks(place: Place, body: str, houses: Houses) -> bool:
    before, end = body[max(0, place.start - 40) : place.start], place.end
    if phrases().rates.match(body, end):
        return True
    if place.owner in houses.publishers:
        return bool(
            phrases().reports.match(body, end) or phrases().said.search(before) or phrases().told.search(before)
        )
    if place.owner not in houses.raters:
        return False
    rates = phrases().house_rates.match(body, end)
    if rates and phrases().rating.search(body, rates.end() - 1, end + _RATED):
        return True
    return bool(phrases().says.match(body, end) or phrases().research.match(body, end) or phrases().said.search(before))
