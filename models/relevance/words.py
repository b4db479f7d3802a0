"""What every word adds and means, as arrays that grow with the words met: a word costs one look-up, however rich."""

from __future__ import annotations

from math import sqrt
from typing import Final

import numpy as np
import numpy.typing as npt

from models.relevance.lexicon import MEANINGS, Concepts, Lexicon

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]
_FIRST: Final = 1 << 13


class Words(dict[str, int]):
    """A token to its number; number 0 is no word. A new token gets the next number and its row."""

    def __init__(
        self, index: dict[str, int], inputs: Floats, symbols: dict[str, int], concepts: dict[str, int]
    ) -> None:
        """`index`, `inputs`: the learned features; `symbols`, `concepts`: the numbers that pairs are made of."""
        super().__init__()
        self.lexicon = Lexicon(Concepts.load())
        self._index, self._inputs, self._symbols, self._concepts = index, inputs, symbols, concepts
        self.clear()

    def clear(self) -> None:
        """Forget every word."""
        super().clear()
        self.adds = np.zeros((_FIRST, self._inputs.shape[1]), dtype=np.float32)
        self.symbol = np.zeros(_FIRST, dtype=np.int32)
        self.meanings = np.zeros((_FIRST, MEANINGS), dtype=np.int32)
        self._used = 1

    def __missing__(self, token: str) -> int:
        """Learn a word: what it and its character n-grams add, its number in pairs, its concepts."""
        number, self._used = self._used, self._used + 1
        if number == len(self.symbol):
            self._grow()
        self[token] = number
        self.adds[number] = self._of(token)
        self.symbol[number] = self._symbols.get(token, 0)
        meant = [self._concepts[c] for c in self.lexicon.meant(token) if c in self._concepts]
        self.meanings[number, : len(meant)] = meant
        return number

    def _grow(self) -> None:
        self.adds = np.concatenate([self.adds, np.zeros_like(self.adds)])
        self.symbol = np.concatenate([self.symbol, np.zeros_like(self.symbol)])
        self.meanings = np.concatenate([self.meanings, np.zeros_like(self.meanings)])

    def _of(self, token: str) -> Floats:
        pieces = self.lexicon.grams(token)
        own = self._sum(["w:" + token])
        return own + self._sum(["g:" + p for p in pieces]) / np.float32(sqrt(len(pieces))) if pieces else own

    def _sum(self, names: list[str]) -> Floats:
        at = [self._index[n] for n in names if n in self._index]
        return np.asarray(self._inputs[at].sum(axis=0), dtype=np.float32)
