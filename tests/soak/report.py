"""What a run found, as a table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Report:
    """What a run found: lines to print, and what must hold."""

    title: str
    rows: list[tuple[str, Any]] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def row(self, name: str, value: object, *, holds: bool = True) -> None:
        """A line; one that does not hold is printed as such."""
        self.rows.append((name, value if holds else f"{value}   <- does not hold"))
        if not holds:
            self.broken.append(f"{name}: {value}")

    def __str__(self) -> str:
        wide = max(len(name) for name, _ in self.rows)
        return "\n".join([self.title, *(f"  {name:<{wide}}  {value}" for name, value in self.rows)])
