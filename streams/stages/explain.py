"""explain: which words carried the relevance of what is told; what nobody reads is not worth the asking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from streams.ports import RelevanceModel
from streams.records import Article, Kind, Outcome, Relevance, evolve
from streams.stages.aside import aside


@dataclass(frozen=True, slots=True)
class Explain:
    """Fills the `terms` of the alerts' relevances; of an echo, a line in another message, only its source is read."""

    model: RelevanceModel
    name: str = "explain"

    async def __call__(self, articles: Sequence[Article]) -> Sequence[Outcome]:
        """Every article goes on; one in many has an alert."""
        telling = [a for a in articles if _tells(a)]
        if not telling:
            return articles
        found = iter(await aside(self.model.explain, telling))
        return [_explained(a, next(found)) if _tells(a) else a for a in articles]


def _tells(article: Article) -> bool:
    return any(alert.kind is not Kind.ECHO for alert in article.alerts)


def _explained(article: Article, relevances: Sequence[Relevance]) -> Article:
    words = {r.category: r for r in relevances}
    alerts = (replace(a, relevances=tuple(words[r.category] for r in a.relevances)) for a in article.alerts)
    return evolve(article, alerts=tuple(alerts))
