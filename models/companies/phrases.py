"""What stands beside a company's name (phrases.toml), compiled once a process when it is first asked for."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

_FILE: Final = Path(__file__).with_name("phrases.toml")
_LANGS: Final = ("en", "de")


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """The patterns by the names they have in the file, where each is explained."""

    compared: re.Pattern[str]
    comes_from: re.Pattern[str]
    apart: re.Pattern[str]
    owns: re.Pattern[str]
    product: re.Pattern[str]
    listed: re.Pattern[str]
    beaten: re.Pattern[str]
    rival_of: re.Pattern[str]
    market: re.Pattern[str]
    report: re.Pattern[str]
    rates: re.Pattern[str]
    house_rates: re.Pattern[str]
    rating: re.Pattern[str]
    research: re.Pattern[str]
    says: re.Pattern[str]
    reports: re.Pattern[str]
    said: re.Pattern[str]
    told: re.Pattern[str]
    markets: re.Pattern[str]
    serves: re.Pattern[str]
    clause: re.Pattern[str]
    serves_in_clause: re.Pattern[str]
    finances: re.Pattern[str]
    served: re.Pattern[str]
    engaged: re.Pattern[str]
    outlet: re.Pattern[str]
    does: re.Pattern[str]
    kind: re.Pattern[str]
    kind_phrase: re.Pattern[str]
    employer: re.Pattern[str]
    desk: re.Pattern[str]
    content: re.Pattern[str]
    owned: re.Pattern[str]
    place: re.Pattern[str]
    plural: re.Pattern[str]
    office: re.Pattern[str]
    firm: re.Pattern[str]
    young: re.Pattern[str]
    left: re.Pattern[str]
    leavers: re.Pattern[str]
    round: re.Pattern[str]
    millions: re.Pattern[str]
    trade: re.Pattern[str]
    concern: re.Pattern[str]
    of: re.Pattern[str]
    score: re.Pattern[str]


@cache
def phrases() -> Phrases:
    """The shipped patterns. Raises when the file lacks one or has one too many: then the installation is broken."""
    tables = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    parts = tables.pop("parts")
    return Phrases(**{name: _compiled(table, parts) for name, table in tables.items()})


def _compiled(table: Mapping[str, Any], parts: Mapping[str, list[str]]) -> re.Pattern[str]:
    own = {name: words for name, words in table.items() if name not in ("pattern", *_LANGS)}
    text = table["pattern"].replace("<words>", _any([word for lang in _LANGS for word in table.get(lang, ())]))
    for name, words in {**own, **parts}.items():
        text = text.replace(f"<{name}>", _any(words))
    return re.compile(text)


def _any(words: list[str]) -> str:
    return f"(?:{'|'.join(words)})"
