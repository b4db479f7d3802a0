"""The relevance model in service: numpy only, whole batches, every judgement explained by its words.

The probability of a category is a calibrated logistic function of a score over the words, word pairs,
character n-grams and concepts of the title and of the best window of the text (see `scorer`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import accumulate
from pathlib import Path
from threading import Lock
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from models.relevance.explain import Batch, Question, explain
from models.relevance.lexicon import FILES
from models.relevance.parts import Reading, read
from models.relevance.scorer import Scorer, Weights
from streams.records import Article, Relevance, evolve

TRAINED: Final = Path(__file__).with_name("trained")
LANGUAGES: Final = frozenset({"de", "en"})
FORMAT: Final = 5
READS: Final = (
    "features.py", "lexicon.py", "tokens.py", "parts.py", "pairs.py", *(f"concepts/{name}" for name in FILES)
)  # fmt: skip
"""Files that say what the numbers of a model mean: with others it would judge something else, and not notice."""
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
    thresholds: tuple[float, ...]  # relevant from here
    alert_thresholds: tuple[float, ...]  # told from here, where a watch does not say otherwise
    slopes: tuple[float, ...]  # calibration: log-odds = slope * score + shift
    shifts: tuple[float, ...]
    reads: str  # digest of the files that say what its numbers mean
    weights: str  # digest of `weights.npz`


class Model:
    """See `streams.ports.RelevanceModel`."""

    def __init__(self, card: Card, scorer: Scorer) -> None:
        self.card = card
        self.scorer = scorer
        self._turn = Lock()  # the scorer numbers the words it meets: one batch is judged while another is explained
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

    def probabilities(self, readings: Sequence[Reading]) -> Floats:
        """Shape (articles, categories): the best window's calibrated probability."""
        with self._turn:
            batch = self._batch(readings)
            log_odds = self.log_odds(batch.parts, batch.late)
        return _logistic(np.maximum.reduceat(log_odds, batch.starts[:-1], axis=0))

    def _batch(self, readings: Sequence[Reading]) -> Batch:
        windows = [w for r in readings for w in r.windows]
        starts = [0, *accumulate(len(r.windows) for r in readings)]
        late = np.ones(len(windows))
        late[starts[:-1]] = 0.0
        return Batch(windows, self.scorer.parts(windows), starts, late)

    def log_odds(self, parts: Sequence[Sequence[int]], late: Floats) -> Floats:
        """Shape (windows, categories); `late` is 1 for a window deep in the text, else 0."""
        return np.asarray(self.scorer.scores_of(parts) * self._slopes + self._shifts - LATER * late[:, None])

    def classify(self, articles: Sequence[Article]) -> list[tuple[Relevance, ...]]:
        """See `RelevanceModel.classify`."""
        readable = [i for i, a in enumerate(articles) if a.lang in LANGUAGES]
        out: list[tuple[Relevance, ...]] = [()] * len(articles)
        if not readable:
            return out
        found = self.probabilities([_reading(articles[i]) for i in readable])
        for i, probabilities in zip(readable, found.tolist(), strict=True):
            out[i] = self._relevances(probabilities)
        return out

    def explain(self, articles: Sequence[Article]) -> list[tuple[Relevance, ...]]:
        """See `RelevanceModel.explain`; a probability below 0.2 keeps its words to itself."""
        asked = [(i, r) for i, a in enumerate(articles) for r in a.relevances or () if r.probability >= _bar(r)]
        if not asked:
            return [a.relevances or () for a in articles]
        questions = [Question(articles[i].body, i, self.categories.index(r.category)) for i, r in asked]
        readings = [_reading(a) for a in articles]
        with self._turn:
            carried = explain(self, self._batch(readings), questions)
        terms = {(i, r.category): words for (i, r), words in zip(asked, carried, strict=True)}
        return [
            tuple(evolve(r, terms=terms.get((i, r.category), ())) for r in a.relevances or ())
            for i, a in enumerate(articles)
        ]

    def _relevances(self, row: Sequence[float]) -> tuple[Relevance, ...]:
        return tuple(
            Relevance(category=category, probability=probability, threshold=threshold, alert_threshold=alert)
            for category, probability, threshold, alert in zip(
                self.categories, row, self.card.thresholds, self.card.alert_thresholds, strict=True
            )
        )


def _bar(relevance: Relevance) -> float:
    return min(EXPLAINED_FROM, relevance.threshold)


def _logistic(log_odds: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(log_odds, -30, 30))))


def _reading(article: Article) -> Reading:
    return read(article.title, article.text, [s for c in article.companies or () for s in c.spans])


def load_model(folder: Path = TRAINED) -> Model:
    """The model in a folder. Raises `BadModel` when it is missing, half written or does not fit this code.

    Lets the process multiply matrices with one thread: a batch's are small, and a second thread only spins beside it.
    """
    threadpool_limits(1, user_api="blas")
    try:
        card, learned = _card(folder / "model.json"), _weights(folder / "weights.npz")
        _fit(card, learned)
        _belongs(card, folder)
        return Model(card, Scorer(learned))
    except Exception as fault:  # noqa: BLE001 - what JSON, zip and numpy say of half a file has many names
        what = "" if isinstance(fault, BadModel) else f"{type(fault).__name__}: "
        raise BadModel(f"{folder}: {what}{fault}; run `tapewire train`") from None


def digest_of(*paths: Path) -> str:
    """Changes when a byte of these files does."""
    whole = blake2b(digest_size=8)
    for path in paths:
        whole.update(path.read_bytes())
    return whole.hexdigest()


def reads_digest() -> str:
    """Of the files `READS`, as they are here."""
    return digest_of(*(Path(__file__).parent / name for name in READS))


def _belongs(card: Card, folder: Path) -> None:
    if card.reads != reads_digest():
        raise BadModel("it was trained for another version of this code, which read articles otherwise")
    if card.weights != digest_of(folder / "weights.npz"):
        raise BadModel("weights.npz is of another training than model.json")


def _card(path: Path) -> Card:
    said = json.loads(path.read_text(encoding="utf-8"))
    if said.get("format") != FORMAT:
        raise BadModel(f"format {said.get('format')}, this code reads {FORMAT}")
    return msgspec.convert(said, Card)


def _weights(path: Path) -> Weights:
    with np.load(path, allow_pickle=False) as arrays:
        return Weights(
            vocabulary=tuple(bytes(arrays["vocabulary"]).decode("utf-8").split("\n")),
            rows=arrays["rows"].astype(np.float32),
            bias=arrays["bias"].astype(np.float32),
        )


def _fit(card: Card, learned: Weights) -> None:
    """Raises `BadModel` unless every number has its place: else each article would fail, one by one."""
    known = len(card.categories)
    wanted = {
        "thresholds": (len(card.thresholds), known),
        "alert_thresholds": (len(card.alert_thresholds), known),
        "slopes": (len(card.slopes), known),
        "shifts": (len(card.shifts), known),
        "rows": (learned.rows.shape, (len(learned.vocabulary), known)),
        "bias": (learned.bias.shape, (known,)),
    }
    if wrong := [f"{name} {has}, not {fits}" for name, (has, fits) in wanted.items() if has != fits]:
        raise BadModel(f"what was learned does not fit: {', '.join(wrong)}")
