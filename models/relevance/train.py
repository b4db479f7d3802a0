"""Training: examples to a model folder. Deterministic: the same corpus and code give the same bytes."""

from __future__ import annotations

import json
import tomllib
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import chain, compress
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold
from threadpoolctl import threadpool_limits

from models.relevance.corpus import BadCorpus, Example, categories_of, digest
from models.relevance.evaluate import prf
from models.relevance.features import concept_features, part_features
from models.relevance.fit import SEED, Fitted, fit
from models.relevance.lexicon import Concepts, Lexicon
from models.relevance.model import FORMAT, READS, TRAINED, digest_of, reads_digest
from models.relevance.parts import TITLE_WEIGHT, Reading, read, text_weight
from models.relevance.scorer import Weights
from streams.ports import Directory
from streams.records import Article, Origin

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
RAREST: Final = 3
FOLDS: Final = 4
LIGHTEST: Final = 0.02
"""A feature that weighs less for every category is left out: half of them, for 0.0003 of average precision."""
AT_ONCE: Final = 2
"""Processes that learn."""
SCALES: Final = {"w": 1.0, "b": 1.0, "g": 0.7, "r": 0.5, "q": 0.5, "c": 0.5, "t": 0.5}
"""How much a family of features may say before regularisation holds it back."""
FEED: Final = "feed."
"""So begin the files whose rows are shaped as feeds bring them; thresholds are chosen on these."""
CODE: Final = (*READS, "fit.py", "train.py", "categories.toml")
CATEGORIES: Final = Path(__file__).with_name("categories.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """What was learned, with a calibration from held-out folds."""

    categories: tuple[str, ...]
    weights: Weights
    slopes: tuple[float, ...]
    shifts: tuple[float, ...]
    held_out: Floats  # probabilities of every example, by a model that had not seen it: shape (examples, categories)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Of one category: the calibrated probability from which an article is relevant, and from which it is told."""

    relevant: float
    alert: float


def read_thresholds(path: Path, corpus: Sequence[Example]) -> dict[str, Thresholds]:
    """Per category; without an `alert` of its own, `threshold` is both. Raises `BadCorpus` when one is amiss."""
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    found = {
        name: Thresholds(float(table["threshold"]), float(table.get("alert", table["threshold"])))
        for name, table in tables.items()
        if "threshold" in table
    }
    if low := [name for name, at in found.items() if at.alert < at.relevant]:
        at = found[low[0]]
        raise BadCorpus(f"{path}: {low[0]}: `alert` {at.alert} is below `threshold` {at.relevant}")
    missing = [c for c in categories_of(corpus) if c not in found]
    if missing:
        raise BadCorpus(f"{path}: no threshold for {', '.join(missing)}; add `[{missing[0]}]` with `threshold = 0.5`")
    return found


def without_unlabelled(path: Path, corpus: Sequence[Example]) -> tuple[Example, ...]:
    """The corpus for a category that older examples were not labelled for.

    `leaves_out = ["acquisition"]` in a category's table drops examples of kinds that begin so, unless they carry it.
    """
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    dropped = [(name, tuple(table["leaves_out"])) for name, table in tables.items() if table.get("leaves_out")]
    return tuple(e for e in corpus if not any(e.kind.startswith(k) and n not in e.categories for n, k in dropped))


def read_corpus(corpus: Sequence[Example], directory: Directory) -> list[Reading]:
    """The examples as the model will read articles: companies found by the directory are masked."""
    origin = Origin(topic="", partition=0, offset=0)
    articles = [Article(raw=b"", origin=origin, seen=0, title=e.title, text=e.text, lang=e.lang) for e in corpus]
    named = directory.identify(articles)
    return [
        read(a.title, a.text, [s for c in companies for s in c.spans])
        for a, companies in zip(articles, named, strict=True)
    ]


def features_of(reading: Reading, lexicon: Lexicon) -> dict[str, float]:
    """The features of the title with the first window, as the scorer adds them up."""
    head, body = reading.windows[0]
    found = part_features(head, lexicon, TITLE_WEIGHT)
    for name, value in part_features(body, lexicon, text_weight(len(body))).items():
        found[name] = found.get(name, 0.0) + value
    title = frozenset(c for t in head for c in lexicon.meant(t))
    whole = title | {c for t in body for c in lexicon.meant(t)}
    for name in concept_features(title, whole):
        found[name] = 1.0
    return found


class Matrix:
    """The corpus as numbers: a fixed vocabulary (features met in at least `RAREST` examples) and scaled values."""

    def __init__(self, readings: Sequence[Reading], rarest: int = RAREST) -> None:
        lexicon = Lexicon(Concepts.load())
        found = [features_of(r, lexicon) for r in readings]
        met = Counter(chain.from_iterable(found))
        self.names: tuple[str, ...] = tuple(sorted(name for name, rows in met.items() if rows >= rarest))
        self.scales = np.array([SCALES[n[0]] for n in self.names], dtype=np.float32)
        self.rows: Any = csr_matrix(_sparse(found, self.names).multiply(self.scales))


def _sparse(found: Sequence[Mapping[str, float]], names: Sequence[str]) -> Any:
    """The named features alone; scikit-learn's vectorizer takes three times as long, since it numbers the rest too."""
    at = {name: column for column, name in enumerate(names)}
    columns, values, ends = array("i"), array("f"), [0]
    for row in found:
        for name, value in row.items():
            if (column := at.get(name)) is not None:
                columns.append(column)
                values.append(value)
        ends.append(len(columns))
    made = csr_matrix((np.array(values), np.array(columns), ends), shape=(len(found), len(names)))
    made.sort_indices()
    return made


def train(corpus: Sequence[Example], readings: Sequence[Reading] | None = None) -> Trained:
    """Learn every category of the corpus; the calibration comes from folds that were held out."""
    categories = categories_of(corpus)
    matrix = Matrix(readings or [read(e.title, e.text) for e in corpus])
    truth = np.array([[c in e.categories for c in categories] for e in corpus])
    folds = list(KFold(FOLDS, shuffle=True, random_state=SEED).split(truth))
    *held, whole = _fitted(matrix.rows, truth, [*(seen for seen, _ in folds), np.arange(len(truth))])
    scores = np.zeros(truth.shape)
    for fitted, (_, unseen) in zip(held, folds, strict=True):
        scores[unseen] = fitted.scores(matrix.rows[unseen])
    slopes, shifts = zip(*(_calibrated(scores[:, k], truth[:, k]) for k in range(len(categories))), strict=True)
    return Trained(
        categories=categories,
        weights=_weights(whole, matrix),
        slopes=slopes,
        shifts=shifts,
        held_out=expit(scores * np.array(slopes) + np.array(shifts)),
    )


def held_out_figures(
    trained: Trained, corpus: Sequence[Example], thresholds: dict[str, Thresholds]
) -> list[tuple[str, float, float, float]]:
    """Category, threshold, precision and recall there on held-out rows as feeds bring them; none without such rows."""
    rows = np.array([e.file.startswith(FEED) for e in corpus])
    figures = []
    for k, category in enumerate(trained.categories):
        carried = np.array([category in e.categories for e in corpus])[rows]
        if carried.any():
            at = thresholds[category]
            for threshold in sorted({at.relevant, at.alert}):
                precision, recall, _ = prf(carried, trained.held_out[rows, k] >= threshold)
                figures.append((category, threshold, precision, recall))
    return figures


def _fitted(rows: Any, truth: Bools, parts: Sequence[npt.NDArray[np.intp]]) -> list[Fitted]:
    """What is learned from each part, two at a time; one thread each, so that every machine sums in the same order."""
    with ProcessPoolExecutor(AT_ONCE, get_context("spawn"), initializer=_one_thread) as processes:
        return list(processes.map(fit, [rows[part] for part in parts], [truth[part] for part in parts]))


def _one_thread() -> None:
    """In a new process, where importing this module has loaded the libraries that this limits."""
    threadpool_limits(1)


def _weights(fitted: Fitted, matrix: Matrix) -> Weights:
    """The scales go into the weights, so that serving need not know them."""
    rows = fitted.weights * matrix.scales[:, None]
    kept = (np.abs(rows).max(axis=1) >= LIGHTEST) | [name[0] == "c" for name in matrix.names]
    return Weights(
        vocabulary=tuple(compress(matrix.names, kept)),
        rows=rows[kept].astype(np.float16).astype(np.float32),
        bias=fitted.bias.astype(np.float32),
    )


def _calibrated(scores: Floats, carried: Bools) -> tuple[float, float]:
    """Platt's slope and shift on scores of held-out folds."""
    learner = LogisticRegression(C=1e6, solver="liblinear", random_state=SEED)
    learner.fit(scores[:, None], carried)
    return float(learner.coef_[0, 0]), float(learner.intercept_[0])


def code_digest() -> str:
    """Changes when the code that features and weights depend on does."""
    return digest_of(*(Path(__file__).parent / name for name in CODE))


def save(trained: Trained, thresholds: dict[str, Thresholds], corpus: Sequence[Example], folder: Path = TRAINED) -> str:
    """Write `weights.npz`, then `model.json`; returns the version. KeyError for a category without threshold."""
    folder.mkdir(parents=True, exist_ok=True)
    learned = trained.weights
    np.savez_compressed(
        folder / "weights.npz",
        vocabulary=np.frombuffer("\n".join(learned.vocabulary).encode(), dtype=np.uint8),
        rows=learned.rows.astype(np.float16),
        bias=learned.bias,
    )
    version = f"{digest(corpus)[:8]}-{code_digest()[:8]}"
    said = {
        "format": FORMAT,
        "version": version,
        "categories": trained.categories,
        "thresholds": [thresholds[c].relevant for c in trained.categories],
        "alert_thresholds": [thresholds[c].alert for c in trained.categories],
        "slopes": [round(s, 6) for s in trained.slopes],
        "shifts": [round(s, 6) for s in trained.shifts],
        "examples": len(corpus),
        "reads": reads_digest(),
        "weights": digest_of(folder / "weights.npz"),
    }
    (folder / "model.json").write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
    return version
