"""The directory's records: companies, their names and listings, and phrases that stand for no company."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

KINDS: Final = frozenset({"listed", "private", "delisted", "state"})
CLASSES: Final = frozenset({"safe", "case", "context", "rare", "never"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One ticker on one exchange (ISO 10383 market identifier)."""

    ticker: str
    mic: str
    isin: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Alias:
    """One name of a company, and how far it can be trusted per language.

    `safe` is always the company, `case` is unless something speaks against it, `context` needs evidence, `rare`
    needs more of it, `never` is not looked for.
    """

    text: str
    classes: Mapping[str, str]  # language -> safe | case | context | rare | never
    speaks_for: tuple[str, ...] = ()  # words that support it anywhere in the article
    rules_out: tuple[str, ...] = ()  # phrases: those with the alias block that place, others count against it
    takes_article: bool = False  # German: the press writes "die Bahn" for the company, so an article is no objection
    trade: bool = False  # German: the word is a whole trade's, too (Telekomkonzern, Bahnkonzern, Postkonzern)
    how: str = "alias"  # alias | brand | former

    def trust(self, lang: str) -> str:
        """The class in a language; a language that nobody described counts as English."""
        return self.classes.get(lang) or self.classes.get("en", "safe")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One company of the directory."""

    id: str
    name: str
    kind: str
    country: str
    groups: tuple[str, ...] = ()
    parent: str = ""
    listings: tuple[Listing, ...] = ()
    wkn: tuple[str, ...] = ()
    aliases: tuple[Alias, ...] = ()
    former_tickers: tuple[str, ...] = ()
    where: str = ""  # file:line

    @property
    def tickers(self) -> tuple[str, ...]:
        """All tickers, the primary listing's first."""
        return tuple(x.ticker for x in self.listings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocker:
    """A phrase that swallows a company's name and is no company; `langs` empty means in every language."""

    text: str
    langs: tuple[str, ...] = ()
    where: str = ""
