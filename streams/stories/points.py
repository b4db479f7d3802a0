"""Facts in numbers, as they are held against each other: what each is, how close is equal, and when it is news."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from enum import IntEnum
from typing import Final, NamedTuple

from streams.basics.times import DAY
from streams.ports import Telling
from streams.records import Fact, Millis, Status
from streams.stories.places import NAMED
from streams.stories.replaced import is_old
from streams.stories.rough import ABOUT, OVER, REACH, UNDER, exact
from streams.stories.steps import BESIDE, GROUNDS, STEPS
from streams.stories.terms import term_for
from streams.stories.units import DOLLARS, THINGS

LEAD_BIT: Final = 0x800000
COUNT_BIT: Final = 0x800000  # of a group: 40 dead and 40 people are one figure
CONVERTED: Final = 0.07  # sums of two currencies closer than this share of the larger are one: rates move
_LOOSE: Final = 0.02  # amounts and counts differ when they are further apart than this share
_WORTH_ROUNDING: Final = 1_000_000
_LEAD_FIGURE: Final = 200  # characters of the lead in which the story's own figure is looked for
_OF: Final = re.compile(r"\bvon $", re.IGNORECASE)  # before a figure of the lead: it may be the old one
_KNOWN_THINGS: Final = frozenset(THINGS.values())
RATES: Final = {term_for(f"amount:{currency}"): dollars for currency, dollars in DOLLARS.items()}
"""Of the groups that are money."""


TOLD_IN: Final = {"USD": "size", "EUR": "size in euros"}
"""The currencies into which outlets convert, and how terms of sizes begin."""


class Strength(IntEnum):
    """When a fact is news."""

    NEVER = 0
    REVISION = 1  # when it revises a told one of its group
    ANY = 2  # whenever it was not told
    STEP = 3  # when its plan goes on, or back
    TURN = 4  # when the direction changes
    NOTICE = 5  # once: a wire says that it corrects or removes what was told
    OTHER = 6  # when it is another one, and none that a headline told is named
    OVER = 7  # as `ANY`, when it cannot be a told one either, of which it says that it is more ...
    UNDER = 8  # ... or almost so much ...
    ABOUT = 9  # ... or about so much


_STRENGTHS: Final = {
    "status": Strength.STEP, "direction": Strength.TURN, "notice": Strength.NOTICE,
    "least": Strength.REVISION,
    "actor": Strength.OTHER, "place": Strength.OTHER, "year": Strength.OTHER, "ware": Strength.OTHER,
    "product": Strength.OTHER, "party": Strength.OTHER,
}  # fmt: skip


_ROUGH: Final = {OVER: Strength.OVER, UNDER: Strength.UNDER, ABOUT: Strength.ABOUT}
REACHES: Final = {_ROUGH[mark]: reach for mark, reach in REACH.items()}
"""From which to which multiple of a rough figure the told one may lie."""


class Point(NamedTuple):
    """A fact in numbers."""

    key: int
    group: int
    number: float
    slack: float  # figures this close are one, given more exactly: 3.2 and 3.17 agree, 3 and 3.2 do not
    strength: int  # a `Strength`


def point(fact: Fact) -> Point:
    """`fact` in numbers."""
    number, slack = _measure(fact)
    group = _group(fact.kind, "" if fact.unit == NAMED else fact.unit)
    return Point(key=term_for(fact.key), group=group, number=number, slack=slack, strength=_strength(fact))


def _group(kind: str, unit: str) -> int:
    kind = "ware" if kind == "product" else kind  # who was told of H20 chips was told nothing of rare earths
    return term_for(f"{kind}:{unit}") | (COUNT_BIT if kind == "count" else 0)


PEOPLE: Final = frozenset(_group("count", thing) for thing in ("job", "worker", "person"))
"""What outlets call by each other's names also where they round: "more than 400 workers" are 433 jobs."""


def exact_key(fact: Fact) -> int:
    """The key of a figure, however exact it is said to be."""
    return term_for(replace(fact, value=exact(fact.value)).key)


def round_key(fact: Fact) -> int:
    """The key of a sum of millions as a rounder outlet gives it: of 3.17 and of 3.24 billion that is 3.2; else 0."""
    if fact.kind != "amount" or fact.unit not in DOLLARS:
        return 0
    value = _measure(fact)[0]
    return exact_key(replace(fact, value=f"{value:.1e}")) if value >= _WORTH_ROUNDING else 0


def sizes(fact: Fact, told_in: str) -> Iterator[int]:
    """Terms of how large a sum is in dollars, for those who tell it in one of `TOLD_IN`.

    Two sums closer than half of `CONVERTED` share one, none further than it. Each stands in two rows of steps, of which
    one begins where the other is half way: no edge parts two in both.
    """
    dollars = DOLLARS.get(fact.unit, 0.0) if fact.kind == "amount" else 0.0
    if dollars and (value := _measure(fact)[0]) > 0.0:
        step = math.log(value * dollars) / -math.log1p(-CONVERTED)
        yield from (term_for(f"{TOLD_IN[told_in]} {row} {math.floor(step + row / 2)}") for row in (0, 1))


def point_of_key(key: str) -> Point:
    """A fact in numbers, from its key alone."""
    kind, _, rest = key.partition(":")
    unit, _, value = rest.partition(":")
    return point(Fact(kind=kind, unit=unit, value=value))


def _measure(fact: Fact) -> tuple[float, float]:
    if fact.kind == "status":
        return float((STEPS | GROUNDS).get(fact.value, 0)), BESIDE.get(fact.value, 0.0)
    if fact.kind == "direction":
        return (1.0 if fact.value == "up" else -1.0), 0.0
    if _STRENGTHS.get(fact.kind) is Strength.OTHER:
        return float(term_for(fact.value)), 0.0
    try:
        value = Decimal(exact(fact.value)).normalize()
    except ArithmeticError:
        return float(term_for(fact.value)), 0.0
    last = int(value.as_tuple().exponent)
    if fact.kind == "percent":
        return float(value), float(Decimal(5).scaleb(min(last, 0) - 1))  # 20 is no 25, however round
    return float(value), min(float(Decimal(5).scaleb(last - 1)), _LOOSE * float(value))


def _strength(fact: Fact) -> Strength:
    if fact.kind in ("amount", "percent"):
        return Strength.NEVER if fact.unit == "move" else _ROUGH.get(fact.value[-1:], Strength.ANY)
    if fact.kind == "count":
        return _ROUGH.get(fact.value[-1:], Strength.ANY) if fact.unit in _KNOWN_THINGS else Strength.REVISION
    return Strength.NEVER if fact.unit == NAMED else _STRENGTHS.get(fact.kind, Strength.NEVER)


def loud(telling: Telling, points: Sequence[Point]) -> Iterable[int]:
    """Keys of notices and the headline's facts but old figures, then the first amount of the lead that it lacks.

    That one bears `LEAD_BIT`; there is none when the lead names it as the old one.
    """
    yield from (p.key for p in points if p.strength == Strength.NOTICE)
    facts = [(f, p) for f, p in zip(telling.facts, points, strict=False) if f.text and p.strength != Strength.NOTICE]
    titled = [(f, p) for f, p in facts if f.text in telling.title]
    yield from (p.key for f, p in titled if not _replaced(f, telling.title, titled))
    lead = telling.text[:_LEAD_FIGURE]
    for fact, found in facts:
        if fact.kind == "amount" and fact.text in lead and fact.text not in telling.title:
            at = lead.index(fact.text)
            if not (_OF.search(lead[:at]) or is_old(lead, at, at + len(fact.text))):
                yield found.key | LEAD_BIT
            return


def _replaced(fact: Fact, title: str, titled: Sequence[tuple[Fact, Point]]) -> bool:
    """Whether a headline's figure is the old one: "to $13 billion from $14.5 billion", and another is the new one."""
    others = any(f.kind == fact.kind and f.unit == fact.unit and f.value != fact.value for f, _ in titled)
    at = title.index(fact.text)
    return fact.kind in ("amount", "percent", "count") and others and is_old(title, at, at + len(fact.text))


def spoken_at(event_time: Millis, status: Status) -> Millis | None:
    """The time that an article speaks for. An edit tells none, for it bears that of what it edits; nor does a day."""
    is_day = (event_time + 1) % DAY <= 1  # its midnight, or its end
    return event_time if status is Status.NEW and not is_day else None
