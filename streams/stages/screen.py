"""screen: what no watch could ask for ends here, before the story memory, the dearest stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from streams.records import REVISING, Article, Ended, Outcome, Reason
from streams.watches.watch import Desks


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
        bars = [desk.lowest_bar(r) for r in relevances]
        if any(r.probability >= bar for r, bar in zip(relevances, bars, strict=True)):
            return article
        if not relevances:
            detail = f"language {article.lang!r}: the model reads others, and no watched company is named"
            return Ended(article=article, reason=Reason.UNSUPPORTED_LANGUAGE, detail=detail)
        named = f"names {companies[0].name}, which nobody watches" if companies else "names no company"
        asked = [(r, bar) for r, bar in zip(relevances, bars, strict=True) if bar <= 1.0]
        if not asked:
            return Ended(article=article, reason=Reason.NO_COMPANY, detail=f"{named}; every watch asks for companies")
        best, bar = max(asked, key=lambda pair: pair[0].probability / pair[0].threshold)
        detail = f"{best.category} {best.probability:.2f} < {bar:.2f}; {named}"
        return Ended(article=article, reason=Reason.BELOW_THRESHOLD, detail=detail)
