"""How much an article is about a company: salience 0-100 and role, from place, frequency and the words beside it.

Bands: from 70 the article is about it, 30 to 69 it is mentioned, below 30 it is background.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log2
from typing import Final

from models.companies.document import Document
from models.companies.phrases import phrases
from models.companies.roles import Place, has_left, merged, subjects
from models.companies.sources import Houses, sources
from streams.basics.furniture import is_round_up

CROWD: Final = 5
"""So many companies in one headline, or so many more in one text, are a list: none of them is what it is about."""
_LIST: Final = 8
_ABOUT: Final = 70
_PASSING: Final = 29
_FEW: Final = 2
_LEAD: Final = 400
_BRAND: Final = 0.9
_NOBODY: Final = Houses()


@dataclass(frozen=True, slots=True)
class About:
    """A company's share of an article."""

    salience: int
    role: str  # subject | mention | source


@dataclass(frozen=True, slots=True)
class _Shape:
    """What the article is like."""

    subjects: frozenset[int]
    sources: frozenset[int]
    titled: frozenset[int]
    crowd: frozenset[int]  # one of many, or only where somebody comes from


def judge(places: Sequence[Place], doc: Document, houses: Houses = _NOBODY) -> dict[int, About]:
    """Salience and role of every owner among `places` (sorted by start)."""
    places = merged(places)
    own: dict[int, list[Place]] = {}
    for p in places:
        own.setdefault(p.owner, []).append(p)
    shape = _shape(places, own, doc, houses)
    length = max(len(doc.body), 1)
    return {o: _about(o, ps, len(places), length, shape) for o, ps in own.items()}


def _shape(places: Sequence[Place], own: dict[int, list[Place]], doc: Document, houses: Houses) -> _Shape:
    in_title = [p for p in places if p.start < doc.title_end]
    titled = frozenset(p.owner for p in in_title)
    spoken = sources(places, doc.body, doc.title_end, houses)
    crowd = _crowd(own, titled, doc)
    line = (0, doc.title_end) if in_title else (doc.title_end, min(len(doc.body), doc.title_end + _LEAD))
    on_line = [p for p in places if line[0] <= p.start < line[1] and p.owner not in spoken]
    about = subjects(on_line, doc.body, *line) if on_line else frozenset[int]()
    crowd |= _left(places, own, doc)
    return _Shape(about - crowd, spoken, titled, crowd)


def _left(places: Sequence[Place], own: dict[int, list[Place]], doc: Document) -> frozenset[int]:
    """Those whom the founders of a young firm that raises money have left, and who are named for nothing else."""
    gone = own.keys() - {p.owner for p in places if not has_left(p, doc.body)}
    return frozenset(gone) if gone and phrases().round.search(doc.lower) else frozenset()


def _crowd(own: dict[int, list[Place]], titled: frozenset[int], doc: Document) -> frozenset[int]:
    """Those that are one of many, in the headline or the text; and all of a market report whose headline names none.

    Whom a round-up's headline names beside others is one of many, too.
    """
    many = len(titled) >= CROWD or (len(titled) > _FEW and is_round_up(doc.body[: doc.title_end]))
    if many or (not titled and _is_report(doc)):
        return frozenset(own)
    wrap = len(own) >= CROWD and not titled and phrases().market.search(doc.body, 0, doc.title_end)
    if not (wrap or len(own) >= _LIST):
        return frozenset()
    most = _most(own)
    return frozenset(o for o, ps in own.items() if o not in titled and len(ps) <= most)


def _is_report(doc: Document) -> bool:
    """Whether the headline heads a market report, or many pieces of news."""
    return bool(phrases().report.search(doc.body, 0, doc.title_end)) or is_round_up(doc.body[: doc.title_end])


def _most(own: dict[int, list[Place]]) -> int:
    """Named so often at most, a company is one of the list."""
    times = Counter(len(ps) for ps in own.values())
    return max(_FEW, max(times, key=lambda n: (times[n], n)))


def _about(owner: int, own: Sequence[Place], total: int, length: int, shape: _Shape) -> About:
    salience = 10.0 + 35 * (owner in shape.titled) + 15 * (1 - own[0].start / length)
    salience += 20 * len(own) / total + 20 * min(1.0, log2(1 + len(own)) / 3)
    salience *= _BRAND if all(p.brand for p in own) else 1.0
    if owner in shape.sources:
        return About(round(min(_PASSING, salience)), "source")
    if owner in shape.crowd:
        return About(round(min(_PASSING, salience / 2)), "mention")
    if owner in shape.subjects:
        floor = _ABOUT if owner in shape.titled else _ABOUT - 10
        return About(min(100, round(max(floor, salience))), "subject")
    return About(min(_ABOUT - 1, round(salience)), "mention")
