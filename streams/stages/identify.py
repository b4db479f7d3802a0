"""identify: which companies an article names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from streams.ports import Directory
from streams.records import Article, Outcome, evolve
from streams.stages.aside import aside


@dataclass(frozen=True, slots=True)
class Identify:
    """Fills `companies` from the directory."""

    directory: Directory
    name: str = "identify"

    async def __call__(self, articles: Sequence[Article]) -> Sequence[Outcome]:
        """Every article goes on, with the companies it names."""
        found = await aside(self.directory.identify, articles)
        return [evolve(a, companies=c) for a, c in zip(articles, found, strict=True)]
