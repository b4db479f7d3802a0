"""The company directory in service: articles to companies, with evidence. Pure CPU, linear in the text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from models.companies.automaton import Automaton
from models.companies.entries import Entry
from models.companies.load import FOLDER, Files, load_files
from models.companies.notation import Notations
from models.companies.phrases import phrases
from models.companies.reading import Found, Reader, Reading, Text
from models.companies.salience import About, judge
from models.companies.sources import Houses
from models.companies.spelling import alike, composed
from models.companies.universe import Extra, entries
from streams.records import Article, Company, evolve

_SPANS: Final = 20
_EVIDENCE: Final = 8
_RATERS: Final = frozenset({"advisers", "banks", "brokers", "asset-managers", "analysts"})
"""Groups whose members rate the shares of others, or work for them."""
_PUBLISHERS: Final = "publishers"
"""The group whose members' names stand for the news they publish."""
_ABSENT: Final = About(20, "mention")
"""A company that only the feed names."""


class CompanyDirectory:
    """See `streams.ports.Directory`. `groups` adds the user's own groups: name -> company ids or tickers."""

    def __init__(self, files: Files, groups: Mapping[str, Sequence[str]] | None = None) -> None:
        self.entries: tuple[Entry, ...] = files.entries
        self._version = files.version
        phrases()  # compiled now, not while the first article waits
        notations = Notations(files.entries)
        self._notations = notations
        self._reader = Reader(Automaton(files.entries, files.blockers), notations)
        self._ids = {e.id for e in files.entries}
        self._houses = Houses(
            frozenset(o for o, e in enumerate(files.entries) if _RATERS.intersection(e.groups)),
            frozenset(o for o, e in enumerate(files.entries) if _PUBLISHERS in e.groups),
        )
        self._by_name = _names(files.entries)
        self._groups = _groups(files.entries)
        for name, members in (groups or {}).items():
            self._groups[name] = frozenset[str]().union(*(self.company_of(m) for m in members))

    @property
    def version(self) -> str:
        """Hash of the directory's files, the rules and the word lists."""
        return self._version

    @property
    def tickers(self) -> tuple[str, ...]:
        """Every ticker, for suggestions."""
        return tuple(self._notations.by_ticker)

    @property
    def groups(self) -> Mapping[str, frozenset[str]]:
        """Group name -> company ids."""
        return self._groups

    def company_of(self, asked: str) -> frozenset[str]:
        """Company ids for a ticker of any listing, an ISIN, a WKN, a company id, or `group:name`; empty for none."""
        asked = asked.strip()
        if asked.startswith("group:"):
            return self._groups.get(asked.removeprefix("group:").strip().lower(), frozenset())
        if asked in self._ids:
            return frozenset({asked})
        owner = self._notations.owner_of(asked)
        return frozenset() if owner is None else frozenset({self.entries[owner].id})

    def named(self, name: str) -> frozenset[str]:
        """Company ids that go by a name or alias, upper and lower case alike, however ambiguous it is."""
        return self._by_name.get(name.casefold(), frozenset())

    def likely(self, asked: str) -> tuple[str, ...]:
        """What a watch could ask for instead of what is none: a group spelt so, or whoever goes by the name."""
        if asked.startswith("group:"):
            near = get_close_matches(asked.removeprefix("group:").strip().lower(), self._groups, n=3)
            return tuple(f"group:{name}" for name in near)
        ids = self.named(asked.strip())
        return tuple(e.listings[0].ticker if e.listings else e.id for e in self.entries if e.id in ids)

    def identify(self, articles: Sequence[Article]) -> list[tuple[Company, ...]]:
        """See `Directory.identify`."""
        return [self.explain(a)[0] for a in articles]

    def explain(self, article: Article) -> tuple[tuple[Company, ...], tuple[Company, ...]]:
        """The companies an article names, and those it may name but on which the evidence was too thin."""
        body, places = composed(article.body)
        body = alike(body)
        title_end = len(article.title) if places is None else len(composed(article.title)[0])
        text = Text(
            body=body,
            lang=article.lang,
            title_end=title_end,
            given=article.given_tickers,
            source=article.source,
        )
        reading = self._reader.read(text)
        if not (reading.found or reading.abstained):
            return (), ()
        about = judge(reading.places, reading.doc, self._houses) if reading.places else {}
        found = [self._company(o, f, about.get(o, _ABSENT), places) for o, f in reading.found.items()]
        return tuple(sorted(found, key=lambda c: (-c.salience, c.id))), self._doubtful(reading, places)

    def _doubtful(self, reading: Reading, places: list[int] | None) -> tuple[Company, ...]:
        nothing = About(0, "mention")
        return tuple(self._company(o, f, nothing, places) for o, f in reading.abstained.items())

    def _company(self, owner: int, found: Found, about: About, places: list[int] | None) -> Company:
        entry = self.entries[owner]
        spans = tuple(sorted((p.start, p.end) for p in found.places[:_SPANS]))
        company = Company(
            id=entry.id,
            name=entry.name,
            tickers=entry.tickers,
            confidence=found.confidence,
            salience=about.salience,
            role=about.role,
            kind=entry.kind,
            evidence=tuple(dict.fromkeys(found.evidence))[:_EVIDENCE],
            spans=spans,
        )
        if places is None:
            return company
        return evolve(company, spans=tuple((places[start], places[end]) for start, end in spans))


def _names(entries: Sequence[Entry]) -> dict[str, frozenset[str]]:
    names: dict[str, frozenset[str]] = {}
    for entry in entries:
        for name in {entry.name.casefold(), *(a.text.casefold() for a in entry.aliases)}:
            names[name] = names.get(name, frozenset()) | {entry.id}
    return names


def _groups(entries: Sequence[Entry]) -> dict[str, frozenset[str]]:
    groups: dict[str, set[str]] = {}
    for entry in entries:
        for group in entry.groups:
            groups.setdefault(group, set()).add(entry.id)
    return {name: frozenset(ids) for name, ids in groups.items()}


def load_directory(
    folder: Path = FOLDER, *, groups: Mapping[str, Sequence[str]] | None = None, extra: Iterable[Extra] = ()
) -> CompanyDirectory:
    """The shipped directory, or another folder's, with the user's own groups and with `extra` names behind its own.

    Raises `BadDirectory`.
    """
    files = load_files(folder)
    more = tuple(entries(extra, files.entries))
    if more:
        files = replace(files, entries=files.entries + more, version=f"{files.version}+{len(more)}")
    return CompanyDirectory(files, groups)
