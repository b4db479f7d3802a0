"""Sums in crowns that do not say whose: those of the country where the company is listed that they are told of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from streams.records import Article, Fact
from streams.stories.facts import CROWN
from streams.stories.units import CROWNS_AT


def in_crowns(article: Article, facts: Iterable[Fact]) -> Iterator[Fact]:
    """The facts; a sum in crowns is one of a known worth where all companies that have crowns at home have the same."""
    listed = {CROWNS_AT.get(t.rpartition(".")[2], "") for c in article.companies or () for t in c.tickers if "." in t}
    known = listed - {""}
    for fact in facts:
        of_home = len(known) == 1 and fact.kind == "count" and fact.unit == CROWN
        yield replace(fact, kind="amount", unit=next(iter(known))) if of_home else fact
