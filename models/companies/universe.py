"""Names beyond the hand-kept directory, kept apart and off by default: breadth that must not cost precision.

A name given here never takes what the directory owns: companies whose ticker or name it knows are left out,
and a name of one word, or of ordinary words, is looked for with evidence only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

from models.companies.entries import Alias, Entry, Listing
from models.companies.words import words

_LEGAL: Final = re.compile(
    r"[\s,]+(?:Inc|Incorporated|Corp|Corporation|Co|Company|Companies|Ltd|Limited|LLC|L\.P|LP|PLC|Plc|plc|AG|SE|SA|S\.A|NV|N\.V"
    r"|SpA|S\.p\.A|AB|ASA|Oyj|A/S|KGaA|GmbH|Holdings?|Group|Class [A-C]|ADR|REIT|Trust|\(.*\))\.?$"
)
_SHORTEST: Final = 4
_FUNDS: Final = re.compile(r"\b(?:ETF|Fund|Trust|Certificate|Warrants?|Notes|UCITS|iShares|Index)\b", re.IGNORECASE)

_MADE_OF: Final = (
    "Systems Partners Industries Technologies Ventures Capital Werke Resources Services Works Labs",
    "Amber Juniper Kestrel Lumen Birch Cobalt Delta Ember Falcon Gamma Heron Indigo",
    "Quantum Biotech Logistik Marine Solar Textile Energie Robotics Dental Steel Foods",
    "Northern Granite Harbor Alpen Rhein Pacific Valley Nova Helvetia Baltic",
)
"""The words of a made-up name, the last first."""


@dataclass(frozen=True, slots=True)
class Extra:
    """A company that somebody else's list names."""

    name: str
    tickers: tuple[str, ...] = ()


def stripped(name: str) -> str:
    """`name` without legal forms at its end."""
    before = ""
    while name != before:
        before, name = name, _LEGAL.sub("", name)
    return name.strip(" ,&")


def entries(extras: Iterable[Extra], kept: Sequence[Entry]) -> Iterator[Entry]:
    """The extras that the hand-kept directory does not know. Funds never own an issuer's name."""
    tickers = {t for e in kept for t in e.tickers}
    names = {a.text.casefold() for e in kept for a in e.aliases} | {stripped(e.name).casefold() for e in kept}
    for number, extra in enumerate(extras):
        short = stripped(extra.name)
        known = {extra.name.casefold(), short.casefold()} & names
        if known or tickers.intersection(extra.tickers) or _FUNDS.search(extra.name) or len(short) < _SHORTEST:
            continue
        names |= {extra.name.casefold(), short.casefold()}
        yield _entry(extra, short, number)


def _entry(extra: Extra, short: str, number: int) -> Entry:
    ordinary = " " not in short or all(w.casefold() in words().ordinary for w in short.split())
    trust = "rare" if ordinary else "safe"
    aliases = [Alias(text=short, classes={"en": trust, "de": trust})]
    if extra.name != short and " " in extra.name:
        aliases.append(Alias(text=extra.name, classes={"en": "safe", "de": "safe"}))
    return Entry(
        id=f"x{number}-" + re.sub(r"[^a-z0-9]+", "-", short.lower()).strip("-"),
        name=extra.name,
        kind="listed" if extra.tickers else "private",
        country="",
        listings=tuple(Listing(ticker=t, mic="") for t in extra.tickers),
        aliases=tuple(aliases),
    )


def from_pytickersymbols() -> list[Extra]:
    """The companies of the pytickersymbols package. Raises `ImportError` where it is not installed."""
    from pytickersymbols import PyTickerSymbols  # noqa: PLC0415 - an optional package

    extras = []
    for stock in PyTickerSymbols().get_all_stocks():
        written = {s.get("yahoo") for s in stock.get("symbols") or ()} | {stock.get("symbol")}
        extras.append(Extra(stock["name"], tuple(sorted(t for t in written if t))))
    return extras


def made_up(number: int) -> list[Extra]:
    """`number` (at most 14,520) long names that no company has: to see that breadth costs nothing."""
    names = (" ".join(reversed(parts)) + " Inc" for parts in product(*(column.split() for column in _MADE_OF)))
    return [Extra(name) for name, _ in zip(names, range(number), strict=False)]
