"""Stretches of a partition's offsets."""

from __future__ import annotations

from collections.abc import Iterable

Partition = tuple[str, int]
Stretch = tuple[int, int]
"""The first offset, and the one after the last."""


def left(whole: Stretch, known: Iterable[Stretch]) -> list[Stretch]:
    """What of a stretch is in none of these, in order; they may overlap, and reach beyond it."""
    at, upto = whole
    found = []
    for first, end in sorted(known):
        if at < min(first, upto):
            found.append((at, min(first, upto)))
        at = max(at, end)
    return [*found, *([(at, upto)] if at < upto else [])]


def count(stretches: Iterable[Stretch]) -> int:
    """How many offsets they hold; they do not overlap."""
    return sum(end - first for first, end in stretches)
