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
"""The unit of a place or year that is only named: it can be no news, but is told, and is not missing."""

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
_REGION: Final = 2  # letters of its code; a city's is spelled out
_YEAR: Final = re.compile(r"20[2-4]\d(?<!\w.{4})(?![\w%])")
_IN_YEAR: Final = re.compile(
    r" (?:in|by|from|until|till?|before|early|late|end|bis|ab|im|jahr|ende|anfang|mitte|erst) $", re.IGNORECASE
)
_PRODUCT: Final = re.compile(r"(?!(?:Q[1-4]|H[12]|FY\d\d|G(?:7|8|20)|CO2|COP\d\d)$)[A-Z]{1,4}[-:]?\d{1,4}[A-Za-z]?")


class _Places(NamedTuple):
    codes: Mapping[str, str]
    firsts: Mapping[str, tuple[str, ...]]  # first word of a name, also in the genitive -> names, longest first

    def at(self, text: str, start: int) -> str:
        """The longest name that begins there; "" when none does."""
        word = _CAPITAL.match(text, start)
        names = self.firsts.get(word[0].rstrip(".:-"), ()) if word else ()
        return next((name for name in names if text.startswith(name, start)), "")


def details(title: str, lead: str, lang: str) -> Iterator[Fact]:
    """Places, years and products of the headline; then what the headline or the first words of the text only name."""
    lang = "de" if lang == "de" else "en"
    yield from _going(title, lang)
    for year in _YEAR.finditer(title):
        if _IN_YEAR.search(title[: year.start()]):
            yield Fact(kind="year", value=year[0], text=year[0])
    for part in (title, lead):
        yield from _named(part, lang)
        for year in _YEAR.finditer(part):
            yield Fact(kind="year", unit=NAMED, value=year[0], text=year[0])


def _going(title: str, lang: str) -> Iterator[Fact]:
    """Whereto something goes, and where something stands: cities only stand."""
    known = _places(lang)
    for near in _NEAR[lang].finditer(title):
        name = known.at(title, near.end())
        if not name or not _ENDS[lang].match(title, near.end() + len(name)):
            continue
        code = known.codes[name]
        stands = near[1] in _AT and _STANDS[lang].search(title[: near.start()])
        if stands or (near[1] not in _AT and not _is_city(code)):
            yield Fact(kind="place", value=code, text=title[near.start() + 1 : near.end()] + name)


def _is_city(code: str) -> bool:
    return len(code.rpartition("-")[2]) > _REGION


def _named(text: str, lang: str) -> Iterator[Fact]:
    """Every product and place, and the region and country of a place."""
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
    codes = _codes(lang)
    firsts: dict[str, tuple[str, ...]] = {}
    for name in sorted(codes, key=len, reverse=True):
        first = _CAPITAL.match(name)
        word = first[0].rstrip(".:-") if first else name
        for spelled in (word, word + "s") if word == name else (word,):  # "Deutschlands"
            firsts[spelled] = (*firsts.get(spelled, ()), name)
    return _Places(codes, firsts)


def _codes(lang: str) -> dict[str, str]:
    here = Path(__file__)
    table = tomllib.loads(here.with_name("places.toml").read_text(encoding="utf-8"))
    listed = {**table["countries"], **table["regions"]}
    cities = here.with_name("cities.tsv").read_text(encoding="utf-8").splitlines()[1:]
    codes = dict(line.split("\t") for line in cities)
    for code, line in listed.items():
        codes |= dict.fromkeys((name.strip() for name in line.split("|")[lang == "de"].split(",")), code)
    return codes
