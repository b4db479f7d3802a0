"""Measures of story finding: pairs (AUC, F1) and streams (BCubed, pairwise, told twice, swallowed). Pure functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Precision, recall and their harmonic mean, each 0 to 1."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """The harmonic mean."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def at_threshold(truth: Sequence[bool], scores: Sequence[float], threshold: float) -> Scores:
    """When every pair at or above `threshold` is called the same. Without any call precision counts as 1."""
    called = [score >= threshold for score in scores]
    right = sum(c and t for c, t in zip(called, truth, strict=True))
    calls, wanted = sum(called), sum(truth)
    return Scores(precision=right / calls if calls else 1.0, recall=right / wanted if wanted else 1.0)


def best(truth: Sequence[bool], scores: Sequence[float]) -> tuple[float, Scores]:
    """The threshold with the highest F1, and the scores there."""
    options = ((t, at_threshold(truth, scores, t)) for t in sorted(set(scores)))
    return max(options, key=lambda option: option[1].f1, default=(0.0, at_threshold(truth, scores, 0.0)))


def auc(truth: Sequence[bool], scores: Sequence[float]) -> float:
    """The chance that a pair that is the same scores above one that is not (ties count half; Mann-Whitney U)."""
    ranked = sorted(zip(scores, truth, strict=True))
    positives = sum(truth)
    negatives = len(ranked) - positives
    if not positives or not negatives:
        return 0.5
    ranks = 0.0
    start = 0
    while start < len(ranked):
        end = start
        while end < len(ranked) and ranked[end][0] == ranked[start][0]:
            end += 1
        ranks += sum(t for _, t in ranked[start:end]) * (start + 1 + end) / 2
        start = end
    return (ranks - positives * (positives + 1) / 2) / (positives * negatives)


def bcubed(gold: Sequence[Hashable], found: Sequence[Hashable]) -> Scores:
    """Per article: how pure its found story is, how complete its gold story (Bagga and Baldwin 1998)."""
    together, golds, founds = Counter(zip(gold, found, strict=True)), Counter(gold), Counter(found)
    total = len(gold) or 1
    return Scores(
        precision=sum(n * n / founds[f] for (_, f), n in together.items()) / total,
        recall=sum(n * n / golds[g] for (g, _), n in together.items()) / total,
    )


def pairwise(gold: Sequence[Hashable], found: Sequence[Hashable]) -> Scores:
    """Over all pairs of articles: found together that belong together."""
    right = _pairs(Counter(zip(gold, found, strict=True)))
    calls, wanted = _pairs(Counter(found)), _pairs(Counter(gold))
    return Scores(precision=right / calls if calls else 1.0, recall=right / wanted if wanted else 1.0)


def _pairs(counts: Counter[Hashable] | Counter[tuple[Hashable, Hashable]]) -> int:
    return sum(n * (n - 1) // 2 for n in counts.values())


def told_twice_and_swallowed(gold: Sequence[Hashable], found: Sequence[Hashable]) -> tuple[float, float]:
    """Shares of follow-ups that would alert again, and of stories whose first article would not alert."""
    known: set[Hashable] = set()
    opened: set[Hashable] = set()
    again = swallowed = 0
    for g, f in zip(gold, found, strict=True):
        alerts = f not in opened
        again += alerts and g in known
        swallowed += not alerts and g not in known
        known.add(g)
        opened.add(f)
    followers = len(gold) - len(known)
    return again / followers if followers else 0.0, swallowed / len(known) if known else 0.0
