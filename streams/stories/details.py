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

_NEAR: Final = {"en": "to|into|for|in", "de": "nach|für|an|in"}
_ARTICLE: Final = {"en": "(?:the )?", "de": "(?:(die|der|den) )?"}
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
    "en": rf"(?=$|[.,;:!?)]|['’]s? |\s(?:{_FUNCTION.replace(' ', '|')})\b)",
    "de": r"(?![\w-])",
}
_CAPITAL: Final = re.compile(r"[A-ZÄÖÜ](?<!\w.)[\w.:-]+")  # what it begins with first: the search is quick then
_YEAR: Final = re.compile(r"20[2-4]\d(?<!\w.{4})(?![\w%])")
_IN_YEAR: Final = re.compile(
    r" (?:in|by|from|until|till?|before|early|late|end|bis|ab|im|jahr|ende|anfang|mitte|erst) $", re.IGNORECASE
)
_PRODUCT: Final = re.compile(r"(?!(?:Q[1-4]|H[12]|FY\d\d|G(?:7|8|20)|CO2|COP\d\d)$)[A-Z]{1,4}[-:]?\d{1,4}[A-Za-z]?")


class _Places(NamedTuple):
    going: re.Pattern[str]
    codes: Mapping[str, str]
    firsts: Mapping[str, tuple[str, ...]]  # first word of a name -> names, longest first


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
    """Whereto something goes, and where something stands."""
    known = _places(lang)
    for found in known.going.finditer(title):
        inside = found["near"] == "in" and not (lang == "de" and found[2] == "die")
        if not inside or _STANDS[lang].search(title[: found.start()]):
            yield Fact(kind="place", value=known.codes[found["place"]], text=found[0].lstrip())


def _named(text: str, lang: str) -> Iterator[Fact]:
    """Every product and place, and the country of a region."""
    known = _places(lang)
    for word in _CAPITAL.finditer(text):
        spelled = word[0].rstrip(".:-")
        names = known.firsts.get(spelled, ())
        if not names and any(map(str.isdigit, spelled)) and _PRODUCT.fullmatch(spelled):
            yield Fact(kind="product", value=spelled.replace("-", ""), text=spelled)
        elif name := next((n for n in names if text.startswith(n, word.start())), ""):
            code = known.codes[name]
            for place in dict.fromkeys((code, code[:2])):
                yield Fact(kind="place", unit=NAMED, value=place, text=name)


@cache
def _places(lang: str) -> _Places:
    table = tomllib.loads(Path(__file__).with_name("places.toml").read_text(encoding="utf-8"))
    listed = {**table["countries"], **table["regions"]}
    codes = {name.strip(): code for code, line in listed.items() for name in line.split("|")[lang == "de"].split(",")}
    names = sorted(codes, key=len, reverse=True)
    firsts: dict[str, tuple[str, ...]] = {}
    for name in names:
        first = _CAPITAL.match(name)
        word = first[0].rstrip(".") if first else name
        for spelled in (word, word + "s"):  # a genitive: "Deutschlands"
            firsts[spelled] = (*firsts.get(spelled, ()), name)
    going = re.compile(
        rf" (?P<near>{_NEAR[lang]}) {_ARTICLE[lang]}(?P<place>{'|'.join(map(re.escape, names))}){_ENDS[lang]}"
    )
    return _Places(going, codes, firsts)
