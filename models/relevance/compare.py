"""Designs side by side, and what more examples bring: on a held-out quarter of our corpus and on labelled articles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, vstack
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold
from sklearn.naive_bayes import ComplementNB
from sklearn.pipeline import FeatureUnion
from sklearn.svm import LinearSVC

from models.relevance.corpus import Example, categories_of
from models.relevance.evaluate import Labelled, average_precision, best_f1
from models.relevance.fit import fit
from models.relevance.lexicon import Concepts, Lexicon
from models.relevance.parts import Reading, Window
from models.relevance.train import Matrix, features_of

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
SEED: Final = 3
FOLDS: Final = 2
Learner = Callable[[Any, Bools, Any], Floats]
"""Training rows, their truth, other rows: the other rows' scores."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One design (or one size of corpus): macro figures over the categories."""

    name: str
    folds_f1: float  # best F1 on the held-out quarter of our own examples
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


@dataclass(frozen=True, slots=True)
class Trial:
    """Three quarters of the corpus to learn from; the last quarter and labelled articles to be measured on."""

    readings: Sequence[Reading]
    truth: Bools
    own: Sequence[Reading]
    own_truth: Bools
    real: Sequence[Reading]
    real_truth: Bools

    @classmethod
    def of(
        cls, corpus: Sequence[Example], readings: Sequence[Reading], rows: Sequence[Labelled], seen: Sequence[Reading]
    ) -> Trial:
        """`readings` belong to the corpus, `seen` to the labelled rows."""
        categories = categories_of(corpus)
        truth = np.array([[c in e.categories for c in categories] for e in corpus])
        told = np.array([[c in r.labels for c in categories] for r in rows])
        order = np.random.default_rng(SEED).permutation(len(corpus))
        held, learned = order[: len(order) // 4], order[len(order) // 4 :]
        return cls(
            [readings[i] for i in learned], truth[learned], [readings[i] for i in held], truth[held], seen, told
        )  # fmt: skip


def compare(trial: Trial) -> list[Row]:
    """Every design and the shipped one."""
    found = []
    for name, kind, learner in DESIGNS:
        texts = [[_plain(r.windows[0]) for r in part] for part in (trial.readings, trial.own, trial.real)]
        inside, own, real = _vectors(kind, *texts)
        scores = np.column_stack([learner(inside, carried, vstack([own, real]).tocsr()) for carried in trial.truth.T])
        found.append(_row(name, trial, scores))
    return [*found, _shipped("shipped: concepts, pairs, two linear models", trial, len(trial.readings))]


def curve(trial: Trial, steps: int = 6) -> list[Row]:
    """The shipped design, learned from growing parts."""
    sizes = np.linspace(len(trial.readings) / steps, len(trial.readings), steps).astype(int).tolist()
    return [_shipped(f"{size} examples", trial, size) for size in sizes]


def _shipped(name: str, trial: Trial, size: int) -> Row:
    matrix = Matrix(trial.readings[:size])
    return _row(name, trial, fit(matrix.rows, trial.truth[:size]).scores(_rows(matrix, [*trial.own, *trial.real])))


def _rows(matrix: Matrix, readings: Sequence[Reading]) -> Any:
    """Other readings in the vocabulary of `matrix`."""
    lexicon = Lexicon(Concepts.load())
    vectorizer = DictVectorizer(dtype=np.float32).fit([dict.fromkeys(matrix.names, 1.0)])
    return csr_matrix(vectorizer.transform([features_of(r, lexicon) for r in readings]).multiply(matrix.scales))


def _row(name: str, trial: Trial, scores: Floats) -> Row:
    """`scores` are those of the held-out quarter, then those of the labelled articles."""
    own, real = np.split(scores, [len(trial.own)])
    count = range(trial.truth.shape[1])
    return Row(
        name=name,
        folds_f1=float(np.mean([best_f1(trial.own_truth[:, k], own[:, k]) for k in count])),
        average_precision=float(np.mean([average_precision(trial.real_truth[:, k], real[:, k]) for k in count])),
        best_f1=float(np.mean([best_f1(trial.real_truth[:, k], real[:, k]) for k in count])),
    )


def _plain(window: Window) -> str:
    return " ".join((*window[0], *window[0], *window[1]))  # the title counts twice


def _vectors(kind: str, inside: Sequence[str], *others: Sequence[str]) -> list[Any]:
    words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True, token_pattern=r"\S+")  # noqa: S106 - a pattern
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), min_df=3, sublinear_tf=True)
    reader = words if kind == "words" else FeatureUnion([("words", words), ("letters", letters)])
    return [csr_matrix(reader.fit_transform(inside)), *(csr_matrix(reader.transform(o)) for o in others)]
