"""Watches: the users' rules, and the desk that holds them. How they are read: `file.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Final, Protocol

from streams.basics.text import hash_of
from streams.basics.times import HOUR
from streams.records import Millis, Relevance
from streams.watches.quiet import Quiet

NAMED: Final = 6
"""How many names stand on one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Which companies and/or categories, how sure, to which channel. Both given means both must hold."""

    name: str
    channel: str
    companies: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    min_probability: float | None = None  # None: the model's own alert threshold per category
    min_confidence: float = 0.7
    min_salience: int = 30
    max_age: Millis = 6 * HOUR
    urgent: bool = False
    echoes: bool = True  # keep "also reported by" up to date on the first message
    quiet: Quiet | None = None  # hours in which alerts are held, to be told together at the opening
    asked: tuple[str, ...] = ()  # the companies as the user wrote them

    def bar(self, relevance: Relevance) -> float:
        """The probability this watch asks for in news."""
        return relevance.bar if self.min_probability is None else self.min_probability

    def floor(self, relevance: Relevance) -> float:
        """The probability it asks for in what goes on with a story that it was told."""
        return relevance.threshold if self.min_probability is None else self.min_probability

    def describe(self, called: Callable[[str], str] = str) -> str:
        """In words, for the alert's "why" line; `called` spells each company that is asked for."""
        more = " ..." if len(self.asked) > NAMED else ""
        parts = [", ".join(map(called, self.asked[:NAMED])) + more] if self.asked else []
        if self.categories:
            parts.append(" or ".join(sorted(self.categories)).replace("_", " "))
        return f"watch {self.name}: " + " with ".join(parts)


@dataclass(frozen=True)
class Desk:
    """All watches of one desk, and what follows from them."""

    watches: tuple[Watch, ...] = ()
    by_name: Mapping[str, Watch] = field(init=False)
    mutes: Mapping[tuple[str, str], Millis] = field(default_factory=dict, kw_only=True)  # channel, company -> until
    faults: Mapping[tuple[str, str], str] = field(default_factory=dict, kw_only=True)  # channel, watch -> what it lacks
    ended: frozenset[str] = field(default=frozenset(), kw_only=True)  # watches that people made, and ended since

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {w.name: w for w in self.watches})

    def at(self, when: Millis) -> Desk:  # noqa: ARG002 - this one never changes
        """See `Desks.at`."""
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """See `Desks.names`."""
        return tuple(self.by_name)

    @cached_property
    def version(self) -> str:
        """Changes whenever a watch does."""
        said = "\n".join(repr(_plain(w)) for w in self.watches)
        return hash_of(said, size=6)

    @cached_property
    def watched_companies(self) -> frozenset[str]:
        """Every company some watch asks for."""
        return frozenset().union(*(w.companies for w in self.watches)) if self.watches else frozenset()

    def lowest_bar(self, relevance: Relevance) -> float:
        """The lowest probability at which any watch could want this category (2 when none asks for it)."""
        lowest, default = self._bars.get(relevance.category, (2.0, False))
        return min(lowest, relevance.threshold) if default else lowest

    @cached_property
    def _bars(self) -> Mapping[str, tuple[float, bool]]:
        """Per category: the lowest bar that a watch sets itself, and whether one goes by the model's."""
        bars: dict[str, tuple[float, bool]] = {}
        for watch in self.watches:
            for category in watch.categories:
                lowest, default = bars.get(category, (2.0, False))
                own = watch.min_probability
                bars[category] = (lowest, True) if own is None else (min(lowest, own), default)
        return bars


class Desks(Protocol):
    """A desk that people may change while it runs; a `Desk` is one that never does."""

    def at(self, when: Millis) -> Desk:
        """The desk as it stood for an article seen at this time; the same whenever it is asked."""
        ...

    @property
    def names(self) -> tuple[str, ...]:
        """Every watch that ever stood on it."""
        ...

    @property
    def version(self) -> str:
        """Changes whenever the watch file does."""
        ...


def _plain(watch: Watch) -> list[object]:
    """A watch's fields in an order of their own: sets print as they like."""
    values = [getattr(watch, f.name) for f in fields(watch)]
    return [sorted(v) if isinstance(v, frozenset) else v for v in values]
