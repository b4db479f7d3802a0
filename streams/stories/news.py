"""What of an article is news against what was told: changed facts break through, retellings are held back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final, NamedTuple

from streams.records import Millis
from streams.stories.points import LEAD_BIT, RATES, REACHES, Point, Strength
from streams.stories.same import agree, firm, near, same
from streams.stories.steps import STEPS
from streams.stories.thresholds import FACTS_PER_STORY, RETOLD

_FIGURE: Final = (Strength.REVISION, Strength.ANY, *REACHES)
_SETBACK: Final = 0.0  # steps below are setbacks
DENIED: Final = STEPS["denies"]
PLANNED: Final = STEPS["plans"]
STARTED: Final = STEPS["starts"]
FORBIDS: Final = STEPS["forbids"]
ALLOWS: Final = STEPS["allows"]
HALTED: Final = STEPS["halts"]  # from this setback up something is forbidden, or in force
DECIDED: Final = STEPS["approves"]  # from this step on a setback is undone: what is planned has undone nothing
_NOTHING: Final = Point(0, 0, 0.0, 0.0, Strength.NEVER)


class Saying(NamedTuple):
    """What an article says: its facts, which of them are loud (their keys), and the time it speaks for.

    Without a time it speaks for now: the latest time that was told.
    """

    points: Sequence[Point]
    loud: Collection[int]
    at: Millis | None

    def since(self, at: Millis) -> Saying:
        """The same of what is told first: without a time of its own it speaks for `at`."""
        return self if self.at is not None else self._replace(at=at)

    def is_loud(self, point: Point) -> bool:
        """Whether it stands out: in the headline, or in the lead of one without figures."""
        return point.key in self.loud or (point.key | LEAD_BIT in self.loud and not self.headlined())

    def headlined(self) -> bool:
        """Whether the headline has a figure of its own."""
        return any(p.key in self.loud and p.strength in _FIGURE for p in self.points)


class ToldFact(NamedTuple):
    """A fact that was told: by which article, for which time, and whether it was loud there."""

    point: Point
    by: str
    at: Millis
    loud: bool


def news(saying: Saying, told: Sequence[ToldFact]) -> list[int]:
    """Keys of the facts that are news to someone who was told `told`; only loud facts can be.

    A figure of the lead, loud with `LEAD_BIT`, is news only if it revises a told one and the headline has no figure.

    A figure is news when it was not told. Where another figure of headline or lead repeats a told one, the
    article retells, and an extra figure is news only if it revises a told one (same group, near, and different)
    or replaces the loud ones of its group: the article names none of them. Some hours later a headline that has a sum
    is not held back by its lead, which then recalls what was told.

    A rough figure ("more than 400") is no news either where a told one may be meant.

    A detail (a place, a year, a product) is news when a headline told another one and this article names none of those:
    the same was done again elsewhere, or is to be later. A notice is news when none was told.

    A step is news when it is the furthest, and a setback when none beside it was told, since the last that undid it.
    Within some hours of another, a plan after a setback, a ban after one is planned, a start after a plan and a
    completion after a start are none: the same in another verb, and a denial is retold with what it denies.
    Where no step was told, a denial is news, and a setback or a decision some hours after the first telling: sooner it
    is the same in a verb that others said in a noun. Whatever was undone, revised or turned since the time the article
    speaks for is no news.
    """
    at = _moment(saying, told)
    outspoken = [p for p in saying.points if p.key in saying.loud and p.strength != Strength.NEVER]
    leading = [p for p in saying.points if p.key | LEAD_BIT in saying.loud and p.key not in saying.loud]
    aside = any(p.group in RATES for p in outspoken) and _settled(at, told)
    heard = outspoken if aside else (*outspoken, *leading)
    retells = any(p.strength in _FIGURE and _known(p, told) for p in heard)
    if not saying.headlined():
        outspoken += [p._replace(strength=Strength.REVISION) for p in leading if not _known(p, told)]
    return [
        p.key
        for p in outspoken
        if (_goes_on(p, at, told) if p.strength == Strength.STEP else _differs(p, at, saying, told, retells=retells))
    ]


def tell(told: list[ToldFact], saying: Saying, by: str) -> None:
    """Add what `told` does not hold yet; it is never left empty, for it says since when something was told.

    It stays bounded: when it is full, a loud fact drives out a quiet one.
    """
    at = _moment(saying, told)
    known = {t.point.key for t in told}
    fresh = [p for p in saying.points if _adds(p, at, told, known)]
    for point in map(firm, fresh):
        loud = saying.is_loud(point)
        if len(told) >= FACTS_PER_STORY and loud:
            del told[next((n for n, t in enumerate(told) if not t.loud), 0)]
        if len(told) < FACTS_PER_STORY:
            told.append(ToldFact(point, by, at, loud))
    if not told:
        told.append(ToldFact(_NOTHING, by, at, loud=False))


def _moment(saying: Saying, told: Sequence[ToldFact]) -> Millis:
    return max((t.at for t in told), default=0) if saying.at is None else saying.at


def _differs(point: Point, at: Millis, saying: Saying, told: Sequence[ToldFact], *, retells: bool) -> bool:
    """Whether a figure, a direction, a detail or a notice is news."""
    if _known(point, told):
        return False
    if point.strength == Strength.NOTICE:
        return True
    point = firm(point)
    group = [t for t in told if t.point.group == point.group]
    if point.strength == Strength.TURN:
        return bool(group) and _newest(at, group)
    loud = [t for t in group if t.loud and t.point.strength == point.strength]
    if point.strength == Strength.OTHER:
        return _replaces(saying, at, loud)
    if revised := [t for t in group if near(point, t.point)]:
        return _newest(at, revised)
    return point.strength == Strength.ANY and (not retells or _replaces(saying, at, loud))


def _newest(at: Millis, told: Sequence[ToldFact]) -> bool:
    return all(t.at <= at for t in told)


def _replaces(saying: Saying, at: Millis, loud: Sequence[ToldFact]) -> bool:
    """Whether the article names none of these, and came after them."""
    named = (p.group == t.point.group and agree(p, t.point) for p in saying.points for t in loud)
    return bool(loud) and _newest(at, loud) and not any(named)


def _goes_on(step: Point, at: Millis, told: Sequence[ToldFact]) -> bool:
    group = [t for t in told if t.point.group == step.group]
    if not group:
        return step.number == DENIED or (_changes(step) and _settled(at, told))
    if any(t.at > at and _undoes(t.point, step) for t in group):
        return False
    standing = _standing(step, at, group)
    if _another_verb(step, _recent(standing, at), _recent(group, at)):
        return False
    since = [t.point for t in standing]
    further = step.number < _SETBACK or all(step.number > s.number for s in since)
    return further and not any(agree(step, s) for s in since)


def _another_verb(step: Point, standing: Sequence[Point], any_way: Sequence[Point]) -> bool:
    """Whether it is what the next outlet says of a step told in the last hours, still standing or undone.

    "To restrict" is said of a ban, and a ban of what another has only "to ban", or says is now in force; "clears" of
    what is "to be allowed"; and "breaks ground" or "raises" of what others say is planned.
    """
    if step.number > DECIDED:
        return any(p.number >= (PLANNED if step.number == STARTED else STARTED) for p in standing)
    if step.number in (DECIDED, ALLOWS):
        return step.number == DECIDED and any(p.number == ALLOWS for p in standing)
    if step.number >= _SETBACK:
        return any(p.number < _SETBACK for p in any_way)
    return step.number >= HALTED and any(p.number == FORBIDS or HALTED <= p.number < _SETBACK for p in standing)


def _recent(told: Sequence[ToldFact], at: Millis) -> list[Point]:
    return [t.point for t in told if at < t.at + RETOLD]


def _settled(at: Millis, told: Sequence[ToldFact]) -> bool:
    """Whether it was told so long ago that outlets no longer retell it."""
    return bool(told) and at >= min(t.at for t in told) + RETOLD


def _changes(step: Point) -> bool:
    """Whether things are no longer as they were, however far they were: a setback, or a decision."""
    return step.number < _SETBACK or step.number == DECIDED


def _adds(point: Point, at: Millis, told: Sequence[ToldFact], known: Collection[int]) -> bool:
    """Whether it says what nobody was told; of a step, since the last that undid it.

    A pause that goes for the told delay is not added: what goes for the pause would then pass for the delay, too.
    """
    if point.strength == Strength.STEP:
        return not any(agree(point, t.point) for t in _standing(point, at, told))
    return point.key not in known


def _standing(step: Point, at: Millis, told: Sequence[ToldFact]) -> list[ToldFact]:
    """What was told of the step's group since it was last undone, as far as `at` knows."""
    group = [((t.at, n), t) for n, t in enumerate(told) if t.point.group == step.group]
    undone = max((when for when, t in group if t.at <= at and _undoes(t.point, step)), default=(-1, -1))
    return [t for when, t in group if when > undone]


def _undoes(later: Point, step: Point) -> bool:
    """A decision undoes setbacks, any setback undoes the other steps, and a denial all but denials."""
    if step.number >= _SETBACK:
        return later.number < _SETBACK
    return later.number >= DECIDED or (later.number == DENIED != step.number)


def _known(point: Point, told: Sequence[ToldFact]) -> bool:
    return any(same(point, t.point) for t in told)
