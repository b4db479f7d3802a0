"""What learns: two linear models on the same features, folded into one set of weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
SEED: Final = 20260101
REGULARISATION: Final = 2.0
NAIVE: Final = 1.0
"""Regularisation of the linear model whose features are scaled by their log-count ratio (Wang and Manning 2012)."""
NAIVE_SHARE: Final = 0.4
"""What the second model counts beside the first: of steps of a tenth the best on held-out rows of our own."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """Weights for the features as they come: shape (features, categories), (categories,)."""

    weights: Floats
    bias: Floats

    def scores(self, rows: Any) -> Floats:
        """Shape (rows, categories): log-odds, the two models' weighted mean."""
        return np.asarray(rows @ self.weights + self.bias)


def fit(rows: Any, truth: Bools) -> Fitted:
    """Learn every column of `truth`. Deterministic."""
    ratios = np.column_stack([_ratio(rows, carried) for carried in truth.T])
    plain = [_logistic(rows, carried, REGULARISATION) for carried in truth.T]
    naive = [
        _logistic(csr_matrix(rows.multiply(ratio)), carried, NAIVE)
        for carried, ratio in zip(truth.T, ratios.T, strict=True)
    ]
    slopes = [np.column_stack([m.coef_[0] for m in models]) for models in (plain, naive)]
    biases = [np.hstack([m.intercept_ for m in models]) for models in (plain, naive)]
    return Fitted(_mean(slopes[0], ratios * slopes[1]), _mean(*biases))


def _mean(plain: Floats, naive: Floats) -> Floats:
    return (1 - NAIVE_SHARE) * plain + NAIVE_SHARE * naive


def _ratio(rows: Any, carried: Bools) -> Floats:
    """How unevenly each feature is spread between rows with and without a category."""
    yes, no = (np.asarray(rows[which].sum(axis=0)).ravel() + 1.0 for which in (carried, ~carried))
    return np.asarray(np.abs(np.log((yes / yes.sum()) / (no / no.sum()))))


def _logistic(rows: Any, carried: Bools, strength: float) -> LogisticRegression:
    learner = LogisticRegression(C=strength, solver="liblinear", dual=True, max_iter=1_000, random_state=SEED)
    return learner.fit(rows, carried)  # the same optimum as without `dual`, in under half the time
