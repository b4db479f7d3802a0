"""Tickers as the press writes them: cashtags, `NASDAQ: NVDA`, `(9988.HK)`, Reuters codes, ISIN, WKN after the word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from models.companies.entries import Entry
from models.companies.exchanges import BLOOMBERG, PRESS, REUTERS, padded
from models.companies.words import words

_CASHTAG: Final = re.compile(r"(?<![\w$])\$([A-Z]{1,5}(?:[.-][A-Z])?)\b(?!\d)")
_EXCHANGE: Final = re.compile(
    r"\b(NASDAQ[GC]?[SM]?|Nasdaq|NYSE American|NYSE|AMEX|OTC[A-Z]{0,4}|[A-Z]{2,6}|Xetra|Euronext)\s?:\s?"
    r"([A-Z0-9]{1,6}(?:[.-][A-Z])?(?:,\s?[A-Z]{1,5}(?=[,)]))*)\b"
)
_ENDING: Final = r"\.(HK|DE|KS|KQ|SS|SZ|T|L|PA|AS|SW|TW|MI|MC|ST|CO|OL|HE|VI|NS|AX|TO|BR|SA|SI|F)\b(?!\.\w)"
_DOTTED: Final = re.compile(rf"(?<![\w.])([A-Z0-9]{{1,6}}(?:-[A-Z])?){_ENDING}")
_AN_ENDING: Final = re.compile(_ENDING)  # sought first: it begins with a point, and words cost nothing
_RIC: Final = re.compile(r"<([A-Za-z0-9]{1,6})\.([A-Z]{1,2})>")
_SPACED: Final = re.compile(rf"\(([A-Z0-9]{{1,6}})[ .]({'|'.join(BLOOMBERG)})(?: Equity)?\)")
_BRACKETED: Final = re.compile(r"\(\s?([A-Z]{1,5}(?:[.-][A-Z])?)\s?\)")
_CAPITALS: Final = re.compile(r"[A-Z](?<!\w[A-Z])[A-Z0-9]{1,11}\b")  # a capital first: words cost next to nothing
_ISIN_CHARS: Final = 12
_BARE_CHARS: Final = 5
_NOT_BEFORE: Final = frozenset("$(.<:/&-")
_NOT_AFTER: Final = frozenset(".>:&-")
_WKN: Final = re.compile(r"\bWKN\s?:?\s?([A-HJ-NP-Z0-9]{6})\b")
_STOCK_WORD: Final = re.compile(
    r"\s+(?i:stocks?|shares?|aktien?|dips|rises|falls|drops|jumps|surges|soars|slides|rallies|plunges|earnings)\b"
)
_LISTED: Final = re.compile(r"(?:,|/|\s|and|und|&|or|oder|vs\.?)+")
_LOWER: Final = re.compile(r"[a-zäöü]{3}")


@dataclass(frozen=True, slots=True)
class Notation:
    """A ticker or number that names a company for certain (`sure`) or probably."""

    start: int
    end: int
    owner: int
    how: str
    sure: bool = True


@dataclass
class Notations:
    """Tickers and numbers of the directory."""

    entries: Sequence[Entry]
    by_ticker: dict[str, int] = field(default_factory=dict)
    by_number: dict[str, int] = field(default_factory=dict)
    former: dict[str, int] = field(default_factory=dict)
    namesakes: frozenset[str] = frozenset()
    """Tickers that are another company's name, too (EQT, SAIC): bare, they are only words."""

    def __post_init__(self) -> None:
        for owner, entry in enumerate(self.entries):
            for listing in entry.listings:
                self.by_ticker.setdefault(listing.ticker, owner)
                if listing.isin:
                    self.by_number.setdefault(listing.isin, owner)
                    if listing.isin.startswith("DE000"):
                        self.by_number.setdefault(listing.isin[5:11], owner)
            for wkn in entry.wkn:
                self.by_number.setdefault(wkn, owner)
            for ticker in entry.former_tickers:
                self.former.setdefault(ticker, owner)
        names = ((alias.text, owner) for owner, entry in enumerate(self.entries) for alias in entry.aliases)
        self.namesakes = frozenset(text for text, owner in names if self.by_ticker.get(text, owner) != owner)

    def owner_of(self, asked: str) -> int | None:
        """Whose a ticker, ISIN or WKN is, written in any of the usual ways (NVDA, $NVDA, NASDAQ:NVDA, 700.HK)."""
        asked = asked.strip().removeprefix("$")
        exact = self.by_ticker.get(asked, self.by_number.get(asked))
        if exact is not None:
            return exact
        upper = asked.upper()
        owner = self._known(upper)
        owner = self.by_number.get(upper) if owner is None else owner
        if owner is None and not upper.isalnum():
            owner = next((n.owner for n in self._sure(f"({upper})") if n), None)
        return owner

    def find(self, text: str) -> list[Notation]:
        """Every notation whose company the directory knows, in no special order."""
        capitals = list(_CAPITALS.finditer(text))
        sure = [n for n in self._sure(text) if n]
        sure += [n for m in capitals if len(m[0]) == _ISIN_CHARS and (n := self._number(m, m[0], "isin"))]
        return [*sure, *self._bracketed(text, sure), *self._bare(text, capitals)]

    def _sure(self, text: str) -> Iterator[Notation | None]:
        if "$" in text:
            yield from (self._at(m, m[1], "cashtag") for m in _CASHTAG.finditer(text))
        if ":" in text:
            for m in _EXCHANGE.finditer(text):
                yield from self._exchange(m)
        if "WKN" in text:
            yield from (self._number(m, m[1], "wkn") for m in _WKN.finditer(text))
        if _AN_ENDING.search(text):
            yield from (self._at(m, padded(m[1], "." + m[2]), "ticker") for m in _DOTTED.finditer(text))
        if "<" in text:
            yield from (self._reuters(m) for m in _RIC.finditer(text))
        if "(" in text:
            yield from (self._at(m, padded(m[1], BLOOMBERG[m[2]]), "ticker") for m in _SPACED.finditer(text))

    def _exchange(self, found: re.Match[str]) -> Iterator[Notation]:
        for symbol in found[2].replace(" ", "").split(","):
            tried = (self._at(found, padded(symbol, e), "ticker") for e in PRESS.get(found[1].upper(), ()))
            known = next((n for n in tried if n), None)
            if known:
                yield known

    def _reuters(self, found: re.Match[str]) -> Notation | None:
        ticker = padded(found[1].upper(), REUTERS.get(found[2], "." + found[2]))
        return self._at(found, ticker, "ric")

    def _at(self, found: re.Match[str], ticker: str, how: str) -> Notation | None:
        owner = self._known(ticker)
        return None if owner is None else Notation(found.start(), found.end(), owner, how)

    def _known(self, ticker: str) -> int | None:
        owner = self.by_ticker.get(ticker)
        if (owner is None and "-" in ticker) or "." in ticker[-2:]:
            owner = self.by_ticker.get(ticker.replace("-", "."), self.by_ticker.get(ticker.replace(".", "-")))
        return self.former.get(ticker) if owner is None else owner

    def _number(self, found: re.Match[str], number: str, how: str) -> Notation | None:
        owner = self.by_number.get(number)
        return None if owner is None else Notation(found.start(), found.end(), owner, how)

    def _bracketed(self, text: str, sure: Sequence[Notation]) -> Iterator[Notation]:
        """`(NVDA)`: certain only beside the company's own name (see identify)."""
        if "(" not in text:
            return
        covered = {n.start for n in sure}
        for m in _BRACKETED.finditer(text):
            owner = self._known(m[1])
            if owner is not None and m.start() not in covered:
                yield Notation(m.start(), m.end(), owner, "bracketed", sure=False)

    def _bare(self, text: str, capitals: Sequence[re.Match[str]]) -> Iterator[Notation]:
        """Bare US tickers beside a word for shares, or in a list of two or more; never in a line of capitals."""
        if not capitals:
            return
        known = [m for m in capitals if len(m[0]) <= _BARE_CHARS and m[0] in self.by_ticker and _alone(text, m)]
        if not known or not _LOWER.search(text):
            return
        listed: set[int] = set()
        for one, two in pairwise(known):
            if _LISTED.fullmatch(text, one.end(), two.start()) and max(len(one[0]), len(two[0])) > 2:  # noqa: PLR2004
                listed |= {one.start(), two.start()}
        for m in known:
            owner = self.by_ticker[m[0]]
            if m[0] in words().ticker_words or m[0] in self.namesakes:
                yield Notation(m.start(), m.end(), owner, "word", sure=False)
            elif m.start() in listed or _STOCK_WORD.match(text, m.end()):
                yield Notation(m.start(), m.end(), owner, "bare", sure=False)


def _alone(text: str, found: re.Match[str]) -> bool:
    """No part of a code, a compound or an address."""
    return (
        text[max(0, found.start() - 1) : found.start()] not in _NOT_BEFORE
        and text[found.end() : found.end() + 1] not in _NOT_AFTER
    )
