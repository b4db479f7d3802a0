"""What leads from words to articles, in this process: document frequencies and postings."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from streams.basics.times import SECOND
from streams.records import Millis
from streams.stories import thresholds as at
from streams.stories.similarity import Vector, weigh
from streams.stories.terms import Key

_FULL: Final = 65_535


@dataclass(slots=True)
class Frequencies:
    """How many articles of a language used a term lately: fixed-size counters per epoch of event time.

    Terms that share a counter look commoner than they are, by a few articles at most.
    """

    counters: dict[tuple[int, str], array[int]] = field(default_factory=dict)
    articles: dict[tuple[int, str], int] = field(default_factory=dict)

    def weigh(self, terms: Sequence[tuple[int, float]], lang: str, when: Millis) -> Vector:
        """Count an article's `terms` (term, frequency weight), then weigh them by this and the previous epoch."""
        epoch = when // at.EPOCH
        counters = self.counters.get((epoch, lang))
        if counters is None:
            counters = self.counters[epoch, lang] = array("H", bytes(2 * at.DF_SLOTS))
        before = self.counters.get((epoch - 1, lang))
        self.articles[epoch, lang] = self.articles.get((epoch, lang), 0) + 1
        found = {}
        for term, _ in terms:
            slot = term % at.DF_SLOTS
            counters[slot] = min(counters[slot] + 1, _FULL)
            found[term] = counters[slot] + (before[slot] if before else 0)
        return weigh(terms, self.articles[epoch, lang] + self.articles.get((epoch - 1, lang), 0), found)

    def forget(self, before: Millis) -> None:
        """Drop the epochs that ended before this time."""
        for key in [k for k in self.counters if k[0] < before // at.EPOCH - 1]:
            del self.counters[key], self.articles[key]


@dataclass(slots=True)
class Postings:
    """The newest `POSTINGS` articles of each term."""

    lists: dict[int, list[tuple[Key, Millis]]] = field(default_factory=dict)

    def add(self, terms: Iterable[int], key: Key, when: Millis) -> None:
        """`terms` lead to the article `key`."""
        for term in terms:
            posted = self.lists.setdefault(term, [])
            posted.append((key, when))
            del posted[: -at.POSTINGS]

    def remove(self, terms: Iterable[int], key: Key) -> None:
        """`terms` no longer lead there."""
        for term in terms:
            kept = [p for p in self.lists.get(term, ()) if p[0] != key]
            if kept:
                self.lists[term] = kept
            else:
                self.lists.pop(term, None)

    def candidates(self, terms: Iterable[tuple[int, int]], when: Millis, window: Millis) -> list[Key]:
        """The articles within `window` that share most of `terms` (with their weights), best first."""
        shared: dict[Key, int] = {}
        second = when // SECOND
        for term, weight in terms:
            adds = weight * weight
            for key, posted in self.lists.get(term, ()):
                if abs(second - posted // SECOND) * SECOND <= window:
                    shared[key] = shared.get(key, 0) + adds
        return sorted(shared, key=lambda k: (-shared[k], k))[: at.CANDIDATES]
