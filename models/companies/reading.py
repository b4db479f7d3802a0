"""One article read: which names and tickers in it are companies, on what evidence, and which stay in doubt."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from models.companies.automaton import Automaton, Mention
from models.companies.context import Context, context_of
from models.companies.cues import personal
from models.companies.document import Document
from models.companies.entries import Alias
from models.companies.evidence import THRESHOLD, weigh
from models.companies.notation import Notation, Notations
from models.companies.others import written_out
from models.companies.publishers import imprint
from models.companies.roles import Place
from models.companies.words import words

MOST_MENTIONS: Final = 400
"""Beyond so many mentions an article is a list or an attack; the rest adds nothing."""
SURE: Final = 0.99
_BRAND: Final = 0.93
_PROBABLE: Final = 0.75
_GIVEN: Final = 0.6
_SHORT: Final = 0.9
_FIRST_NAME: Final = 16
_NAMESAKE: Final = re.compile(
    r"[- ](?:[Ss]tiftung|Foundation|[Aa]rena|[Ss]tadion|Stadium|[Mm]useum|Marathon|[Ss]traße|[Pp]latz|Jugendstudie"
    r"|[Gg]ymnasium|[Ss]portpark)\b"
)
_BESIDE: Final = 3
"""So near behind a name a ticker in brackets belongs to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What is read: `body` is title, a space and text (see `spelling.alike`)."""

    body: str
    lang: str
    title_end: int
    given: Sequence[str] = ()
    source: str = ""


@dataclass(slots=True)
class Found:
    """What one article says of one company."""

    places: list[Place] = field(default_factory=list)
    evidence: list[str] = field(default_factory=list)
    confidence: float = 0.0

    def add(self, place: Place, confidence: float, why: Iterable[str]) -> None:
        """One more place, with its evidence."""
        self.places.append(place)
        self.evidence.extend(why)
        self.confidence = max(self.confidence, confidence)


@dataclass(slots=True)
class Reading:
    """The outcome: by owner (the entry's index), what was accepted and on what we abstain."""

    doc: Document
    found: dict[int, Found] = field(default_factory=dict)
    abstained: dict[int, Found] = field(default_factory=dict)

    @property
    def places(self) -> list[Place]:
        """All accepted places, in order."""
        return sorted((p for f in self.found.values() for p in f.places), key=lambda p: p.start)


@dataclass(slots=True)
class _Doubtful:
    """The mentions of one ambiguous name, with their points."""

    alias: Alias
    places: list[tuple[int, Context]] = field(default_factory=list)  # index of the mention, and what stands beside it
    points: list[tuple[float, list[str]]] = field(default_factory=list)

    def weigh(self, doc: Document) -> bool:
        """Whether one mention has evidence enough: then the name means the company in the whole article."""
        self.points = [weigh(self.alias, doc, near, at=at) for at, near in self.places]
        needed = (THRESHOLD[doc.mentions[at].trust(doc.lang)] for at, _ in self.places)
        return any(score >= least for (score, _), least in zip(self.points, needed, strict=True))


class Reader:
    """Reads articles with one directory's names and tickers."""

    def __init__(self, automaton: Automaton, notations: Notations) -> None:
        self._automaton = automaton
        self._notations = notations

    def read(self, text: Text) -> Reading:
        """Pure; linear in the text."""
        mentions, people = self._automaton.find(text.body, text.lang)
        notations = self._notations.find(text.body)[:MOST_MENTIONS]
        if not (mentions or notations or text.given):
            return Reading(Document(body=text.body, lang=text.lang, title_end=text.title_end))
        if mentions:
            start, end = imprint(text.body, text.title_end, text.source)
            mentions = [m for m in mentions if not start <= m.start < end and _names(m, text)][:MOST_MENTIONS]
        owners = {t: o for t in text.given if (o := self._notations.owner_of(t)) is not None}
        doc = Document(
            body=text.body,
            lang=text.lang,
            title_end=text.title_end,
            mentions=mentions,
            certain=_certain(mentions, notations, text.lang),
            given=frozenset(owners.values()),
            people=people,
        )
        reading = Reading(doc)
        _accept_safe(reading)
        _accept_doubtful(reading)
        _add_notations(reading, notations)
        _add_given(reading, owners)
        return reading


def _names(mention: Mention, text: Text) -> bool:
    """Not half in the title and half in the text, no foundation or arena of that name, and no person."""
    if mention.start < text.title_end < mention.end or _NAMESAKE.match(text.body, mention.end):
        return False
    word = text.body[max(0, mention.start - _FIRST_NAME) : mention.start].rpartition(" ")[0].rpartition(" ")[2]
    return word not in words().first_names or text.body[mention.start - 1] != " "


def _certain(mentions: Sequence[Mention], notations: Sequence[Notation], lang: str) -> frozenset[int]:
    """Owners of safe names, of sure tickers, and of tickers in brackets behind their own company's name."""
    safe = {m.name.owner for m in mentions if m.trust(lang) == "safe"}
    if not notations:
        return frozenset(safe)
    ends = {(m.name.owner, m.end + gap) for m in mentions for gap in range(_BESIDE)}
    return frozenset(safe | {n.owner for n in notations if n.sure or (n.owner, n.start) in ends})


def _accept_safe(reading: Reading) -> None:
    for m in reading.doc.mentions:
        alias = m.name.alias
        if alias and m.trust(reading.doc.lang) == "safe":
            brand = alias.how == "brand"
            place = Place(m.name.owner, m.start, m.end, brand)
            found = reading.found.setdefault(m.name.owner, Found())
            found.add(place, _BRAND if brand else SURE, [f"{alias.how} {m.name.text}"])


def _accept_doubtful(reading: Reading) -> None:
    """Ambiguous names with evidence enough; the others are asked once more with what those made certain."""
    doc = reading.doc
    names: dict[tuple[int, int], _Doubtful] = {}
    for at, m in enumerate(doc.mentions):
        alias = m.name.alias
        if alias and m.trust(doc.lang) != "safe":
            near = context_of(doc.body, m.start, m.end, doc.title_end)
            names.setdefault((m.name.owner, id(alias)), _Doubtful(alias)).places.append((at, near))
            if personal(near):
                doc.people |= {m.name.text}
    names = {key: name for key, name in names.items() if not _written_out(reading, name)}
    believed = {key for key, name in names.items() if name.weigh(doc)}
    if believed and len(believed) < len(names):
        doc.certain |= {owner for owner, _ in believed}
        believed |= {key for key, name in names.items() if key not in believed and name.weigh(doc)}
    for key, name in names.items():
        _enter(reading, name, believed=key in believed)


def _written_out(reading: Reading, name: _Doubtful) -> bool:
    """Whether a doubtful name is short for a longer one of the article: then its places are that company's."""
    long = written_out(name.alias, reading.doc, name.places)
    if long is None:
        return False
    for at, _ in name.places:
        m = reading.doc.mentions[at]
        found = reading.found.setdefault(long.name.owner, Found())
        found.add(Place(long.name.owner, m.start, m.end, brand=False), _SHORT, [f"short for {long.name.text}"])
    return True


def _enter(reading: Reading, name: _Doubtful, *, believed: bool) -> None:
    """A name believed once is believed again in the article, save where something stands against it."""
    where = reading.found if believed else reading.abstained
    for (at, _), (score, why) in zip(name.places, name.points, strict=True):
        m = reading.doc.mentions[at]
        if score >= 0 or not believed:
            confidence = min(0.97, max(0.0, 0.62 + 0.08 * score))
            place = Place(m.name.owner, m.start, m.end, brand=False)
            where.setdefault(m.name.owner, Found()).add(place, confidence, why)


def _add_notations(reading: Reading, notations: Sequence[Notation]) -> None:
    for n in notations:
        known = n.owner in reading.found
        if n.sure or known or n.owner in reading.doc.certain or n.how == "bare":
            confidence = SURE if n.sure or known else _PROBABLE
            place = Place(n.owner, n.start, n.end, brand=False)
            words = f"{n.how} {reading.doc.body[n.start : n.end]}"
            reading.found.setdefault(n.owner, Found()).add(place, confidence, [words])


def _add_given(reading: Reading, owners: dict[str, int]) -> None:
    """The feed's own tickers: support for what the text names, weak evidence alone."""
    for ticker, owner in owners.items():
        found = reading.found.get(owner)
        if found is None:
            reading.found[owner] = Found([], [f"only the feed says {ticker}"], _GIVEN)
        elif found.places:
            found.evidence.insert(0, f"the feed says {ticker}")
            found.confidence = max(found.confidence, SURE)
