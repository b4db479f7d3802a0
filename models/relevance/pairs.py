"""Pairs by arithmetic: every word and concept that some learned pair holds has a number, and a pair is two of them.

A pair is looked up without making its name, in a table of slots: nearly all pairs fall into one where nothing was
learned, and the few learned pairs that share a slot stand in a row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
_BITS: Final = 20
_SPREAD: Final = np.uint64(0x9E3779B97F4A7C15)
_SHIFT: Final = np.uint64(64 - _BITS)
_HALF: Final = 32


@dataclass(frozen=True, slots=True)
class Pairs:
    """The learned pairs: `keys` in the order of their slots, `rows` their features' numbers."""

    symbols: dict[str, int]  # a word's number
    concepts: dict[str, int]  # a concept's own number, from 1
    first_concept: int  # what a concept's number is raised by, as one half of a pair
    keys: Ints  # then `deepest` that no pair has, so that a search may run past the last
    rows: npt.NDArray[np.int32]
    slots: npt.NDArray[np.int32]  # where in `keys` those of a slot begin, -1 where it has none
    deepest: int  # so many keys share a slot at most
    follows: npt.NDArray[np.int32]  # concept x next concept -> feature, -1 where none

    @classmethod
    def of(cls, vocabulary: Sequence[str], concepts: Sequence[str]) -> Pairs:
        """The pairs among the features' names."""
        numbers = {c: i for i, c in enumerate(concepts, 1)}
        halves = {i: _halves(name) for i, name in enumerate(vocabulary) if name[0] in "br"}
        words = sorted({word for pair in halves.values() for word, is_concept in pair if not is_concept})
        symbols = {w: i for i, w in enumerate(words, 1)}
        base = len(symbols) + 1
        sides = [[base + numbers[w] if c else symbols[w] for w, c in pair] for pair in halves.values()]
        both = np.array(sides, dtype=np.int64).reshape(-1, 2)
        keys = (both[:, 0] << _HALF) | both[:, 1]
        order = np.argsort(_slots(keys), kind="stable")
        slots, firsts, counts = np.unique(_slots(keys)[order], return_index=True, return_counts=True)
        table = np.full(1 << _BITS, -1, dtype=np.int32)
        table[slots] = firsts
        deepest = int(counts.max(initial=0))
        ordered = np.concatenate([keys[order], np.full(deepest, -1)])
        rows = np.fromiter(halves, dtype=np.int32, count=len(halves))
        return cls(symbols, numbers, base, ordered, rows[order], table, deepest, _follows(vocabulary, numbers))

    def find(self, left: Ints, right: Ints) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.int32]]:
        """Which of the pairs were learned (their places) and their features."""
        keys = (left << _HALF) | right
        at = self.slots[_slots(keys)]
        places = np.flatnonzero(at >= 0)
        at, maybe = at[places], keys[places]
        open_ = np.flatnonzero(self.keys[at] != maybe)
        for _ in range(1, self.deepest):
            at[open_] += 1
            open_ = open_[self.keys[at[open_]] != maybe[open_]]
        sure = np.ones(len(places), dtype=np.bool_)
        sure[open_] = False
        return places[sure], self.rows[at[sure]]


def _slots(keys: Ints) -> npt.NDArray[np.uint64]:
    return np.asarray((keys.view(np.uint64) * _SPREAD) >> _SHIFT)


def _halves(name: str) -> tuple[tuple[str, bool], tuple[str, bool]]:
    """The two sides of b: and r: features, each with whether it is a concept."""
    body = name[2:]
    if name[0] == "b":
        left, right = body.split(" ")
        return (left, False), (right, False)
    if ">" in body:
        word, concept = body.split(">")
        return (word, False), (concept, True)
    concept, word = body.split("<")
    return (concept, True), (word, False)


def _follows(vocabulary: Sequence[str], concepts: dict[str, int]) -> npt.NDArray[np.int32]:
    table = np.full((len(concepts) + 1, len(concepts) + 1), -1, dtype=np.int32)
    for i, name in enumerate(vocabulary):
        if name[0] == "q":
            before, after = name[2:].split(">")
            table[concepts[before], concepts[after]] = i
    return table
