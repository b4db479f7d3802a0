"""Where something happens, or where it goes: the countries that a headline or a lead names behind "in" or "to"."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from streams.records import Fact

_BEFORE: Final = {"en": " (?:in|to|into|for|across) (?:the )?", "de": " (?:in|nach|für) (?:(?:die|der|den) )?"}
"""A blank first: it is quickly found."""


class _Names(NamedTuple):
    pattern: re.Pattern[str]
    codes: Mapping[str, str]


def places(text: str, lang: str) -> Iterator[Fact]:
    """The countries, in the order of the text. "Germany approves" says who acts, "in Germany" where."""
    names = _names("de" if lang == "de" else "en")
    for found in names.pattern.finditer(text):
        yield Fact(kind="place", value=names.codes[found[1]], text=found[0].lstrip())


@cache
def _names(lang: str) -> _Names:
    table = tomllib.loads(Path(__file__).with_name("places.toml").read_text(encoding="utf-8"))["countries"]
    codes = {
        name.strip(): code
        for code, line in table.items()
        for name in line.split("|")[lang == "de"].split(",")
    }  # fmt: skip
    longest_first = "|".join(map(re.escape, sorted(codes, key=len, reverse=True)))
    return _Names(re.compile(rf"{_BEFORE[lang]}({longest_first})(?![\w-])"), codes)
