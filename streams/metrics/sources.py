"""Labels from outside are bounded; a source's silence is measured by its own habits."""

from __future__ import annotations

from dataclasses import dataclass, field

from streams.metrics.names import OTHER, SOURCES

_CHARS = 60
_FORGET = 0.995
"""Of the longest silence, so much is kept at each article: a night is forgotten in a few hundred."""


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
            self.usual[source] = max(at - before, self.usual.get(source, 0.0) * _FORGET)
        self.last[source] = max(at, before or 0.0)
