"""Labelled pairs scored as the memory would score them, had it met the file's articles in order of time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Final

from streams.stories import thresholds as at
from streams.stories.likeness import likeness, may_be_one
from streams.stories.prepare import Prepared
from streams.stories.similarity import Bag, Vector, add_to_centroid, weigh

_BELOW: Final = 0.99  # of the bar: alike enough, but one template, or in nothing beside whom they are about


class Pairs:
    """Vectors and stories of a file's articles; document frequencies are those of the whole file, per language."""

    def __init__(self, articles: Iterable[Prepared]) -> None:
        ordered = sorted(articles, key=lambda a: (a.at, a.id))
        counts = Counter(a.lang for a in ordered)
        frequencies: dict[str, Counter[int]] = defaultdict(Counter)
        for article in ordered:
            frequencies[article.lang].update(term for term, _ in article.terms)
        self._vectors = {a.id: weigh(a.terms, counts[a.lang], frequencies[a.lang]) for a in ordered}
        self._stories: dict[str, str] = {}
        self._centroids: dict[str, dict[int, int]] = {}
        self._gather(ordered)

    def score(self, one: Prepared, two: Prepared) -> float:
        """The pair's similarity, nearest article and story's centre, as a multiple of the bar: 1 and more is linked."""
        earlier, later = sorted((one, two), key=lambda a: (a.at, a.id))
        if _recurs(earlier, later):
            return 0.0
        centroid = dict(self._centroids[self._stories[earlier.id]])
        if self._stories[later.id] == self._stories[earlier.id]:
            _take_out(centroid, self._vectors[later.id])
        return self._multiple(earlier, later, centroid)

    def _multiple(self, earlier: Prepared, later: Prepared, centroid: dict[int, int]) -> float:
        mine, theirs = self._vectors[later.id], self._vectors[earlier.id]
        found = likeness(later, mine, earlier, theirs, Bag.of(centroid) if centroid else None)
        multiple = found.score / found.bar
        return multiple if may_be_one(later, mine, earlier, theirs) else min(multiple, _BELOW)

    def _gather(self, ordered: list[Prepared]) -> None:
        """One pass in order of time: each article joins the most alike story or founds one."""
        recent: list[Prepared] = []
        for article in ordered:
            recent = [r for r in recent if article.at - r.at <= at.WINDOW]
            scored = [
                (self._multiple(r, article, self._centroids[self._stories[r.id]]), r.id)
                for r in recent
                if r.lang == article.lang and not _recurs(r, article)
            ]
            most, nearest = max(scored, default=(0.0, ""))
            story = self._stories[nearest] if most >= 1.0 else article.id
            vector = self._vectors[article.id]
            self._stories[article.id] = story
            self._centroids[story] = add_to_centroid(self._centroids.get(story, {}), vector.terms, vector.weights)
            recent.append(article)


def _recurs(earlier: Prepared, later: Prepared) -> bool:
    """Whether the later one is a daily template that returns."""
    same = not set(earlier.returning).isdisjoint(later.returning)
    return same and abs(later.at - earlier.at) > at.EXACT_WINDOW


def _take_out(centroid: dict[int, int], vector: Vector) -> None:
    for term, weight in zip(vector.terms, vector.weights, strict=True):
        left = centroid.get(term, 0) - weight
        if left > 0:
            centroid[term] = left
        else:
            centroid.pop(term, None)
