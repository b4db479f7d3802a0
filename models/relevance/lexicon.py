"""What a word is made of: its concepts and its character n-grams, computed once and remembered."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final, NamedTuple

MEANINGS: Final = 4
"""A word belongs to so many concepts at most."""
LONGEST_WORD: Final = 40
GRAM_FROM: Final = 5
"""Shorter words have no inner structure worth learning."""

CONCEPTS_FILE: Final = Path(__file__).with_name("concepts.toml")


class _Edges(NamedTuple):
    """Beginnings or ends of words with their concepts, by the letters that all of one drawer share."""

    grip: int  # how many letters: as many as the shortest has
    drawers: dict[str, tuple[tuple[str, str], ...]]


def _edges(entries: Iterable[tuple[str, str]], *, ends: bool = False) -> _Edges:
    """`entries` are edges with a concept each."""
    known = list(entries)
    grip = min((len(edge) for edge, _ in known), default=1)
    drawers: dict[str, list[tuple[str, str]]] = {}
    for edge, concept in known:
        drawers.setdefault(edge[-grip:] if ends else edge[:grip], []).append((edge, concept))
    return _Edges(grip, {k: tuple(v) for k, v in drawers.items()})


@dataclass(frozen=True)
class Concepts:
    """The concept file as a function of a word."""

    table: dict[str, tuple[str, ...]]

    @classmethod
    def load(cls, path: Path = CONCEPTS_FILE) -> Concepts:
        """Read the file. Raises OSError or tomllib.TOMLDecodeError."""
        return cls({k: tuple(v) for k, v in tomllib.loads(path.read_text(encoding="utf-8"))["concepts"].items()})

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
        return _edges((e[:-1], c) for c, entries in self.table.items() for e in entries if e.endswith("*"))

    @cached_property
    def _ends(self) -> _Edges:
        ends = ((e[1:], c) for c, entries in self.table.items() for e in entries if e.startswith("*"))
        return _edges(ends, ends=True)

    def of(self, word: str) -> tuple[str, ...]:
        """The concepts a lower-case word belongs to, sorted."""
        found = set(self._exact.get(word, ()))
        starts, ends = self._starts, self._ends
        found.update(c for edge, c in starts.drawers.get(word[: starts.grip], ()) if word.startswith(edge))
        found.update(c for edge, c in ends.drawers.get(word[-ends.grip :], ()) if word.endswith(edge))
        return tuple(sorted(found))[:MEANINGS]


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
