"""identify: which companies an article names."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from streams.ports import Directory
from streams.records import Article, Outcome, evolve


@dataclass(frozen=True, slots=True)
class Identify:
    """Fills `companies` from the directory."""

    directory: Directory
    name: str = "identify"

    async def __call__(self, articles: Sequence[Article]) -> Sequence[Outcome]:
        """Every article goes on, with the companies it names."""
        # off the event loop, so that heartbeats and timers go on while a batch is read
        found = await asyncio.to_thread(self.directory.identify, articles)
        return [evolve(a, companies=c) for a, c in zip(articles, found, strict=True)]
