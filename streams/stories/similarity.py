"""How alike two tellings are: TF-IDF cosine in whole numbers, so that Python and Lua come to the very same figure."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from streams.records import Millis
from streams.stories import thresholds as at
from streams.stories.terms import CONCEPT_BIT

FINE: Final = 1 << 22
"""Steps of a weight before it is scaled: whole, so that Lua can sort weight and term as one number of 53 bits."""
FINEST: Final = (1 << 29) - 1


@dataclass(frozen=True, slots=True)
class Bag:
    """Terms with their weights, words and concepts apart, each with the sum of the squares: ready to be compared."""

    words: Mapping[int, int]
    concepts: Mapping[int, int]
    words_square: int
    concepts_square: int

    @classmethod
    def of(cls, weights: Mapping[int, int]) -> Bag:
        """Of terms with weights, of an article or a story's centroid."""
        words = {t: w for t, w in weights.items() if not t & CONCEPT_BIT}
        concepts = {t: w for t, w in weights.items() if t & CONCEPT_BIT}
        return cls(words, concepts, _square(words), _square(concepts))


def _square(weights: Mapping[int, int]) -> int:
    return sum([w * w for w in weights.values()])


@dataclass(frozen=True, slots=True)
class Vector:
    """Terms with weights from 1 to `SCALE`, heaviest first; ties by term."""

    terms: tuple[int, ...]
    weights: tuple[int, ...]
    bag: Bag


def weigh(terms: Iterable[tuple[int, float]], articles: int, frequency: Mapping[int, int]) -> Vector:
    """`terms` (term, frequency weight) by how rare they are among `articles`; the `TERMS` heaviest, unit length."""
    heavy = []
    for term, weight in terms:
        idf = math.log((articles + at.PRIOR) / (frequency[term] + 1))
        if idf > 0:
            heavy.append((float(min(math.floor(weight * idf * FINE), FINEST)), term))
    heavy.sort(key=lambda pair: (-pair[0], pair[1]))
    heavy = heavy[: at.TERMS]
    length = math.sqrt(_sum(w * w for w, _ in heavy))
    whole = [(math.floor(w / length * at.SCALE + 0.5), term) for w, term in heavy] if length else []
    kept = {term: w for w, term in whole if w > 0}
    return Vector(tuple(kept), tuple(kept.values()), Bag.of(kept))


def _sum(values: Iterable[float]) -> float:
    total = 0.0  # the built-in sum of newer Pythons compensates rounding; Lua does not
    for value in values:
        total += value
    return total


def alike(one: Bag, two: Bag, *, across: bool = False) -> float:
    """The cosine of two bags (0 when either is empty).

    Within a language only words count. Across languages the cosine of the words, of which names are shared, counts
    twice and that of the concepts once: in one cosine the many words that differ would drown the rest.
    """
    named = _cosine(_dot(one.words, two.words), one.words_square, two.words_square)
    if not across:
        return named
    meant = _cosine(_dot(one.concepts, two.concepts), one.concepts_square, two.concepts_square)
    return (2.0 * named + meant) / 3.0


def beside(one: Bag, two: Bag, naming: Collection[int]) -> tuple[float, float]:
    """How alike two bags are beside the terms of `naming`: the cosine of the words, and that of the concepts."""
    words = _cosine_of(_without(one.words, naming), _without(two.words, naming))
    return words, _cosine_of(_without(one.concepts, naming), _without(two.concepts, naming))


def _without(weights: Mapping[int, int], terms: Collection[int]) -> Mapping[int, int]:
    return {t: w for t, w in weights.items() if t not in terms}


def _cosine_of(one: Mapping[int, int], two: Mapping[int, int]) -> float:
    return _cosine(_dot(one, two), _square(one), _square(two))


def _dot(one: Mapping[int, int], two: Mapping[int, int]) -> int:
    return sum([one[term] * two[term] for term in one.keys() & two.keys()])


def _cosine(dot: int, one: int, two: int) -> float:
    return dot / math.sqrt(one * two) if one and two else 0.0


def bar(words: int, other_words: int, *, across: bool, parted: bool) -> float:
    """The similarity from which two tellings are one story.

    It is `eased` for long tellings. It is higher across languages, and between headlines that other companies part:
    daily templates differ in little but the name.
    """
    shorter = min(words, other_words)
    height = eased(at.LINK, shorter)
    if across:
        height = max(height, at.LINK_ACROSS)
    return height * at.LINK_APART if parted and shorter <= at.SHORT else height


def eased(bar: float, words: int) -> float:
    """A bar for two tellings of which the shorter has so many words: long ones share less of them than headlines do.

    As it is up to `SHORT` words, then in inverse proportion.
    """
    return bar * min(1.0, at.SHORT / max(1, words))


def fade(gap: Millis) -> float:
    """1 for articles of one moment, falling to half as they lie further apart."""
    days = abs(gap) / at.HALF_LIFE
    return 0.5 + 0.5 / (1.0 + days * days)


def blend(nearest: float, centroid: float, gap: Millis) -> float:
    """The similarity that is held against the thresholds: nearest article and story's centre, faded by time."""
    return ((1.0 - at.CENTROID_SHARE) * nearest + at.CENTROID_SHARE * centroid) * fade(gap)


def add_to_centroid(centroid: dict[int, int], terms: Iterable[int], weights: Iterable[int]) -> dict[int, int]:
    """The centroid with one more article in it; trimmed to the heaviest `CENTROID_TERMS` when twice too long."""
    grown = dict(centroid)
    for term, weight in zip(terms, weights, strict=True):
        grown[term] = grown.get(term, 0) + weight
    if len(grown) <= 2 * at.CENTROID_TERMS:
        return grown
    return dict(sorted(grown.items(), key=lambda pair: (-pair[1], pair[0]))[: at.CENTROID_TERMS])
