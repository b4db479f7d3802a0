"""relate: which story an article belongs to, and what it adds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from streams.ports import StoryMemory, Told
from streams.records import Article, Fact, Outcome, evolve
from streams.stories.facts import extract


@dataclass(frozen=True, slots=True)
class Relate:
    """Fills `facts` and `story`."""

    stories: StoryMemory
    name: str = "relate"

    async def __call__(self, articles: Sequence[Article]) -> Sequence[Outcome]:
        """Every article goes on, with its facts and its place among the stories."""
        facts = [extract(a.title, a.text, a.lang) for a in articles]
        links = await self.stories.relate([_told(a, f) for a, f in zip(articles, facts, strict=True)])
        return [evolve(a, facts=f, story=s) for a, f, s in zip(articles, facts, links, strict=True)]


def _told(article: Article, facts: tuple[Fact, ...]) -> Told:
    return Told(
        article_id=article.key,
        title=article.title,
        text=article.text,
        url=article.url,
        lang=article.lang,
        source=article.source,
        event_time=article.event_time,
        partition=article.origin.partition,
        companies=tuple(c.id for c in article.companies or ()),
        categories=tuple(r.category for r in article.relevances or () if r.relevant),
        facts=facts,
    )
