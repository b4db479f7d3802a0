"""Scores of many windows at once, as sums over rows of learned numbers: words by number, pairs by arithmetic.

The score of a window is a linear sum over its features.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix, csr_matrix

from models.relevance.features import NEAR, REACH
from models.relevance.pairs import Pairs
from models.relevance.parts import TITLE_WEIGHT, Window, text_weight
from models.relevance.words import Words

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
_MOST_WORDS: Final = 60_000
_GAP: Final = (0,) * (REACH + 1)
"""No word, often enough that nothing reaches from one part into the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """All that was learned: a row per feature, a column per category."""

    vocabulary: tuple[str, ...]
    rows: Floats
    bias: Floats


@dataclass(frozen=True, slots=True)
class Text:
    """Windows as numbers: their words one after the other, each part (title, text, title, ...) followed by a gap."""

    words: Ints
    owners: npt.NDArray[np.intp]  # the part that a word stands in
    parts: int
    weights: Floats  # what a word of each part weighs


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Where concepts stand: per word (none = 0), and as a list of places with a concept each."""

    meanings: npt.NDArray[np.int32]
    places: npt.NDArray[np.intp]
    concepts: npt.NDArray[np.int32]


class Scorer:
    """The learned part in service; a feature that the vocabulary lacks adds nothing."""

    def __init__(self, learned: Weights) -> None:
        self.learned = learned
        index = {name: i for i, name in enumerate(learned.vocabulary)}
        concepts = tuple(name[2:] for name in learned.vocabulary if name[0] == "c")
        self.pairs = Pairs.of(learned.vocabulary, concepts)
        self.words = Words(index, learned.rows, self.pairs.symbols, self.pairs.concepts)
        self._whole = _rows(learned.rows, index, ["c:" + c for c in concepts])
        self._title = _rows(learned.rows, index, ["t:" + c for c in concepts])
        self._meant = np.vstack([np.zeros_like(learned.rows[:1]), self._whole + self._title])

    def scores(self, windows: Sequence[Window]) -> npt.NDArray[np.float64]:
        """Shape (windows, categories)."""
        return self.scores_of(self.parts(windows))

    def parts(self, windows: Sequence[Window]) -> list[list[int]]:
        """The words' numbers, two parts a window (title, text); good until the next call."""
        if len(self.words) > _MOST_WORDS:
            self.words.clear()
        number = self.words.__getitem__
        parts = [list(map(number, part)) for part in chain.from_iterable(windows)]
        self.words.learn()
        return parts

    def scores_of(self, parts: Sequence[Sequence[int]]) -> npt.NDArray[np.float64]:
        """Shape (windows, categories), two parts a window."""
        text = _text(parts)
        meanings = self.words.meanings[text.words]
        places, slots = np.nonzero(meanings)
        concepts = Occurrences(meanings, places, meanings[places, slots])
        sums = self.learned.bias + self._of_words(parts, text)
        sums += self._of_pairs(text, concepts)
        sums += self._of_concepts(text, concepts)
        return np.asarray(sums, dtype=np.float64)

    def alone(self, numbers: Sequence[int]) -> Floats:
        """What each word says by itself, its concepts included: shape (words, categories)."""
        meant = self._meant[self.words.meanings[numbers]].sum(axis=1)
        return np.asarray(self.words.adds[numbers] + np.maximum(meant, 0))

    def _of_words(self, parts: Sequence[Sequence[int]], text: Text) -> Floats:
        """What the distinct words of each part add."""
        once = [dict.fromkeys(p) for p in parts]
        ends = np.cumsum([0, *map(len, once)])
        at = np.fromiter(chain.from_iterable(once), dtype=np.int32, count=int(ends[-1]))
        values = np.repeat(text.weights, np.diff(ends))
        count = len(self.words.adds)
        return np.asarray(csr_matrix((values, at, ends[::2]), shape=(len(parts) // 2, count)) @ self.words.adds)

    def _of_pairs(self, text: Text, met: Occurrences) -> Floats:
        """What neighbours, words beside concepts and concepts in a row add."""
        (places, features), (here, followed) = self._beside(text, met), self._following(met)
        owners = text.owners[np.concatenate([places, here])]
        features = np.concatenate([features, followed])
        shape = (text.parts // 2, len(self.learned.rows))
        found: Any = coo_matrix((text.weights[owners], (owners // 2, features)), shape=shape)
        return np.asarray(found @ self.learned.rows)

    def _beside(self, text: Text, met: Occurrences) -> tuple[Any, Any]:
        """Places of neighbouring words and of words near a concept, and the features there: all in one search."""
        symbols = self.words.symbol[text.words].astype(np.int64)
        places, concepts = met.places, met.concepts + np.int64(self.pairs.first_concept)
        at, left, right = [np.arange(len(symbols) - 1)], [symbols[:-1]], [symbols[1:]]
        for distance in range(1, NEAR + 1):
            at += [places, places]
            left += [symbols[places - distance], concepts]
            right += [concepts, symbols[np.minimum(places + distance, len(symbols) - 1)]]
        which, features = self.pairs.find(np.concatenate(left), np.concatenate(right))
        return np.concatenate(at)[which], features

    def _following(self, met: Occurrences) -> tuple[Any, Any]:
        """Places of concepts that another follows, and the features there."""
        meaningful = np.flatnonzero(met.meanings[:, 0])
        near = np.flatnonzero(np.diff(meaningful) <= REACH)
        here, then = meaningful[near], meaningful[near + 1]
        follows = self.pairs.follows[met.meanings[here][:, :, None], met.meanings[then][:, None, :]]
        which, a, b = np.nonzero(follows >= 0)
        return here[which], follows[which, a, b]

    def _of_concepts(self, text: Text, met: Occurrences) -> Floats:
        """What the concepts of the title, and of title and text together, add."""
        has = np.zeros((text.parts, len(self._whole) + 1), dtype=np.float32)
        has[text.owners[met.places], met.concepts] = 1.0
        title = has[0::2, 1:]
        return np.asarray(title @ self._title + np.maximum(title, has[1::2, 1:]) @ self._whole)


def _text(parts: Sequence[Sequence[int]]) -> Text:
    sizes = [len(p) + len(_GAP) for p in parts]
    words = np.fromiter(chain(*chain.from_iterable((p, _GAP) for p in parts)), dtype=np.int64, count=sum(sizes))
    weights = [text_weight(len(part)) if i % 2 else TITLE_WEIGHT for i, part in enumerate(parts)]
    owners = np.repeat(np.arange(len(parts)), sizes)
    return Text(words, owners, len(parts), np.array(weights, dtype=np.float32))


def _rows(learned: Floats, index: dict[str, int], names: Sequence[str]) -> Floats:
    rows = np.zeros((len(names), learned.shape[1]), dtype=np.float32)
    for i, name in enumerate(names):
        if name in index:
            rows[i] = learned[index[name]]
    return rows
