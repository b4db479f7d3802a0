"""classify: how relevant an article is, per category."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from streams.basics.furniture import is_round_up
from streams.ports import RelevanceModel
from streams.records import Article, Outcome, evolve
from streams.stages.aside import aside


@dataclass(frozen=True, slots=True)
class Classify:
    """Fills `relevances` from the model; `()` for a language the model cannot read."""

    model: RelevanceModel
    name: str = "classify"

    async def __call__(self, articles: Sequence[Article]) -> Sequence[Outcome]:
        """Every article goes on, with its probabilities."""
        judged = await aside(self.model.classify, [_read(a) for a in articles])
        return [evolve(a, relevances=r) for a, r in zip(articles, judged, strict=True)]


def _read(article: Article) -> Article:
    """What the model reads: of a round-up the headline alone, for each piece of its text is told for itself."""
    if not article.text or not is_round_up(article.title):
        return article
    end = len(article.title)
    named = (evolve(c, spans=tuple(s for s in c.spans if s[1] <= end)) for c in article.companies or ())
    return evolve(article, text="", companies=tuple(named))
