"""Sums in crowns that do not say whose: a country that is named says it, else the company's home."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from streams.records import Article, Fact
from streams.stories.details import details
from streams.stories.places import national
from streams.stories.units import CROWNS_AT, CROWNS_OF

_UNKNOWN: Final = "crown"  # the unit of a sum in crowns, nobody knows whose
_SUM_DIGITS: Final = 5


def of_country(fact: Fact, title: str, lead: str, lang: str) -> Fact | None:
    """A sum in crowns as one in those of the only such country that is named; else it counts, but is of no known worth.

    None: "three crown jewels" are no sum.
    """
    if len(fact.value) < _SUM_DIGITS:
        return None
    words = {w.rstrip(".,:;").removesuffix("'s").removesuffix("’s") for w in f"{title} {lead}".casefold().split()}
    named = {national(lang).get(word, "") for word in words}
    named |= {f.value.partition("-")[0] for f in details(title, lead, lang) if f.kind == "place"}
    if len(of := named & CROWNS_OF.keys()) == 1:
        return replace(fact, unit=CROWNS_OF[of.pop()])
    return replace(fact, kind="count", unit=_UNKNOWN)


def of_home(article: Article, facts: Iterable[Fact]) -> Iterator[Fact]:
    """The facts; a sum in crowns of no country is one of those where its companies are listed, if only one has such."""
    listed = {CROWNS_AT.get(t.rpartition(".")[2], "") for c in article.companies or () for t in c.tickers if "." in t}
    known = listed - {""}
    for fact in facts:
        theirs = len(known) == 1 and fact.kind == "count" and fact.unit == _UNKNOWN
        yield replace(fact, kind="amount", unit=next(iter(known))) if theirs else fact
