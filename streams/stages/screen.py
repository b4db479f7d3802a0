"""screen: what no watch could ask for ends here, before the story memory, the dearest stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from streams.records import REVISING, Article, Ended, Outcome, Reason, Relevance
from streams.stories.steps import may_deny
from streams.watches.watch import Desks


@dataclass(frozen=True, slots=True)
class Screen:
    """Lets through what names a watched company, is relevant for a watched category, denies something, or revises."""

    desk: Desks
    name: str = "screen"

    async def __call__(self, articles: Sequence[Article]) -> Sequence[Outcome]:
        """Each article goes on, or ends with the reason that holds for every watch."""
        return [self._screened(article) for article in articles]

    def _screened(self, article: Article) -> Outcome:
        if article.status in REVISING:
            return article
        desk = self.desk.at(article.seen)
        if any(c.id in desk.watched_companies for c in article.companies or ()):
            return article
        asked = [(r, bar) for r in article.relevances or () if (bar := desk.lowest_bar(r)) <= 1.0]
        if any(r.probability >= bar for r, bar in asked):
            return article
        if asked and may_deny(article.title, article.lang):  # what it denies may have been told; it says little of it
            return article
        return self._ended(article, asked)

    @staticmethod
    def _ended(article: Article, asked: Sequence[tuple[Relevance, float]]) -> Ended:
        if not article.relevances:
            detail = f"language {article.lang!r}: the model reads others, and no watched company is named"
            return Ended(article=article, reason=Reason.UNSUPPORTED_LANGUAGE, detail=detail)
        companies = article.companies
        named = f"names {companies[0].name}, which nobody watches" if companies else "names no company"
        if not asked:
            return Ended(article=article, reason=Reason.NO_COMPANY, detail=f"{named}; every watch asks for companies")
        best, bar = max(asked, key=lambda pair: pair[0].probability / pair[0].threshold)
        detail = f"{best.category} {best.probability:.2f} < {bar:.2f}; {named}"
        return Ended(article=article, reason=Reason.BELOW_THRESHOLD, detail=detail)
