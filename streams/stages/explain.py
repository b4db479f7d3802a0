"""explain: which words carried the relevance of what is told; what nobody reads is not worth the asking."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from streams.ports import RelevanceModel
from streams.records import Alert, Article, Outcome, Relevance, evolve


@dataclass(frozen=True, slots=True)
class Explain:
    """Fills the `terms` of the alerts' relevances."""

    model: RelevanceModel
    name: str = "explain"

    async def __call__(self, articles: Sequence[Article]) -> Sequence[Outcome]:
        """Every article goes on; one in many has an alert."""
        telling = [a for a in articles if a.alerts]
        if not telling:
            return articles
        found = await asyncio.to_thread(self.model.explain, telling)
        words = {a.key: {r.category: r for r in relevances} for a, relevances in zip(telling, found, strict=True)}
        return [_explained(a, words[a.key]) if a.alerts else a for a in articles]


def _explained(article: Article, found: dict[str, Relevance]) -> Article:
    return evolve(article, alerts=tuple(_with_words(alert, found) for alert in article.alerts))


def _with_words(alert: Alert, found: dict[str, Relevance]) -> Alert:
    return replace(alert, relevances=tuple(found[r.category] for r in alert.relevances))
