"""What a word is made of: its concepts and its character n-grams, computed once and remembered."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import takewhile
from pathlib import Path
from typing import Final, NamedTuple

MEANINGS: Final = 4
"""A word belongs to so many concepts at most."""
LONGEST_WORD: Final = 40
GRAM_FROM: Final = 5
"""Shorter words have no inner structure worth learning."""

CONCEPTS: Final = Path(__file__).with_name("concepts")
FILES: Final = ("core.toml", "money.toml", "state.toml", "actors.toml", "things.toml")
"""Of a word of many meanings those of the first files are kept."""


class _Edges(NamedTuple):
    """Beginnings or ends of words with their concepts, and the lengths they have."""

    concepts: dict[str, tuple[str, ...]]
    lengths: tuple[int, ...]

    @classmethod
    def of(cls, entries: Iterable[tuple[str, str]]) -> _Edges:
        """`entries` are edges with a concept each."""
        concepts: dict[str, tuple[str, ...]] = {}
        for edge, concept in entries:
            concepts[edge] = (*concepts.get(edge, ()), concept)
        return cls(concepts, tuple(sorted({len(edge) for edge in concepts})))


@dataclass(frozen=True)
class Concepts:
    """The files of concepts as a function of a word.

    A word belongs to a concept when it equals an entry, or begins with one that ends in *, or ends with one that
    begins with *.
    """

    table: dict[str, tuple[str, ...]]

    @classmethod
    def load(cls, folder: Path = CONCEPTS) -> Concepts:
        """Read the files. Raises OSError or tomllib.TOMLDecodeError."""
        table: dict[str, tuple[str, ...]] = {}
        for name in FILES:
            for concept, entries in tomllib.loads((folder / name).read_text(encoding="utf-8")).items():
                table[concept] = tuple(entries.split())
        return cls(table)

    @cached_property
    def _rank(self) -> dict[str, int]:
        return {concept: rank for rank, concept in enumerate(self.table)}

    @cached_property
    def _exact(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for concept, entries in self.table.items():
            for entry in entries:
                if "*" not in entry:
                    found.setdefault(entry, []).append(concept)
        return {k: tuple(v) for k, v in found.items()}

    @cached_property
    def _starts(self) -> _Edges:
        return _Edges.of((e[:-1], c) for c, entries in self.table.items() for e in entries if e.endswith("*"))

    @cached_property
    def _ends(self) -> _Edges:
        return _Edges.of((e[1:], c) for c, entries in self.table.items() for e in entries if e.startswith("*"))

    def of(self, word: str) -> tuple[str, ...]:
        """The concepts a lower-case word belongs to, in the order of the files."""
        found = set(self._exact.get(word, ()))
        for length in takewhile(len(word).__ge__, self._starts.lengths):
            if meant := self._starts.concepts.get(word[:length]):
                found.update(meant)
        for length in takewhile(len(word).__ge__, self._ends.lengths):
            if meant := self._ends.concepts.get(word[-length:]):
                found.update(meant)
        return tuple(sorted(found, key=self._rank.__getitem__))[:MEANINGS]


@dataclass
class Lexicon:
    """Remembers what a word is made of. Bounded: forgets everything when full."""

    concepts: Concepts
    most: int = 100_000
    _meant: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _grams: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def meant(self, token: str) -> tuple[str, ...]:
        """The concepts of a token; a mask such as `_bn_` is a concept of its own."""
        known = self._meant.get(token)
        if known is None:
            if len(self._meant) >= self.most:
                self._meant.clear()
            known = self._meant[token] = (token,) if token[0] == "_" else self.concepts.of(token)
        return known

    def grams(self, token: str) -> tuple[str, ...]:
        """Character n-grams of a token."""
        known = self._grams.get(token)
        if known is None:
            if len(self._grams) >= self.most:
                self._grams.clear()
            known = self._grams[token] = grams(token)
        return known


def grams(word: str) -> tuple[str, ...]:
    """Distinct character 4- and 5-grams of `<word>`, `()` for short words and masks."""
    if len(word) < GRAM_FROM or word[0] == "_" or len(word) > LONGEST_WORD:
        return ()
    framed = f"<{word}>"
    fours = [framed[i : i + 4] for i in range(len(framed) - 3)]
    fives = [framed[i : i + 5] for i in range(len(framed) - 4)]
    return tuple(dict.fromkeys(fours + fives))
