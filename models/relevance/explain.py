"""Which words carried a judgement: those whose removal lowers the probability most, in reading order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from models.relevance.parts import Reading

if TYPE_CHECKING:
    from models.relevance.model import Model
    from models.relevance.scorer import Floats, Scorer

MOST_TERMS: Final = 5
_CANDIDATES: Final = 14
_WORD: Final = re.compile(r"[^\W\d_]+")
_SHORTEST: Final = 3


@dataclass(frozen=True, slots=True)
class Question:
    """Asks which words carried category `column` in an article that was read as `reading`."""

    body: str
    reading: Reading
    column: int


def explain(model: Model, questions: Sequence[Question]) -> list[tuple[str, ...]]:
    """At most five words each; the probability falls without any of them. One pass over the model for all."""
    candidates = [_strongest(model, q.reading, q.column) for q in questions]
    readings = [r for q, c in zip(questions, candidates, strict=True) for r in (q.reading, *map(q.reading.without, c))]
    if not readings:
        return []
    probabilities = model.probabilities(readings)
    answers, at = [], 0
    for question, tokens in zip(questions, candidates, strict=True):
        here = probabilities[at : at + 1 + len(tokens), question.column]
        answers.append(_carried(question.body, tokens, (here[0] - here[1:]).tolist()))
        at += 1 + len(tokens)
    return answers


def _carried(body: str, tokens: Sequence[str], drops: Sequence[float]) -> tuple[str, ...]:
    lower = {t: d for t, d in zip(tokens, drops, strict=True) if d > 0}
    best = set(sorted(lower, key=lambda t: -lower[t])[:MOST_TERMS])
    return tuple(dict.fromkeys(w for w in _WORD.findall(body) if w.lower() in best))[:MOST_TERMS]


def _strongest(model: Model, reading: Reading, column: int) -> list[str]:
    words = [t for t in reading.tokens if len(t) >= _SHORTEST and t[0] != "_"]
    scorer = model.scorer
    weigh = {t: scorer.of_word(t)[column] + 0.3 * max(0.0, _meant(scorer, t)[column]) for t in words}
    return sorted(words, key=lambda t: -weigh[t])[:_CANDIDATES]


def _meant(scorer: Scorer, token: str) -> Floats:
    concepts = scorer.meaning((token,))
    return scorer.of_concepts(concepts, concepts)
