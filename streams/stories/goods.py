"""Which ware a headline tells of: an export ban on tungsten is not the one on antimony."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from streams.records import Fact
from streams.stories.places import NAMED, listed
from streams.stories.steps import moved

_WORD: Final = re.compile(r"(?<![\w-])[^\W\d_]\w{2,}")
_STEM: Final = 3


class _Goods(NamedTuple):
    codes: Mapping[str, str]
    stems: frozenset[str]  # how names begin, in lower case
    any: re.Pattern[str]


def goods(title: str, lead: str, lang: str) -> Iterator[Fact]:
    """The wares of the headline; where it has some, then what else the lead names, and what they are a kind of.

    A headline that tells which way a price went tells of no ware: it names one.
    """
    titled = dict(_found(title, lang))
    if not titled:
        return  # what the lead names only keeps other wares from being news
    told = {} if moved(title) else titled
    yield from (Fact(kind="ware", value=code, text=text) for code, text in told.items())
    for code, text in (*titled.items(), *_found(lead, lang)):
        for named in (code, code.partition("-")[0]):
            if named not in told:
                yield Fact(kind="ware", unit=NAMED, value=named, text=text)


def _found(text: str, lang: str) -> Iterator[tuple[str, str]]:
    known = _goods(lang)
    for word in _WORD.finditer(text):
        if word[0][:_STEM].lower() in known.stems and (found := known.any.match(text, word.start())):
            yield known.codes[found[1] if lang == "de" else found[1].lower()], found[0]


@cache
def _goods(lang: str) -> _Goods:
    table = tomllib.loads(Path(__file__).with_name("goods.toml").read_text(encoding="utf-8"))["goods"]
    codes = listed(table, lang)
    names = "|".join(map(re.escape, sorted(codes, key=len, reverse=True)))
    stems = frozenset(name[:_STEM].lower() for name in codes)
    if lang == "de":  # a noun goes on: "Graphitexporte", "Weizen-Lieferungen"; not in "Titanic" or "Reise"
        goes_on = (
            r"(?:(?:s|-)?-?(?:[Aa]usfuhr|[Ee]xport|[Ll]ieferung|[Mm]ine|[Ww]erk|[Ff]abrik|[Hh]ütte|[Vv]erbot)\w*)?"
        )
        return _Goods(codes, stems, re.compile(rf"({names}){goes_on}(?![\w-])"))
    return _Goods(codes, stems, re.compile(rf"({names})(?![\w-])", re.IGNORECASE))
