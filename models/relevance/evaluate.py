"""Measuring relevance on labelled articles: precision, recall, F1 with bootstrap intervals, ranking, calibration."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import orjson

from streams.ports import Directory, RelevanceModel
from streams.records import NOWHERE, Article, evolve

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
ROUNDS: Final = 500
BINS: Final = 10
SEED: Final = 7
THRESHOLDS: Final = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.87, 0.9, 0.95)


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """One measuring row."""

    id: str
    lang: str
    title: str
    text: str
    labels: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One category in one language (or all) at a threshold; `f1_low` to `f1_high` is the 95 % interval."""

    category: str
    lang: str
    threshold: float
    carrying: int
    precision: float
    recall: float
    f1: float
    f1_low: float
    f1_high: float
    average_precision: float
    calibration_error: float
    best_f1: float  # at the best threshold in hindsight: what ranking alone allows


def read_rows(path: Path) -> list[Labelled]:
    """Rows with `id, lang, title, text, labels`; uncertain rows are left out. Raises OSError, ValueError, KeyError."""
    rows = []
    for line in path.read_bytes().splitlines():
        row = orjson.loads(line)
        if row.get("uncertain"):
            continue
        labels = frozenset(row.get("labels") or ())
        rows.append(
            Labelled(
                id=str(row["id"]), lang=row["lang"], title=row["title"] or "", text=row.get("text") or "", labels=labels
            )
        )
    return rows


def probabilities(rows: Sequence[Labelled], model: RelevanceModel, directory: Directory) -> Floats:
    """Shape (rows, categories), as the flow would judge them."""
    articles = [Article(raw=b"", origin=NOWHERE, seen=0, title=r.title, text=r.text, lang=r.lang) for r in rows]
    found = directory.identify(articles)
    judged = model.classify([evolve(a, companies=c) for a, c in zip(articles, found, strict=True)])
    return np.array([[r.probability for r in row] or [0.0] * len(model.categories) for row in judged])


def figures(
    rows: Sequence[Labelled], scores: Floats, categories: Sequence[str], thresholds: Sequence[float]
) -> list[Figures]:
    """Per category and language, and over all languages."""
    found = []
    langs = np.array([r.lang for r in rows])
    for column, (category, threshold) in enumerate(zip(categories, thresholds, strict=True)):
        truth = np.array([category in r.labels for r in rows])
        for lang in ("all", *sorted(set(langs))):
            here = np.ones(len(rows), dtype=bool) if lang == "all" else langs == lang
            found.append(_figures(category, str(lang), truth[here], scores[here, column], threshold))
    return found


def _figures(category: str, lang: str, truth: Bools, scores: Floats, threshold: float) -> Figures:
    said = scores >= threshold
    precision, recall, f1 = prf(truth, said)
    low, high = _interval(truth, said)
    return Figures(
        category=category, lang=lang, threshold=threshold, carrying=int(truth.sum()), precision=precision,
        recall=recall, f1=f1,
        f1_low=low, f1_high=high, average_precision=average_precision(truth, scores),
        calibration_error=calibration_error(truth, scores), best_f1=best_f1(truth, scores),
    )  # fmt: skip


def prf(truth: Bools, said: Bools) -> tuple[float, float, float]:
    """Precision, recall, F1; 0 where undefined."""
    hits = float((truth & said).sum())
    precision = hits / said.sum() if said.any() else 0.0
    recall = hits / truth.sum() if truth.any() else 0.0
    f1 = 2 * precision * recall / (precision + recall) if hits else 0.0
    return float(precision), float(recall), float(f1)


def _interval(truth: Bools, said: Bools) -> tuple[float, float]:
    random = np.random.default_rng(SEED)
    n = len(truth)
    values = []
    for _ in range(ROUNDS):
        pick = random.integers(0, n, n)
        values.append(prf(truth[pick], said[pick])[2])
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def average_precision(truth: Bools, scores: Floats) -> float:
    """Area under the precision-recall curve by steps."""
    order = np.argsort(-scores, kind="stable")
    hit = truth[order]
    if not hit.any():
        return 0.0
    precision = np.cumsum(hit) / np.arange(1, len(hit) + 1)
    return float(precision[hit].mean())


def best_f1(truth: Bools, scores: Floats) -> float:
    """The best F1 over all thresholds."""
    hit = truth[np.argsort(-scores, kind="stable")]
    hits = np.cumsum(hit)
    return float((2 * hits / (np.arange(1, len(hit) + 1) + max(1, hit.sum()))).max()) if hit.any() else 0.0


def calibration_error(truth: Bools, scores: Floats) -> float:
    """Expected calibration error over ten bins of equal width."""
    bins = np.minimum((scores * BINS).astype(int), BINS - 1)
    gaps = [
        (bins == b).mean() * abs(truth[bins == b].mean() - scores[bins == b].mean())
        for b in range(BINS)
        if (bins == b).any()
    ]
    return float(sum(gaps))


def at_thresholds(
    rows: Sequence[Labelled], scores: Floats, categories: Sequence[str]
) -> list[tuple[str, float, float, float]]:
    """Category, threshold, precision and recall there: what a stricter or a laxer alert would give."""
    found = []
    for column, category in enumerate(categories):
        truth = np.array([category in r.labels for r in rows])
        for threshold in THRESHOLDS:
            precision, recall, _ = prf(truth, scores[:, column] >= threshold)
            found.append((category, threshold, precision, recall))
    return found


def macro_f1(found: Iterable[Figures], lang: str = "all") -> float:
    """The mean F1 over categories."""
    return float(np.mean([f.f1 for f in found if f.lang == lang]))


def worst(
    rows: Sequence[Labelled], scores: Floats, categories: Sequence[str], thresholds: Sequence[float], most: int = 10
) -> list[dict[str, Any]]:
    """The errors the model was surest of, per category."""
    errors = []
    for column, (category, threshold) in enumerate(zip(categories, thresholds, strict=True)):
        for row, score in zip(rows, scores[:, column], strict=True):
            if (score >= threshold) != (category in row.labels):
                sort = "false alarm" if score >= threshold else "missed"
                errors.append(
                    {"category": category, "sort": sort, "probability": round(float(score), 3), "id": row.id,
                     "lang": row.lang, "title": row.title, "off_by": abs(float(score) - threshold)}
                )  # fmt: skip
    errors.sort(key=lambda e: -float(str(e["off_by"])))
    return [e for c in categories for e in [x for x in errors if x["category"] == c][:most]]


def as_json(found: Sequence[Figures], alerts: Sequence[Figures]) -> dict[str, Any]:
    """All figures as plain values: from where an article is relevant, and from where it is told."""
    return {"macro_f1": round(macro_f1(found), 4), "figures": _plain(found), "alerts": _plain(alerts)}


def _plain(found: Sequence[Figures]) -> list[dict[str, Any]]:
    return [{k: round(v, 4) if isinstance(v, float) else v for k, v in asdict(f).items()} for f in found]
