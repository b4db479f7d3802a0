"""classify: how relevant an article is, per category."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
        judged = await aside(self.model.classify, articles)
        return [evolve(a, relevances=r) for a, r in zip(articles, judged, strict=True)]
