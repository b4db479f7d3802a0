"""Silent parts for a replay: other watches, another model, what people did to the desk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from streams.desk.feedback import Feedback
from streams.flow import Parts
from streams.knowledge import Knowledge
from streams.ports import Clocked, RelevanceModel
from streams.records import Article, Relevance
from streams.replay.scenarios import Said
from streams.silent import silent
from streams.watches.watch import Desk


def parts(known: Knowledge, watches: Path, clock: Clocked, changes: Sequence[Feedback] = ()) -> Parts:
    """Parts with a new memory; `changes` is what people did to the desk. Raises `BadWatches`."""
    made = silent(known, known.changing(_desk(known, watches), changes), clock)
    return replace(made, model=Wordless(known.model))


def parts_for(known: Knowledge, watches: Path, clock: Clocked, said: Sequence[Said]) -> Parts:
    """The same for a scenario. Raises `Unclear`, too, for a command that the desk does not understand."""
    read = known.reader()
    orders = [(number, one, read.read(one.words, one.channel, one.at)) for number, one in enumerate(said)]
    changes = [
        Feedback(
            id=str(number), act=order.act, user="scenario", channel=one.channel, at=one.at, said=one.words,
            companies=order.companies, until=order.until, watch=order.watch, table=order.table,
        )
        for number, one, order in orders
    ]  # fmt: skip
    return parts(known, watches, clock, changes)


@dataclass(frozen=True, slots=True)
class Wordless:
    """The same judgements, and no words for them: a replay tells nobody, so nobody reads them."""

    model: RelevanceModel

    @property
    def version(self) -> str:
        """See `RelevanceModel.version`."""
        return self.model.version

    @property
    def categories(self) -> tuple[str, ...]:
        """See `RelevanceModel.categories`."""
        return self.model.categories

    def classify(self, articles: Sequence[Article]) -> list[tuple[Relevance, ...]]:
        """See `RelevanceModel.classify`."""
        return self.model.classify(articles)

    def explain(self, articles: Sequence[Article]) -> list[tuple[Relevance, ...]]:
        """The relevances as they are."""
        return [a.relevances or () for a in articles]


@cache
def _desk(known: Knowledge, watches: Path) -> Desk:
    return known.desk(watches)
