"""When two facts in numbers are one."""

from __future__ import annotations

from typing import Final

from streams.stories.points import CONVERTED, COUNT_BIT, PEOPLE, RATES, REACHES, Point, Strength

_NEAR: Final = 2.0  # a revised figure is at most this many times the old one


def same(said: Point, told: Point) -> bool:
    """Whether who was told `told` knows `said`."""
    if said.group == told.group:
        return agree(said, told) or _covers(said, told)
    return _same_count(said, told) or converted(said, told)


def agree(one: Point, two: Point) -> bool:
    """Whether two figures of a group are one figure, perhaps given more exactly the second time."""
    return abs(one.number - two.number) <= max(one.slack, two.slack)


def near(one: Point, two: Point) -> bool:
    """Whether one of two figures that differ may revise the other."""
    return one.number <= _NEAR * two.number and two.number <= _NEAR * one.number


def converted(one: Point, two: Point) -> bool:
    """Whether two sums of different currencies may be one: each outlet converts to its own."""
    if one.group not in RATES or two.group not in RATES:
        return False
    mine, theirs = one.number * RATES[one.group], two.number * RATES[two.group]
    return abs(mine - theirs) <= CONVERTED * max(mine, theirs)


def firm(point: Point) -> Point:
    """What someone was told, or is: a rough figure stands for itself, and 433 after "more than 400" is news."""
    return point._replace(strength=Strength.ANY) if point.strength in REACHES else point


def _covers(rough: Point, told: Point) -> bool:
    """Whether "more than 400" retells 433."""
    low, high = REACHES.get(Strength(rough.strength), (1.0, 0.0))
    return low * rough.number <= told.number <= high * rough.number


def _same_count(one: Point, two: Point) -> bool:
    """3,000 jobs in one outlet's words are 3,000 workers in another's; rough figures only of people."""
    if one.number == two.number:
        return bool(one.group & two.group & COUNT_BIT)
    return {one.group, two.group} <= PEOPLE and _covers(one, two)
