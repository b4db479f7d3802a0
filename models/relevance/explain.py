"""Which words carried a judgement: those whose removal lowers the probability most, in reading order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from models.relevance.parts import Window
from models.relevance.scorer import Scorer

Floats = npt.NDArray[np.float64]
MOST_TERMS: Final = 5
_CANDIDATES: Final = 5
_WORD: Final = re.compile(r"[^\W\d_]+")
_SHORTEST: Final = 3


class Judge(Protocol):
    """What is asked again, with words taken out."""

    @property
    def scorer(self) -> Scorer:
        """What words alone are worth."""
        ...

    def log_odds(self, parts: Sequence[Sequence[int]], late: Floats) -> Floats:
        """Shape (windows, categories); `late` is 1 for a window deep in the text, else 0."""
        ...


@dataclass(frozen=True, slots=True)
class Judgement:
    """A batch as it was judged. Article `a` is the windows `starts[a]` to `starts[a + 1]`."""

    windows: Sequence[Window]
    parts: Sequence[Sequence[int]]  # two a window: the numbers of its words
    starts: npt.NDArray[np.intp]
    late: Floats
    log_odds: Floats

    def best(self) -> Floats:
        """Shape (articles, categories)."""
        return np.asarray(np.maximum.reduceat(self.log_odds, self.starts[:-1], axis=0))


@dataclass(frozen=True, slots=True)
class Question:
    """Asks which words carried category `column` in article `article` of the batch, whose text is `body`."""

    body: str
    article: int
    column: int


@dataclass(slots=True)
class _Removals:
    """Windows without one of their words, to be judged together."""

    parts: list[list[int]]
    origins: list[int]  # the window each came from

    def add(self, judgement: Judgement, window: int, number: int) -> None:
        """Window `window` had the word never stood there."""
        self.origins.append(window)
        self.parts += [[n for n in part if n != number] for part in judgement.parts[2 * window : 2 * window + 2]]


def explain(judge: Judge, judgement: Judgement, questions: Sequence[Question]) -> list[tuple[str, ...]]:
    """At most five words each; the probability falls without any of them. One pass over the model for all."""
    removals = _Removals([], [])
    asked = [_candidates(judge, judgement, q, removals) for q in questions]
    if not removals.origins:
        return [()] * len(questions)
    without = judge.log_odds(removals.parts, judgement.late[removals.origins])
    return [
        _carried(q.body, _drops(judgement, q, tokens, without, removals.origins))
        for q, tokens in zip(questions, asked, strict=True)
    ]


def _candidates(judge: Judge, judgement: Judgement, question: Question, removals: _Removals) -> dict[str, range]:
    """The words that say most by themselves in the best window, each with its removals."""
    start, end = judgement.starts[question.article : question.article + 2].tolist()
    best = start + int(judgement.log_odds[start:end, question.column].argmax())
    words = {
        n: t
        for n, t in zip(chain(*judgement.parts[2 * best : 2 * best + 2]), chain(*judgement.windows[best]), strict=True)
        if len(t) >= _SHORTEST and t[0] != "_"
    }
    numbers = list(words)
    asked = {}
    for at in np.argsort(-judge.scorer.alone(numbers, question.column), kind="stable")[:_CANDIDATES].tolist():
        first = len(removals.origins)
        for window in range(start, end):
            if any(numbers[at] in part for part in judgement.parts[2 * window : 2 * window + 2]):
                removals.add(judgement, window, numbers[at])
        asked[words[numbers[at]]] = range(first, len(removals.origins))
    return asked


def _drops(
    judgement: Judgement, question: Question, asked: dict[str, range], without: Floats, origins: Sequence[int]
) -> dict[str, float]:
    """By how much the article's log-odds fall without each word."""
    start, end = judgement.starts[question.article : question.article + 2].tolist()
    here = judgement.log_odds[start:end, question.column]
    drops = {}
    for token, rows in asked.items():
        then = here.copy()
        then[[origins[r] - start for r in rows]] = without[list(rows), question.column]
        drops[token] = float(here.max() - then.max())
    return drops


def _carried(body: str, drops: dict[str, float]) -> tuple[str, ...]:
    lower = {t: d for t, d in drops.items() if d > 0}
    best = set(sorted(lower, key=lambda t: -lower[t])[:MOST_TERMS])
    return tuple(dict.fromkeys(w for w in _WORD.findall(body) if w.lower() in best))[:MOST_TERMS]
