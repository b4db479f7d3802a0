"""Labels from outside are bounded; a source's silence is measured by its own habits."""

from __future__ import annotations

from dataclasses import dataclass, field

from streams.basics.times import DAY, SECOND
from streams.metrics.names import OTHER, SOURCES

_CHARS = 60
_HALVED = 14 * DAY / SECOND
"""In so many seconds the longest silence counts for half: however much a source says by day, it has its weekends."""


@dataclass(slots=True)
class Bounded:
    """The first `most` names as they are, `other` for the rest."""

    most: int = SOURCES
    known: dict[str, str] = field(default_factory=dict)

    def __call__(self, name: str) -> str:
        """The label of a name."""
        label = self.known.get(name)
        if label is None:
            if len(self.known) >= self.most:
                return OTHER
            label = self.known[name] = "".join(c for c in name if c.isprintable())[:_CHARS] or "unknown"
        return label


@dataclass(slots=True)
class Silence:
    """When each source was last seen, and how long it is silent at most, of late. Seconds."""

    last: dict[str, float] = field(default_factory=dict)
    usual: dict[str, float] = field(default_factory=dict)

    def seen(self, source: str, at: float) -> None:
        """An article of this source arrived."""
        before = self.last.get(source)
        if before is not None:
            gap = max(0.0, at - before)  # one that comes late turns no clock back
            self.usual[source] = max(gap, self.usual.get(source, 0.0) * 0.5 ** (gap / _HALVED))
        self.last[source] = max(at, before or 0.0)
