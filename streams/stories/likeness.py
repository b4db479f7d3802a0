"""Whether a telling belongs to the story of an earlier one: how alike they are, and the bar for such tellings."""

from __future__ import annotations

from typing import NamedTuple

from streams.stories import thresholds as at
from streams.stories.evidence import agreeing, anchored, apart, shared_news, templated, with_others
from streams.stories.prepare import Prepared
from streams.stories.similarity import Bag, Vector, alike, bar, blend


class Likeness(NamedTuple):
    """`score` (0 to 1) from `bar` on speaks for one story; `how` says by which evidence."""

    score: float
    bar: float
    how: str


def likeness(later: Prepared, mine: Vector, earlier: Prepared, theirs: Vector, centre: Bag | None) -> Likeness:
    """How alike `later` is to `earlier` and to the `centre` of its story; None: the story has no other article."""
    across = later.lang != earlier.lang
    nearest = alike(mine.bag, theirs.bag, across=across)
    middle = alike(mine.bag, centre, across=across) if centre else nearest
    score = agreeing(blend(nearest, middle, later.at - earlier.at), later, earlier)
    parted = apart(later, earlier) or with_others(later, earlier)
    height = bar(len(mine.bag.words), len(theirs.bag.words), across=across, parted=parted)
    if across and score < height and anchored(later, earlier):
        return Likeness(score, at.LINK_ANCHORED, "anchor")
    return Likeness(score, height, "similarity")


def may_be_one(later: Prepared, mine: Vector, earlier: Prepared, theirs: Vector) -> bool:
    """Whether they are more than one template about two, and share more than whom they are about."""
    return not templated(later, earlier, theirs.terms) and shared_news(later, mine.bag, earlier, theirs.bag)
