"""Which one a headline tells of: where, in which year, of which product. Another one is another event."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from streams.records import Fact

NAMED: Final = "named"
"""The unit of a place or year that is only named: it can be no news itself, but whoever was told it knows it."""

_NEAR: Final = {
    "en": re.compile(r" (to|into|for|in|near|at) (?:the )?(?=[A-Z])"),
    "de": re.compile(r" (nach|für|an|in die|in|bei|nahe) (?:(?:der|den|die) )?(?=[A-ZÄÖÜ])"),
}
_AT: Final = ("in", "near", "at", "bei", "nahe")
# "In" says where only of what stands somewhere: shares fall in Japan, and courts charge in America.
_STANDS: Final = {
    "en": re.compile(
        r"(?:plants?|factor(?:y|ies)|fabs?|sites?|campus|hubs?|mines?|facilit(?:y|ies)|parks?|refiner(?:y|ies)|terminals?"
        r"|lines?|projects?|warehouses?|cent(?:er|re)s?|complex|smelters?|invests?|builds?|[bm]n|[bmtr]illion|\d\w*)$",
        re.IGNORECASE,
    ),
    "de": re.compile(
        r"(?:werke?|fabrik(?:en)?|zentr(?:um|en)|campus|standorte?|anlagen?|mine|raffinerie|terminals?|park|lager|projekte?"
        r"|hütte|investiert|baut|millionen|milliarden?|mio\.?|mrd\.?|euro|dollar|yuan)$",
        re.IGNORECASE,
    ),
}
# "For US customers" says of what kind.
_FUNCTION: Final = (
    "and or as at by in on after amid from with for to until before over while via despite under following again this"
    " next say says said worth would will could is are was"
)
_ENDS: Final = {
    "en": re.compile(rf"$|[.,;:!?)]|['’]s? |\s(?:{_FUNCTION.replace(' ', '|')})\b"),
    "de": re.compile(r"(?![\w-])"),
}
_CAPITAL: Final = re.compile(r"[A-ZÄÖÜ](?<!\w.)[\w.:-]+")  # what it begins with first: the search is quick then
_YEAR: Final = re.compile(r"20[2-4]\d(?<!\w.{4})(?![\w%])")
_IN_YEAR: Final = re.compile(
    r" (?:in|by|from|until|till?|before|early|late|end|bis|ab|im|jahr|ende|anfang|mitte|erst) $", re.IGNORECASE
)
_PRODUCT: Final = re.compile(r"(?!(?:Q[1-4]|H[12]|FY\d\d|G(?:7|8|20)|CO2|COP\d\d)$)[A-Z]{1,4}[-:]?\d{1,4}[A-Za-z]?")


class _Places(NamedTuple):
    codes: Mapping[str, str]
    cities: frozenset[str]  # codes
    firsts: Mapping[str, tuple[str, ...]]  # first word of a name, also in the genitive -> names, longest first

    def at(self, text: str, start: int) -> str:
        """The longest name that begins there; "" when none does."""
        word = _CAPITAL.match(text, start)
        names = self.firsts.get(word[0].rstrip(".:-"), ()) if word else ()
        return next((name for name in names if text.startswith(name, start)), "")


def details(title: str, lead: str, lang: str) -> Iterator[Fact]:
    """Places, years and products of the headline; then what else it and the first words of the text only name."""
    lang = "de" if lang == "de" else "en"
    told = [*_going(title, lang), *_planned(title)]
    yield from told
    said = {(fact.kind, fact.value) for fact in told}
    yield from (fact for part in (title, lead) for fact in _named(part, lang) if (fact.kind, fact.value) not in said)


def _planned(title: str) -> Iterator[Fact]:
    """The years that something is for."""
    for year in _YEAR.finditer(title):
        if _IN_YEAR.search(title[: year.start()]):
            yield Fact(kind="year", value=year[0], text=year[0])


def _going(title: str, lang: str) -> Iterator[Fact]:
    """Whereto something goes, and where something stands: cities only stand."""
    known = _places(lang)
    for near in _NEAR[lang].finditer(title):
        name = known.at(title, near.end())
        if not name or not _ENDS[lang].match(title, near.end() + len(name)):
            continue
        code = known.codes[name]
        stands = near[1] in _AT and _STANDS[lang].search(title[: near.start()])
        if stands or (near[1] not in _AT and code not in known.cities):
            yield Fact(kind="place", value=code, text=title[near.start() + 1 : near.end()] + name)


def _named(text: str, lang: str) -> Iterator[Fact]:
    """Every year, product and place, and the region and country of a place."""
    for year in _YEAR.finditer(text):
        yield Fact(kind="year", unit=NAMED, value=year[0], text=year[0])
    known = _places(lang)
    for word in _CAPITAL.finditer(text):
        spelled = word[0].rstrip(".:-")
        if spelled in known.firsts:
            if name := known.at(text, word.start()):
                parts = known.codes[name].split("-")
                for upto in range(len(parts), 0, -1):
                    yield Fact(kind="place", unit=NAMED, value="-".join(parts[:upto]), text=name)
        elif any(map(str.isdigit, spelled)) and _PRODUCT.fullmatch(spelled):
            yield Fact(kind="product", value=spelled.replace("-", ""), text=spelled)


@cache
def _places(lang: str) -> _Places:
    here = Path(__file__)
    cities = dict(row.split("\t") for row in here.with_name("cities.tsv").read_text(encoding="utf-8").splitlines()[1:])
    codes = cities | _listed(here.with_name("places.toml"), lang)
    firsts: dict[str, tuple[str, ...]] = {}
    for name in sorted(codes, key=len, reverse=True):
        first = _CAPITAL.match(name)
        word = first[0].rstrip(".:-") if first else name
        for spelled in (word, word + "s") if word == name else (word,):  # "Deutschlands"
            firsts[spelled] = (*firsts.get(spelled, ()), name)
    return _Places(codes, frozenset(cities.values()), firsts)


def _listed(file: Path, lang: str) -> dict[str, str]:
    """Names of countries and regions, with their codes."""
    tables = tomllib.loads(file.read_text(encoding="utf-8"))
    listed = {**tables["countries"], **tables["regions"]}
    return {name.strip(): code for code, row in listed.items() for name in row.split("|")[lang == "de"].split(",")}
