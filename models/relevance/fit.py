"""What learns: two linear models and small networks on the same features, folded into one set of weights."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
SEED: Final = 20260101
REGULARISATION: Final = 2.0
NAIVE: Final = 1.0
"""Regularisation of the linear model whose features are scaled by their log-count ratio (Wang and Manning 2012)."""
NETWORKS: Final = 2
HIDDEN: Final = 24
EPOCHS: Final = 3
BATCH: Final = 256
INPUTS: Final = 30_000
"""The networks read the features that tell most; the linear part reads all."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """Weights for the features as they come: shape (features, categories), (features, hidden), (hidden, categories)."""

    linear: Floats
    linear_bias: Floats
    inner: Floats
    inner_bias: Floats
    outer: Floats
    outer_bias: Floats

    def scores(self, rows: Any) -> Floats:
        """Shape (rows, categories): half linear, half the networks' mean log-odds."""
        hidden = np.maximum(rows @ self.inner + self.inner_bias, 0)
        return np.asarray((rows @ self.linear + self.linear_bias + hidden @ self.outer + self.outer_bias) / 2)


def fit(rows: Any, truth: Bools) -> Fitted:
    """Learn every column of `truth`. Deterministic."""
    ratios = np.column_stack([_ratio(rows, carried) for carried in truth.T])
    plain = [_logistic(rows, carried, REGULARISATION) for carried in truth.T]
    naive = [
        _logistic(csr_matrix(rows.multiply(ratio)), carried, NAIVE)
        for carried, ratio in zip(truth.T, ratios.T, strict=True)
    ]
    linear = np.column_stack([m.coef_[0] for m in plain]) + ratios * np.column_stack([m.coef_[0] for m in naive])
    bias = np.hstack([m.intercept_ for m in plain]) + np.hstack([m.intercept_ for m in naive])
    return Fitted(linear / 2, bias / 2, *_networks(rows, truth, ratios.max(axis=1)))


def _ratio(rows: Any, carried: Bools) -> Floats:
    """How unevenly each feature is spread between rows with and without a category."""
    yes, no = (np.asarray(rows[which].sum(axis=0)).ravel() + 1.0 for which in (carried, ~carried))
    return np.asarray(np.abs(np.log((yes / yes.sum()) / (no / no.sum()))))


def _logistic(rows: Any, carried: Bools, strength: float) -> LogisticRegression:
    return LogisticRegression(C=strength, solver="liblinear", random_state=SEED).fit(rows, carried)


def _networks(rows: Any, truth: Bools, ratio: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    often = np.sqrt(np.asarray((rows != 0).sum(axis=0)).ravel())
    inputs = np.sort(np.argsort(-ratio * often, kind="stable")[:INPUTS])
    scale = np.sqrt(ratio[inputs])
    scale /= np.sqrt(np.mean(scale**2)) + 1e-9
    scaled = csr_matrix(rows[:, inputs].multiply(scale))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # stopping early is the regularisation
        networks = [_network(SEED + n, len(truth)).fit(scaled, truth) for n in range(NETWORKS)]
    inner = np.zeros((rows.shape[1], NETWORKS * HIDDEN))
    inner[inputs] = scale[:, None] * np.hstack([n.coefs_[0] for n in networks])
    return (
        inner,
        np.hstack([n.intercepts_[0] for n in networks]),
        np.vstack([n.coefs_[1] for n in networks]) / NETWORKS,
        np.mean([n.intercepts_[1] for n in networks], axis=0),
    )


def _network(seed: int, rows: int) -> MLPClassifier:
    return MLPClassifier(
        (HIDDEN,), alpha=1e-2, max_iter=EPOCHS, learning_rate_init=3e-3, batch_size=min(BATCH, rows), random_state=seed
    )
