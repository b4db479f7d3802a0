"""screen: what no watch could ask for ends here, before the story memory, the dearest stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from streams.records import REVISING, Article, Ended, Outcome, Reason
from streams.watches import Desks


@dataclass(frozen=True, slots=True)
class Screen:
    """Lets through what is relevant for a watched category, names a watched company, or revises what was sent."""

    desk: Desks
    name: str = "screen"

    async def __call__(self, articles: Sequence[Article]) -> Sequence[Outcome]:
        """Each article goes on, or ends with the reason that holds for every watch."""
        return [self._screened(article) for article in articles]

    def _screened(self, article: Article) -> Outcome:
        relevances, companies = article.relevances or (), article.companies or ()
        if article.status in REVISING:
            return article
        desk = self.desk.at(article.seen)
        if any(c.id in desk.watched_companies for c in companies):
            return article
        if any(r.probability >= desk.lowest_bar(r) for r in relevances):
            return article
        if not relevances:
            detail = f"language {article.lang!r}: the model reads others, and no watched company is named"
            return Ended(article=article, reason=Reason.UNSUPPORTED_LANGUAGE, detail=detail)
        named = f"names {companies[0].name}, which nobody watches" if companies else "names no company"
        asked = [r for r in relevances if desk.lowest_bar(r) <= 1.0]
        if not asked:
            return Ended(article=article, reason=Reason.NO_COMPANY, detail=f"{named}; every watch asks for companies")
        best = max(asked, key=lambda r: r.probability / r.threshold)
        detail = f"{best.category} {best.probability:.2f} < {desk.lowest_bar(best):.2f}; {named}"
        return Ended(article=article, reason=Reason.BELOW_THRESHOLD, detail=detail)
