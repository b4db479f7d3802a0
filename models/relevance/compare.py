"""Designs side by side, and what more examples bring: on held-out folds of our own corpus and on labelled articles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, vstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold
from sklearn.naive_bayes import ComplementNB
from sklearn.pipeline import FeatureUnion
from sklearn.svm import LinearSVC

from models.relevance.corpus import Example, categories_of
from models.relevance.evaluate import Labelled, average_precision, best_f1
from models.relevance.model import Card, Model
from models.relevance.parts import Reading, Window
from models.relevance.scorer import Scorer
from models.relevance.train import Trained, train

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
SEED: Final = 3
FOLDS: Final = 3
Learner = Callable[[Any, Bools, Any], Floats]
"""Training rows, their truth, other rows: the other rows' scores."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One design (or one size of corpus): macro figures over the categories."""

    name: str
    folds_f1: float  # best F1 on held-out folds of our own examples
    average_precision: float  # on the labelled articles
    best_f1: float  # on the labelled articles, at the best threshold in hindsight


def _logistic(rows: Any, truth: Bools, others: Any) -> Floats:
    return np.asarray(LogisticRegression(C=4, solver="liblinear").fit(rows, truth).decision_function(others))


def _svm(rows: Any, truth: Bools, others: Any) -> Floats:
    return np.asarray(LinearSVC(C=0.3).fit(rows, truth).decision_function(others))


def _complement(rows: Any, truth: Bools, others: Any) -> Floats:
    return np.asarray(ComplementNB().fit(abs(rows), truth).predict_log_proba(abs(others))[:, 1])


def _nb_svm(rows: Any, truth: Bools, others: Any) -> Floats:
    """Wang and Manning 2012: features scaled by their log-count ratio, then a linear SVM."""
    yes, no = rows[truth].sum(axis=0) + 1.0, rows[~truth].sum(axis=0) + 1.0
    ratio = np.asarray(np.log((yes / yes.sum()) / (no / no.sum())))
    return _svm(csr_matrix(rows.multiply(ratio)), truth, csr_matrix(others.multiply(ratio)))


def _stacked(rows: Any, truth: Bools, others: Any) -> Floats:
    """A logistic regression over the held-out scores of three of the above."""
    parts: tuple[Learner, ...] = (_logistic, _nb_svm, _complement)
    inner = np.zeros((rows.shape[0], len(parts)))
    for seen, unseen in KFold(FOLDS, shuffle=True, random_state=SEED).split(inner):
        inner[unseen] = np.column_stack([p(rows[seen], truth[seen], rows[unseen]) for p in parts])
    outer = np.column_stack([p(rows, truth, others) for p in parts])
    scale = inner.std(axis=0) + 1e-9
    return np.asarray(LogisticRegression().fit(inner / scale, truth).decision_function(outer / scale))


DESIGNS: Final[tuple[tuple[str, str, Learner], ...]] = (
    ("words 1-2, logistic regression", "words", _logistic),
    ("words and character n-grams, logistic regression", "both", _logistic),
    ("words and character n-grams, linear SVM", "both", _svm),
    ("words and character n-grams, NB-SVM", "both", _nb_svm),
    ("words and character n-grams, complement naive Bayes", "both", _complement),
    ("stacking of three of these", "both", _stacked),
)


def compare(
    corpus: Sequence[Example], readings: Sequence[Reading], rows: Sequence[Labelled], seen: Sequence[Reading]
) -> list[Row]:
    """Every design and the shipped one. `readings` belong to the corpus, `seen` to the labelled rows."""
    categories = categories_of(corpus)
    truth = np.array([[c in e.categories for c in categories] for e in corpus])
    told = np.array([[c in r.labels for c in categories] for r in rows])
    found = []
    for name, kind, learner in DESIGNS:
        inside, outside = _vectors(kind, [_plain(r.windows[0]) for r in readings], [_plain(r.windows[0]) for r in seen])
        folds, ours = np.zeros(truth.shape), np.zeros(told.shape)
        for k in range(len(categories)):
            for a, b in KFold(FOLDS, shuffle=True, random_state=SEED).split(folds):
                folds[b, k] = learner(inside[a], truth[a, k], inside[b])
            ours[:, k] = learner(inside, truth[:, k], outside)
        found.append(_row(name, truth, folds, told, ours))
    trained = train(corpus, readings)
    found.append(
        _row("shipped: concepts, pairs, linear and network", truth, trained.held_out, told, _judge(trained, seen))
    )
    return found


def curve(
    corpus: Sequence[Example],
    readings: Sequence[Reading],
    rows: Sequence[Labelled],
    seen: Sequence[Reading],
    steps: int = 8,
) -> list[Row]:
    """The shipped design trained on growing random parts of the corpus."""
    order = np.random.default_rng(SEED).permutation(len(corpus))
    found = []
    for size in np.linspace(len(corpus) / steps, len(corpus), steps).astype(int):
        pick = sorted(order[:size])
        part, some = [corpus[i] for i in pick], [readings[i] for i in pick]
        trained = train(part, some)
        truth = np.array([[c in e.categories for c in trained.categories] for e in part])
        told = np.array([[c in r.labels for c in trained.categories] for r in rows])
        found.append(_row(f"{size} examples", truth, trained.held_out, told, _judge(trained, seen)))
    return found


def _judge(trained: Trained, readings: Sequence[Reading]) -> Floats:
    card = Card(
        version="", categories=trained.categories, thresholds=(0.5,) * len(trained.categories),
        slopes=trained.slopes, shifts=trained.shifts,
    )  # fmt: skip
    return Model(card, Scorer(trained.weights)).probabilities(readings)


def _row(name: str, truth: Bools, folds: Floats, told: Bools, scores: Floats) -> Row:
    count = range(truth.shape[1])
    return Row(
        name=name,
        folds_f1=float(np.mean([best_f1(truth[:, k], folds[:, k]) for k in count])),
        average_precision=float(np.mean([average_precision(told[:, k], scores[:, k]) for k in count])),
        best_f1=float(np.mean([best_f1(told[:, k], scores[:, k]) for k in count])),
    )


def _plain(window: Window) -> str:
    return " ".join((*window[0], *window[0], *window[1]))  # the title counts twice


def _vectors(kind: str, inside: Sequence[str], outside: Sequence[str]) -> tuple[Any, Any]:
    words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True, token_pattern=r"\S+")  # noqa: S106 - a pattern
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), min_df=3, sublinear_tf=True)
    reader = words if kind == "words" else FeatureUnion([("words", words), ("letters", letters)])
    whole = reader.fit_transform(inside)
    return csr_matrix(vstack([whole])), csr_matrix(reader.transform(outside))
