"""explain: words for what is told, none for what nobody reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from streams.records import Alert, Article, Kind, Relevance, evolve
from streams.stages.explain import Explain
from tests.build import alert, arrival

CAPEX = Relevance(category="capex", probability=0.9, threshold=0.5)


@dataclass
class Asked:
    """A model that finds one word in everything, and keeps what it was asked."""

    articles: list[Article] = field(default_factory=list)

    def explain(self, articles: Sequence[Article]) -> list[tuple[Relevance, ...]]:
        """See `RelevanceModel.explain`."""
        self.articles += articles
        return [tuple(evolve(r, terms=("invest",)) for r in a.relevances or ()) for a in articles]


def judged(name: str, *kinds: Kind) -> Article:
    """An article with an alert of each kind."""
    alerts: tuple[Alert, ...] = tuple(alert(n, kind=kind, relevances=(CAPEX,)) for n, kind in enumerate(kinds))
    return evolve(arrival(b""), id=name, relevances=(CAPEX,), alerts=alerts)


async def test_only_what_is_told_is_explained() -> None:
    """An echo stands as its outlet's name in another message; with it, what the article tells elsewhere counts."""
    model: Any = Asked()
    some = [judged("silent"), judged("news", Kind.NEW), judged("echo", Kind.ECHO), judged("both", Kind.ECHO, Kind.NEW)]
    out = await Explain(model)(some)
    assert [a.id for a in model.articles] == ["news", "both"]
    terms = [[r.terms for al in a.alerts for r in al.relevances] for a in out if isinstance(a, Article)]
    assert terms == [[], [("invest",)], [()], [("invest",), ("invest",)]]
