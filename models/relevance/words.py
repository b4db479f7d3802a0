"""What every word adds and means, as arrays that grow with the words met: a word costs one look-up, however rich."""

from __future__ import annotations

from math import sqrt
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from models.relevance.lexicon import MEANINGS, Concepts, Lexicon, grams

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]
_FIRST: Final = 1 << 13


class Words(dict[str, int]):
    """A token to its number; number 0 is no word. A new one is numbered when asked for, and counts once learned."""

    def __init__(self, index: dict[str, int], rows: Floats, symbols: dict[str, int], concepts: dict[str, int]) -> None:
        """`index`, `rows`: the learned features; `symbols`, `concepts`: the numbers that pairs are made of."""
        super().__init__()
        self.lexicon = Lexicon(Concepts.load())
        self._rows, self._symbols, self._concepts = rows, symbols, concepts
        self._whole = {name[2:]: i for name, i in index.items() if name[0] == "w"}
        self._pieces = {name[2:]: i for name, i in index.items() if name[0] == "g"}
        self.clear()

    def clear(self) -> None:
        """Forget every word."""
        super().clear()
        self.adds = np.zeros((_FIRST, self._rows.shape[1]), dtype=np.float32)
        self.symbol = np.zeros(_FIRST, dtype=np.int32)
        self.meanings = np.zeros((_FIRST, MEANINGS), dtype=np.int32)
        self._new: list[str] = []

    def __missing__(self, token: str) -> int:
        """Number a new word."""
        self[token] = number = len(self) + 1
        self._new.append(token)
        return number

    def learn(self) -> None:
        """Sum up what each new word and its character n-grams add: all in one product."""
        if not self._new:
            return
        new, self._new = self._new, []
        last = len(self)
        first = last - len(new) + 1
        while last >= len(self.symbol):
            self._grow()
        at, values, ends = list[int](), list[float](), [0]
        for number, token in enumerate(new, first):
            self._note(number, token)
            features, weights = self._features(token)
            at += features
            values += weights
            ends.append(len(at))
        sums = csr_matrix((np.array(values, dtype=np.float32), at, ends), shape=(len(new), len(self._rows)))
        self.adds[first : last + 1] = sums @ self._rows

    def _note(self, number: int, token: str) -> None:
        self.symbol[number] = self._symbols.get(token, 0)
        meant = [self._concepts[c] for c in self.lexicon.meant(token) if c in self._concepts]
        self.meanings[number, : len(meant)] = meant

    def _features(self, token: str) -> tuple[list[int], list[float]]:
        pieces = grams(token)
        at = [i for i in map(self._pieces.get, pieces) if i is not None]
        weights = [1.0 / sqrt(max(1, len(pieces)))] * len(at)
        own = self._whole.get(token)
        return (at, weights) if own is None else ([*at, own], [*weights, 1.0])

    def _grow(self) -> None:
        self.adds = np.concatenate([self.adds, np.zeros_like(self.adds)])
        self.symbol = np.concatenate([self.symbol, np.zeros_like(self.symbol)])
        self.meanings = np.concatenate([self.meanings, np.zeros_like(self.meanings)])
