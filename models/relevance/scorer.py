"""Scores of many windows at once: what a word or a pair adds is summed up once and remembered as a row.

The score of a window is half a linear sum over its features and half the output of a small network
(one hidden layer, rectified), whose inputs are the same features. Both are sums over rows up to the hidden
layer, so a word costs one look-up, however many features it has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

import numpy as np
import numpy.typing as npt

from models.relevance.features import Concepts, Lexicon, Pair, concept_features, pair_features, pairs
from models.relevance.parts import TEXT_WEIGHT, TITLE_WEIGHT, Window

Floats = npt.NDArray[np.float32]
_ROWS: Final = 120_000
_SETS: Final = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """All that was learned. Features x (categories + hidden units), then the network's way out.

    `inputs[:, :K]` is the linear part, `inputs[:, K:]` leads to the hidden units; `outer` is hidden x K.
    """

    vocabulary: tuple[str, ...]
    inputs: Floats
    bias: Floats  # K linear biases, then the hidden units'
    outer: Floats
    outer_bias: Floats

    @property
    def categories(self) -> int:
        """K."""
        return int(self.outer.shape[1])


class Scorer:
    """The learned part in service; a feature that the vocabulary lacks adds nothing."""

    def __init__(self, learned: Weights) -> None:
        self.learned = learned
        self.lexicon = Lexicon(Concepts.load())
        self._index = {name: i for i, name in enumerate(learned.vocabulary)}
        self._table = np.zeros((_ROWS, learned.inputs.shape[1]), dtype=np.float32)  # row 0 adds nothing
        self._rows: dict[str | Pair, int] = {}
        self._used = 1
        self._sets: dict[tuple[frozenset[str], frozenset[str]], Floats] = {}

    def scores(self, windows: Sequence[Window]) -> npt.NDArray[np.float64]:
        """Shape (windows, categories)."""
        if self._used > _ROWS // 2 or len(self._rows) > 4 * _ROWS or len(self._sets) > _SETS:
            self._forget()
        sums = np.tile(self.learned.bias, (len(windows), 1))
        sums += TITLE_WEIGHT * self._parts([title for title, _ in windows])
        sums += TEXT_WEIGHT * self._parts([text for _, text in windows])
        for i, (title, text) in enumerate(windows):
            head = self.meaning(title)
            sums[i] += self.of_concepts(head, head | self.meaning(text))
        linear, hidden = np.split(sums, [self.learned.categories], axis=1)
        network = np.maximum(hidden, 0.0) @ self.learned.outer + self.learned.outer_bias
        return ((linear + network) / 2).astype(np.float64)

    def _forget(self) -> None:
        self._rows.clear()
        self._sets.clear()
        self._used = 1

    def _parts(self, parts: Sequence[tuple[str, ...]]) -> Floats:
        """One row a part: the sum over its distinct words and pairs."""
        rows: list[int] = []
        starts = []
        known = self._rows
        for part in parts:
            starts.append(len(rows))
            rows.append(0)  # so that no part is empty
            keys: list[str | Pair] = [*dict.fromkeys(part), *pairs(part, self._meaningful)]
            for key in keys:
                row = known.get(key)
                if row is None:
                    row = self._row(key)
                if row:
                    rows.append(row)
        return np.add.reduceat(self._table[rows], starts, axis=0)

    def _meaningful(self, token: str) -> bool:
        return bool(self.lexicon.meant(token))

    def _row(self, key: str | Pair) -> int:
        adds = self.of_word(key) if isinstance(key, str) else self.of_pair(key)
        row = 0
        if adds.any():
            if self._used >= _ROWS:
                raise OverflowError("more new words in one batch than the table holds: give smaller batches")
            row, self._used = self._used, self._used + 1
            self._table[row] = adds
        self._rows[key] = row
        return row

    def _sum(self, names: Sequence[str]) -> Floats:
        at = [self._index[n] for n in names if n in self._index]
        return np.asarray(self.learned.inputs[at].sum(axis=0), dtype=np.float32)

    def of_word(self, token: str) -> Floats:
        """What a word and its character n-grams add."""
        pieces = self.lexicon.grams(token)
        word = self._sum(["w:" + token])
        return word + self._sum(["g:" + p for p in pieces]) / np.float32(sqrt(len(pieces))) if pieces else word

    def of_pair(self, pair: Pair) -> Floats:
        """What two tokens near one another add beyond themselves."""
        return self._sum(pair_features(pair, self.lexicon.meant))

    def meaning(self, tokens: Sequence[str]) -> frozenset[str]:
        """The concepts of a part."""
        return frozenset(c for t in tokens for c in self.lexicon.meant(t))

    def of_concepts(self, title: frozenset[str], whole: frozenset[str]) -> Floats:
        """What concepts and their pairs add."""
        known = self._sets.get((title, whole))
        if known is None:
            known = self._sets[title, whole] = self._sum(concept_features(title, whole))
        return known
