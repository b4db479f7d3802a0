"""Which words carried a judgement: those whose removal lowers the probability most, in reading order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from models.relevance.parts import Window
from models.relevance.scorer import Scorer

Floats = npt.NDArray[np.float64]
Parts = Sequence[Sequence[int]]
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

    def log_odds(self, parts: Parts, late: Floats) -> Floats:
        """Shape (windows, categories); `late` is 1 for a window deep in the text, else 0."""
        ...


@dataclass(frozen=True, slots=True)
class Batch:
    """Articles as they are judged. Article `a` is the windows `starts[a]` to `starts[a + 1]`."""

    windows: Sequence[Window]
    parts: Parts  # two a window: the numbers of its words
    starts: Sequence[int]
    late: Floats

    def of(self, article: int) -> range:
        """Its windows."""
        return range(self.starts[article], self.starts[article + 1])


@dataclass(frozen=True, slots=True)
class Question:
    """Asks which words carried category `column` in article `article` of the batch, whose text is `body`."""

    body: str
    article: int
    column: int


@dataclass(slots=True)
class _Removals:
    """Windows without one of their words, to be judged together with the whole ones."""

    parts: list[Sequence[int]]
    origins: list[int]  # the window each came from

    def add(self, batch: Batch, windows: range, number: int) -> range:
        """The windows that hold word `number`, as if it had never stood there; their places here."""
        first = len(self.origins)
        for window in windows:
            title, text = batch.parts[2 * window : 2 * window + 2]
            if number in title or number in text:
                self.origins.append(window)
                self.parts += [[n for n in title if n != number], [n for n in text if n != number]]
        return range(first, len(self.origins))


def explain(judge: Judge, batch: Batch, questions: Sequence[Question]) -> list[tuple[str, ...]]:
    """At most five words each; the probability falls without any of them. One pass over the model for all."""
    best = _best_windows(judge, batch, questions)
    removals = _Removals([], [])
    asked: list[dict[str, range]] = []
    for question, words in zip(questions, _candidates(judge.scorer, batch, questions, best), strict=True):
        windows = batch.of(question.article)
        asked.append({word: removals.add(batch, windows, number) for number, word in words})
    late = np.concatenate([batch.late, batch.late[removals.origins]])
    scores = judge.log_odds([*batch.parts, *removals.parts], late)
    whole, without = scores[: len(batch.windows)], scores[len(batch.windows) :]
    return [
        _carried(q.body, _drops(batch.of(q.article), tokens, whole[:, q.column], without[:, q.column], removals))
        for q, tokens in zip(questions, asked, strict=True)
    ]


def _best_windows(judge: Judge, batch: Batch, questions: Sequence[Question]) -> list[int]:
    """The window that speaks loudest for each question; a short article has but one."""
    asked = [(batch.of(q.article), q.column) for q in questions]
    if all(len(windows) == 1 for windows, _ in asked):
        return [windows.start for windows, _ in asked]
    scores = judge.log_odds(batch.parts, batch.late)
    return [w.start + int(scores[w.start : w.stop, column].argmax()) for w, column in asked]


def _candidates(
    scorer: Scorer, batch: Batch, questions: Sequence[Question], best: Sequence[int]
) -> Iterator[list[tuple[int, str]]]:
    """For each question the words that say most by themselves in the best window."""
    words = [_words(batch, window) for window in best]
    ends = np.cumsum([0, *map(len, words)]).tolist()
    alone = scorer.alone(list(chain.from_iterable(words)))
    for question, mine, (start, end) in zip(questions, words, pairwise(ends), strict=True):
        values = alone[start:end, question.column].tolist()
        ranked = sorted(zip(values, mine.items(), strict=True), key=lambda pair: -pair[0])
        yield [word for _, word in ranked[:_CANDIDATES]]


def _words(batch: Batch, window: int) -> Mapping[int, str]:
    """The distinct words of a window, by number, that can be shown to people."""
    numbers, tokens = chain(*batch.parts[2 * window : 2 * window + 2]), chain(*batch.windows[window])
    return {n: t for n, t in zip(numbers, tokens, strict=True) if len(t) >= _SHORTEST and t[0] != "_"}


def _drops(
    windows: range, asked: Mapping[str, range], whole: Floats, without: Floats, removals: _Removals
) -> dict[str, float]:
    """By how much the article's log-odds fall without each word."""
    here = dict(zip(windows, whole[windows.start : windows.stop].tolist(), strict=True))
    before = max(here.values())
    return {
        token: before - max((here | {removals.origins[r]: float(without[r]) for r in rows}).values())
        for token, rows in asked.items()
    }


def _carried(body: str, drops: Mapping[str, float]) -> tuple[str, ...]:
    lower = {t: d for t, d in drops.items() if d > 0}
    best = set(sorted(lower, key=lambda t: -lower[t])[:MOST_TERMS])
    return tuple(dict.fromkeys(w for w in _WORD.findall(body) if w.lower() in best))[:MOST_TERMS]
