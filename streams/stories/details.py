"""Which one a headline tells of: whose, where, in which year, of which product. Another one is another event."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final

from streams.records import Fact
from streams.stories.goods import goods
from streams.stories.governments import governments
from streams.stories.places import CAPITAL, NAMED, places

_YEAR: Final = re.compile(r"20[2-4]\d(?<!\w.{4})(?![\w%])")
_IN_YEAR: Final = re.compile(
    r" (?:in|by|from|until|till?|before|early|late|end|bis|ab|im|jahr|ende|anfang|mitte|erst) $", re.IGNORECASE
)
_PUT_OFF: Final = re.compile(
    r"\b(?:push|delay|postpon|defer|verschieb|vertag|verleg|verzöger)\w* [^.;:!?]{1,80}? (?:to|until|auf|bis) $",
    re.IGNORECASE,
)
_PRODUCT: Final = re.compile(r"(?!(?:Q[1-4]|H[12]|FY\d\d|G(?:7|8|20)|CO2|COP\d\d)$)[A-Z]{1,4}[-:]?\d{1,4}[A-Za-z]?")


def details(title: str, lead: str, lang: str) -> Iterator[Fact]:
    """Who acts, places, years, wares and products of the headline; then what else it and the lead only name."""
    lang = "de" if lang == "de" else "en"
    years = [*_planned(title)]
    yield from years
    yield from governments(title, lang)
    yield from places(title, lead, lang)
    yield from goods(title, lead, lang)
    yield from (fact for part in (title, lead) for fact in _named(part, {year.value for year in years}))


def _planned(title: str) -> Iterator[Fact]:
    """The years that something is for."""
    for year in _YEAR.finditer(title):
        if _IN_YEAR.search(before := title[: year.start()]) or _PUT_OFF.search(before):
            yield Fact(kind="year", value=year[0], text=year[0])


def _named(text: str, planned: Collection[str]) -> Iterator[Fact]:
    """Every other year, and every product."""
    for year in _YEAR.finditer(text):
        if year[0] not in planned:
            yield Fact(kind="year", unit=NAMED, value=year[0], text=year[0])
    for word in CAPITAL.finditer(text):
        spelled = word[0].rstrip(".:-")
        if any(map(str.isdigit, spelled)) and _PRODUCT.fullmatch(spelled):
            yield Fact(kind="product", value=spelled.replace("-", ""), text=spelled)
