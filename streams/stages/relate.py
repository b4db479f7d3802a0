"""relate: which story an article belongs to, and what it adds."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from streams.ports import StoryMemory
from streams.records import Article, Outcome, evolve
from streams.stories.tell import facts_of, telling_of


@dataclass(frozen=True, slots=True)
class Relate:
    """Fills `facts` and `story`."""

    stories: StoryMemory
    name: str = "relate"

    async def __call__(self, articles: Sequence[Article]) -> Sequence[Outcome]:
        """Every article goes on, with its facts and its place among the stories."""
        facts = []
        for article in articles:
            facts.append(facts_of(article))
            await asyncio.sleep(0)  # a batch of long texts takes a second: others have their turns in between
        links = await self.stories.relate([telling_of(a, f) for a, f in zip(articles, facts, strict=True)])
        return [evolve(a, facts=f, story=s) for a, f, s in zip(articles, facts, links, strict=True)]
