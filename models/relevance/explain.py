"""Which words carried a judgement: those whose removal lowers the probability most, in reading order."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from models.relevance.parts import Reading, read

if TYPE_CHECKING:
    from models.relevance.model import Model
    from models.relevance.scorer import Floats, Scorer
    from streams.records import Article

MOST_TERMS: Final = 5
_CANDIDATES: Final = 14
_WORD: Final = re.compile(r"[^\W\d_]+")
_SHORTEST: Final = 3


def explain(model: Model, article: Article, column: int) -> tuple[str, ...]:
    """At most five words of the article; the probability of category `column` falls without each of them."""
    reading = read(article.title, article.text, [s for c in article.companies or () for s in c.spans])
    candidates = _strongest(model, reading, column)
    if not candidates:
        return ()
    without = [reading.without(token) for token in candidates]
    probabilities = model.probabilities([reading, *without])[:, column]
    drops = probabilities[0] - probabilities[1:]
    carried = {t: d for t, d in zip(candidates, drops.tolist(), strict=True) if d > 0}
    best = set(sorted(carried, key=lambda t: -carried[t])[:MOST_TERMS])
    return tuple(dict.fromkeys(w for w in _WORD.findall(article.body) if w.lower() in best))[:MOST_TERMS]


def _strongest(model: Model, reading: Reading, column: int) -> list[str]:
    words = [t for t in reading.tokens if len(t) >= _SHORTEST and t[0] != "_"]
    scorer = model.scorer
    weigh = {t: scorer.of_word(t)[column] + 0.3 * max(0.0, _meant(scorer, t)[column]) for t in words}
    return sorted(words, key=lambda t: -weigh[t])[:_CANDIDATES]


def _meant(scorer: Scorer, token: str) -> Floats:
    concepts = scorer.meaning((token,))
    return scorer.of_concepts(concepts, concepts)
