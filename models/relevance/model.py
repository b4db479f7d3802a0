"""The relevance model in service: numpy only, whole batches, every judgement explained by its words.

The probability of a category is a calibrated logistic function of a score over the words, word pairs,
character n-grams and concepts of the title and of the best window of the text (see `scorer`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from models.relevance.explain import Judgement, Question, explain
from models.relevance.parts import Reading, read
from models.relevance.scorer import Scorer, Weights
from streams.records import Article, Relevance

TRAINED: Final = Path(__file__).with_name("trained")
LANGUAGES: Final = frozenset({"de", "en"})
FORMAT: Final = 2
Floats = npt.NDArray[np.float64]

LATER: Final = 1.0
"""Log-odds taken off a sentence deep in the text: it is background more often than news."""
EXPLAINED_FROM: Final = 0.2
"""Below this probability nobody asks which words it was."""


class BadModel(ValueError):  # noqa: N818 - named for what was read
    """A model file that this code cannot use; the message says why and how to mend it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What the model file says of itself."""

    version: str
    categories: tuple[str, ...]
    thresholds: tuple[float, ...]
    slopes: tuple[float, ...]  # calibration: log-odds = slope * score + shift
    shifts: tuple[float, ...]


class Model:
    """See `streams.ports.RelevanceModel`."""

    def __init__(self, card: Card, scorer: Scorer, *, explained: bool = True) -> None:
        self.card = card
        self.scorer = scorer
        self._explained = explained
        self._slopes = np.array(card.slopes)
        self._shifts = np.array(card.shifts)

    @property
    def version(self) -> str:
        """Hash of corpus and code."""
        return self.card.version

    @property
    def categories(self) -> tuple[str, ...]:
        """Every category the model knows, sorted."""
        return self.card.categories

    def unexplained(self) -> Model:
        """The same judgements without the words that carried them: a third of the time, for long replays."""
        return Model(self.card, self.scorer, explained=False)

    def probabilities(self, readings: Sequence[Reading]) -> Floats:
        """Shape (articles, categories): the best window's calibrated probability."""
        return _logistic(self._judge(readings).best())

    def _judge(self, readings: Sequence[Reading]) -> Judgement:
        windows = [w for r in readings for w in r.windows]
        starts = np.cumsum([0, *(len(r.windows) for r in readings)])
        late = np.ones(len(windows))
        late[starts[:-1]] = 0.0
        parts = self.scorer.parts(windows)
        return Judgement(windows, parts, starts, late, self.log_odds(parts, late))

    def log_odds(self, parts: Sequence[Sequence[int]], late: Floats) -> Floats:
        """Shape (windows, categories); `late` is 1 for a window deep in the text, else 0."""
        return np.asarray(self.scorer.scores_of(parts) * self._slopes + self._shifts - LATER * late[:, None])

    def classify(self, articles: Sequence[Article]) -> list[tuple[Relevance, ...]]:
        """See `RelevanceModel.classify`."""
        readable = [i for i, a in enumerate(articles) if a.lang in LANGUAGES]
        out: list[tuple[Relevance, ...]] = [()] * len(articles)
        if not readable:
            return out
        judgement = self._judge([_reading(articles[i]) for i in readable])
        found = _logistic(judgement.best())
        terms = self._terms([articles[i] for i in readable], judgement, found)
        columns = range(len(self.categories))
        for row, (i, probabilities) in enumerate(zip(readable, found.tolist(), strict=True)):
            out[i] = self._relevances(probabilities, [terms.get((row, k), ()) for k in columns])
        return out

    def _terms(
        self, articles: Sequence[Article], judgement: Judgement, found: Floats
    ) -> dict[tuple[int, int], tuple[str, ...]]:
        if not self._explained:
            return {}
        asked = np.argwhere(found >= np.minimum(EXPLAINED_FROM, np.array(self.card.thresholds))).tolist()
        questions = [Question(articles[row].body, row, column) for row, column in asked]
        return dict(zip([(row, column) for row, column in asked], explain(self, judgement, questions), strict=True))

    def _relevances(self, row: Sequence[float], terms: Sequence[tuple[str, ...]]) -> tuple[Relevance, ...]:
        return tuple(
            Relevance(category=category, probability=probability, threshold=threshold, terms=words)
            for category, probability, threshold, words in zip(
                self.categories, row, self.card.thresholds, terms, strict=True
            )
        )


def _logistic(log_odds: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(log_odds, -30, 30))))


def _reading(article: Article) -> Reading:
    return read(article.title, article.text, [s for c in article.companies or () for s in c.spans])


def load_model(folder: Path = TRAINED) -> Model:
    """The model in a folder. Raises `BadModel` when it is missing or does not fit this code."""
    try:
        said: dict[str, Any] = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        with np.load(folder / "weights.npz", allow_pickle=False) as arrays:
            learned = Weights(
                vocabulary=tuple(bytes(arrays["vocabulary"]).decode("utf-8").split("\n")),
                inputs=arrays["inputs"].astype(np.float32),
                bias=arrays["bias"],
                outer=arrays["outer"],
                outer_bias=arrays["outer_bias"],
            )
    except (OSError, ValueError, KeyError) as fault:
        raise BadModel(f"{folder}: {fault}; run `tapewire train`") from None
    if said.get("format") != FORMAT:
        raise BadModel(f"{folder}: format {said.get('format')}, this code reads {FORMAT}; run `tapewire train`")
    card = Card(
        version=said["version"],
        categories=tuple(said["categories"]),
        thresholds=tuple(said["thresholds"]),
        slopes=tuple(said["slopes"]),
        shifts=tuple(said["shifts"]),
    )
    if learned.inputs.shape[0] != len(learned.vocabulary) or learned.categories != len(card.categories):
        raise BadModel(f"{folder}: {learned.inputs.shape} weights do not fit; run `tapewire train`")
    return Model(card, Scorer(learned))
