"""What of an article is news against what was told: changed facts break through, retellings are held back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from streams.stories.prepare import COUNT_BIT, LEAD_BIT, Point, Strength

_NEAR: Final = 2.0  # a revised figure is at most this many times the old one
_SETBACK: Final = 0.0  # steps below are setbacks


def news(points: Sequence[Point], loud: Collection[int], told: Sequence[Point]) -> list[int]:
    """Keys of the facts in `points` that are news to someone who was told `told`; only loud facts can be.

    A figure of the lead, loud with `LEAD_BIT`, is news only if it revises a told one.

    A figure is news when it was not told. Where another loud figure of the article repeats a told one, the
    article retells, and an extra figure is news only if it revises a told one: same group, near, and different.
    """
    outspoken = [p for p in points if p.key in loud and p.strength != Strength.NEVER]
    outspoken += [
        p._replace(strength=Strength.REVISION) for p in points if p.key | LEAD_BIT in loud and p.key not in loud
    ]
    retells = any(p.strength in (Strength.REVISION, Strength.ANY) and _known(p, told) for p in outspoken)
    return [p.key for p in outspoken if _is_news(p, told, retells=retells)]


def _is_news(point: Point, told: Sequence[Point], *, retells: bool) -> bool:
    if _known(point, told):
        return False
    group = [t for t in told if t.group == point.group]
    if point.strength == Strength.ANY and not retells:
        return True
    if point.strength in (Strength.REVISION, Strength.ANY):
        return any(_near(point, t) for t in group)
    if not group:
        return False
    if point.strength == Strength.STEP:
        return point.number < _SETBACK or all(point.number > t.number for t in group)
    return True


def _known(point: Point, told: Sequence[Point]) -> bool:
    return any(agree(point, t) if t.group == point.group else _same_count(point, t) for t in told)


def _same_count(one: Point, two: Point) -> bool:
    """3,000 jobs in one outlet's words are 3,000 workers in another's."""
    return bool(one.group & two.group & COUNT_BIT) and one.number == two.number


def agree(one: Point, two: Point) -> bool:
    """Whether two figures of a group are one figure, perhaps given more exactly the second time."""
    return abs(one.number - two.number) <= max(one.slack, two.slack)


def _near(one: Point, two: Point) -> bool:
    return one.number <= _NEAR * two.number and two.number <= _NEAR * one.number
