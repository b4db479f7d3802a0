"""Who a headline is about: companies stand in it as subjects unless the words beside them push them aside."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from models.companies.phrases import phrases

_JOINT: Final = re.compile(
    r"(?:'s)?(?: [A-Z]\w+)?(?:,? (?:up|down|plus|minus) [\d.,]+ ?(?:%|percent|Prozent)?)?"
    r"(?:\s*[,/]\s*|,?\s+(?:and|und|&|sowie|or|oder|bzw\.)\s+|-)(?:\w+[\s-])?"
)
_SHIFT: Final = re.compile(r"\s(?:auf|to|zu)\s")
SENTENCE: Final = re.compile(
    r"(?<!Inc)(?<!Corp)(?<!Co)(?<!Ltd)(?<!U\.S)(?<!vs)(?<![DM]r)(?<!St)(?<!N[or])[.!?][\"“”']?\s+"
)
_NEAR: Final = 80
_TICKER_GAP: Final = 3


@dataclass(frozen=True, slots=True)
class Place:
    """One mention: whose, where, and whether by a brand."""

    owner: int
    start: int
    end: int
    brand: bool


def merged(places: Sequence[Place]) -> list[Place]:
    """A name and the ticker in brackets behind it as one place."""
    out: list[Place] = []
    for p in places:
        if out and out[-1].owner == p.owner and p.start - out[-1].end <= _TICKER_GAP:
            out[-1] = Place(p.owner, out[-1].start, max(p.end, out[-1].end), out[-1].brand)
        else:
            out.append(p)
    return out


def subjects(places: Sequence[Place], body: str, start: int, end: int) -> frozenset[int]:
    """Of the companies in `body[start:end]` (a title, or a lead), those it is about."""
    found: set[int] = set()
    first = True
    for low, high in _sentences(body, start, end):
        inside = [p for p in places if low <= p.start < high]
        if inside:
            found |= _of_sentence(inside, body, low, first=first)
            first = False
    return frozenset(found)


def has_left(place: Place, body: str) -> bool:
    """Ex-Siemens-Manager, former Tesla engineers, Google veterans: named to say where somebody comes from."""
    leavers = phrases().leavers.match(body, place.end)
    return bool(leavers and (leavers[1] or phrases().left.search(_before(place, body, 0))))


def _sentences(body: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    return pairwise([start, *(m.end() for m in SENTENCE.finditer(body, start, end)), end])


def _of_sentence(places: Sequence[Place], body: str, low: int, *, first: bool) -> set[int]:
    """Those that nothing pushes aside; in the first sentence with companies somebody has to be the subject."""
    if phrases().market.search(body, low, places[0].start):
        return set()
    free: set[int] = set()
    aside = False
    several = len({p.owner for p in places}) > 1
    for before, p in zip((None, *places), places, strict=False):
        if not _inherits(before, p, body, aside=aside):
            aside = _aside(p, before, body, low)
        listed = several and phrases().listed.match(body, p.end)
        if not (aside or listed or _owner_only(p, before, places, body)):
            free.add(p.owner)
    return free if free or not first else _least_aside(places, body, low)


def _inherits(before: Place | None, place: Place, body: str, *, aside: bool) -> bool:
    """Joined by "and" or a comma to the one before, or the goal of a shift away from it (from A to B)."""
    if before is None:
        return False
    if _JOINT.fullmatch(body, before.end, place.start):
        return True
    return aside and bool(_SHIFT.fullmatch(body, before.end, place.start))


def _least_aside(places: Sequence[Place], body: str, low: int) -> set[int]:
    """Nobody stands free: the first that is no mere example, with those joined to it."""
    found: list[Place] = []
    example = False
    for before, p in zip((None, *places), places, strict=False):
        joined = before is not None and bool(_JOINT.fullmatch(body, before.end, p.start))
        if found and not joined:
            break
        if not joined:
            example = bool(phrases().compared.search(_before(p, body, low)) or phrases().apart.match(body, p.end))
        if not example:
            found.append(p)
    if len(found) > 1 and phrases().listed.match(body, found[-1].end):
        return set()
    return {p.owner for p in found}


def _aside(place: Place, before: Place | None, body: str, low: int) -> bool:
    words = _before(place, body, before.end if before else low)
    if before is not None and phrases().rival_of.fullmatch(body, before.end, place.start):
        return False
    if (
        phrases().compared.search(words)
        or phrases().comes_from.search(words)
        or phrases().beaten.match(body, place.end)
    ):
        return True
    return before is not None and bool(phrases().product.match(body, place.end))


def _owner_only(place: Place, before: Place | None, places: Sequence[Place], body: str) -> bool:
    """Google's DeepMind, Nvidia-backed, Metro-Tochter: named to say whose somebody else is."""
    if before is not None and body[before.end : place.start] == "'s ":
        return False
    if phrases().apart.match(body, place.end) or phrases().owns.match(body, place.end):
        return True
    return body.startswith("'s ", place.end) and any(p.start == place.end + 3 for p in places)


def _before(place: Place, body: str, low: int) -> str:
    return body[max(low, place.start - _NEAR) : place.start]
