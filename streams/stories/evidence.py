"""What speaks for or against one story beside the words: companies, categories and figures."""

from __future__ import annotations

from collections.abc import Collection

from streams.stories import thresholds as at
from streams.stories.prepare import Prepared
from streams.stories.similarity import Bag, beside, eased


def agreeing(score: float, one: Prepared, two: Prepared) -> float:
    """The similarity, raised where both give an equal figure, though not to that of a copy: that takes equal words.

    A figure that differs says nothing: it may have changed. Nor does an equal one of another company.
    """
    if apart(one, two) or not one_figure(one, two):
        return score
    return max(score, min(at.AGREED, at.FIGURE_AGREES * score))


def two_events(one: Prepared, two: Prepared) -> bool:
    """Whether the same words tell of two events: each is about a company of its own.

    But what a government does to all, no company in the headline, each outlet tells with an example of its own.
    """
    said = _meet(one.subjects, one.headlined) or _meet(two.subjects, two.headlined)
    return _about_others(one, two) and (said or not one.governed)


def apart(one: Prepared, two: Prepared) -> bool:
    """Whether both are about companies, but about others: that speaks against one story.

    Where each names whom the other is about, outlets begin one piece of news with one or the other.
    """
    mutual = _meet(one.subjects, two.companies) and _meet(two.subjects, one.companies)
    return _about_others(one, two) and not mutual


def _about_others(one: Prepared, two: Prepared) -> bool:
    return bool(one.subjects and two.subjects) and not _meet(one.subjects, two.subjects)


def with_others(one: Prepared, two: Prepared) -> bool:
    """Whether both are about one company, and each headline names others: deals with two partners are two stories."""
    shared = set(one.subjects) & set(two.subjects)
    mine, theirs = set(one.headlined) - shared, set(two.headlined) - shared
    return bool(shared and mine and theirs) and mine.isdisjoint(theirs)


def shared_news(one: Prepared, mine: Bag, two: Prepared, theirs: Bag) -> bool:
    """Whether both share more than whom they are about: a company makes more than one piece of news a day.

    An equal figure or sum is more, and so is a likeness of long tellings, which takes more than a name. What words mean
    is no less alike in a longer telling, where few of the words themselves are shared.
    """
    shorter = min(len(mine.words), len(theirs.words))
    if shorter >= at.LONG or one_figure(one, two) or anchored(one, two):
        return True
    words, meanings = beside(mine, theirs, {*one.naming, *two.naming})
    meant = at.BESIDE_MEANT if one.lang == two.lang else at.BESIDE_ACROSS
    return words >= eased(at.BESIDE, shorter) or meanings >= meant


def templated(one: Prepared, two: Prepared, terms: Collection[int]) -> bool:
    """Whether both headlines are one but for who acts, and neither says anything of the other's; `terms` are `two`'s.

    Two that raise money are two stories, however alike; a name before the name, or in the lead, makes no other story.
    """
    theirs = {} if _meet(one.subjects, two.subjects) else dict(two.rests)
    shared = [(who, theirs[key]) for key, who in one.rests if key in theirs]
    mine = {term for term, _ in one.terms} if shared else set()
    return any(mine.isdisjoint(other) and not any(term in terms for term in who) for who, other in shared)


def anchored(one: Prepared, two: Prepared) -> bool:
    """Whether two articles share a company, a category and a figure or date; of no category, a subject and a sum."""
    if not one.categories and not two.categories:
        return _meet(one.anchors, two.anchors)
    shared = _meet(one.companies, two.companies) and _meet(one.categories, two.categories)
    return shared and one_figure(one, two)


def one_figure(one: Prepared, two: Prepared) -> bool:
    """Whether both give an equal figure, or one gives in dollars or euros what the other gives in another currency."""
    if _meet(one.figures, two.figures):
        return True
    return _meet(one.dollars, two.abroad) or _meet(one.abroad, two.dollars)


def _meet(mine: tuple[int, ...], theirs: tuple[int, ...]) -> bool:
    return bool(set(mine) & set(theirs))
