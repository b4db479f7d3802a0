"""Which one a headline tells of: whose, where, in which year, of which product. Another one is another event."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Final

from streams.records import Fact
from streams.stories.goods import goods
from streams.stories.governments import governments
from streams.stories.places import CAPITAL, NAMED, openings, places
from streams.stories.units import DOLLARS

_YEAR: Final = re.compile(r"20[2-4]\d(?<!\w.{4})(?![\w%])")
_IN_YEAR: Final = re.compile(
    r" (?:in|by|from|until|till?|before|early|late|end|bis|ab|im|jahr|ende|anfang|mitte|erst) $", re.IGNORECASE
)
_PUT_OFF: Final = re.compile(
    r"\b(?:push|delay|postpon|defer|verschieb|vertag|verleg|verzöger)\w* [^.;:!?]{1,80}? (?:to|until|auf|bis) $",
    re.IGNORECASE,
)
_WORDS: Final = re.compile(r"(?<![\w-])[^\W\d_]+(?![\w-]*\d)")  # no names with figures: H20
_OPENS: Final = re.compile(r"(?<![\w-])[^\W\d_]{2,3}(?= ([^\W\d_]{2,}))")
_PRODUCT: Final = re.compile(r"(?!(?:Q[1-4]|H[12]|FY\d\d|G(?:7|8|20)|CO2|COP\d\d)$)[A-Z]{1,4}[-:]?\d{1,4}[A-Za-z]?")

_SUM: Final = re.compile(rf"(?:EU|{'|'.join(DOLLARS)})\d")  # "EUR900M", as terminals write it
_LITTLE_WORDS: Final = (
    "a an and as at by for from in into near of off on or over the to under with"
    " als am an auf aus bei bis das dem den der des die durch für gegen im in mit nach nahe oder über um und von vor zu"
    " zum zur"
)
_LITTLE: Final = frozenset(_LITTLE_WORDS.split())
_SHORT: Final = 3  # letters of a word that may be a name in capitals: US, UAE
_SHOUTED: Final = 4  # letters at least in a headline in capitals


def details(title: str, lead: str, lang: str) -> Iterator[Fact]:
    """Who acts, places, years, wares and products of the headline; then what else it and the lead only name.

    An agency's flash has its headline in capitals: its names are looked for as they are written elsewhere.
    """
    read_as = "de" if lang == "de" else "en"
    spoken = _spoken(title, read_as)
    for fact in _details(spoken, lead, read_as):
        yield fact if spoken == title or fact.text in lead else replace(fact, text=fact.text.upper())


def _spoken(title: str, lang: str) -> str:
    """A headline that is all in capitals as others write it; any other as it is."""
    if not title.isupper() or sum(map(str.isalpha, title)) < _SHOUTED:
        return title
    quiet = _WORDS.sub(lambda word: _quiet(word[0]), title)
    return _OPENS.sub(lambda word: _opening(word[0], word[1], lang), quiet)


def _opening(word: str, following: str, lang: str) -> str:
    """A short word as it begins a name: "NEW York" is no York."""
    return word.capitalize() if f"{word.capitalize()} {following}" in openings(lang) else word


def _quiet(word: str) -> str:
    if word.lower() in _LITTLE:
        return word.lower()
    return word if len(word) <= _SHORT else word.capitalize()


def _details(title: str, lead: str, lang: str) -> Iterator[Fact]:
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
        if any(map(str.isdigit, spelled)) and _PRODUCT.fullmatch(spelled) and not _SUM.match(spelled):
            yield Fact(kind="product", value=spelled.replace("-", ""), text=spelled)
