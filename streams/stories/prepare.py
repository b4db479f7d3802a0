"""An article made ready for the memory: hashed keys, weighted terms, anchors and facts. Pure; the costly part."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, product
from operator import itemgetter
from typing import Final

from streams.ports import Telling, id_in
from streams.records import REVISING, Fact, Millis
from streams.stories import thresholds as at
from streams.stories.actors import rests
from streams.stories.concepts import concepts
from streams.stories.places import NAMED
from streams.stories.points import TOLD_IN, Point, exact_key, loud, point, round_key, sizes, spoken_at
from streams.stories.rough import exact
from streams.stories.steps import priced, without_way
from streams.stories.terms import CONCEPT_SIGN, WORD_BITS, Key, key_for, term_for, term_of
from streams.stories.words import base, bases, headline, key_of, kicker, spelled, without_dateline

_PAIR: Final = 0.25  # two neighbouring words of the headline, beside each word alone
_LEAD: Final = 0.5  # a word of the lead counts half a word of the headline
_KICKER: Final = 0.5  # and so does a word of the topic before its colon
_SUBJECT: Final = 1.0  # the company or the ware it is about, whatever outlets call it, in either language
_CONCEPT: Final = 0.5  # a word's meaning, beside the word itself
_BARE_WORDS: Final = 4  # a shorter headline says too little without its topic
_TELLING_WORDS: Final = 3  # fewer say nothing that the text does not say better
_PATTERN_WORDS: Final = 3  # fewer are a topic that real news return to
_FROM_URL: Final = "u-"  # how an id begins that says no more than the url
_FIGURES: Final = 12  # of an article that can be one with another's
_RARE_DIGITS: Final = 3  # digits from which a count is no other event's of the company
_NAMES: Final = 12  # spellings of its subjects that are looked at ...
_NAMING: Final = 32  # ... and terms kept of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What both memories work on."""

    id: str
    key: Key
    at: Millis
    lang: str
    source: str
    partition: int
    titles: tuple[tuple[str, Key], ...]  # (title | kicker, key): equal means the same headline
    patterns: tuple[Key, ...]  # of headlines that return every day, whatever their figures and direction
    rests: tuple[tuple[Key, tuple[int, ...]], ...]  # the headline after its first words, and the terms of those words
    pages: tuple[tuple[str, Key], ...]  # (id | url, key): equal means the same page, if the words agree
    terms: tuple[tuple[int, float], ...]  # (24-bit term, frequency weight), heaviest first
    anchors: tuple[int, ...]  # company with category, else subject with sum: they lead to an article but weigh nothing
    companies: tuple[int, ...]
    subjects: tuple[int, ...]  # of the companies, those it is about: they are terms too
    headlined: tuple[int, ...]  # of the companies, those that the headline names
    naming: tuple[int, ...]  # the terms that say no more than whom it is about: its subjects and what they are called
    categories: tuple[int, ...]
    figures: tuple[int, ...]
    dollars: tuple[int, ...]  # sizes of its sums in dollars, and in euros ...
    abroad: tuple[int, ...]  # ... and of those in other currencies, which another article may give in one of these
    points: tuple[Point, ...]
    spoken: Millis | None  # the time its facts speak for
    governed: bool  # a government acts in the headline
    revises: bool  # it corrects or removes what was sent under its id or url
    loud: tuple[int, ...]  # keys of the facts that stand out: those of the headline; with `LEAD_BIT` one of the lead

    @property
    def founds(self) -> str:
        """Id of the story that begins with it, should it be the first to tell one."""
        return "s-" + self.key.hex()

    @property
    def returning(self) -> tuple[Key, ...]:
        """Keys of its headline, which a daily template bears each day."""
        return (*(k for _, k in self.titles), *self.patterns)

    @property
    def registered(self) -> tuple[Key, ...]:
        """Every key under which the article can be found again."""
        return (*self.returning, *(k for _, k in self.pages))


def prepare(telling: Telling) -> Prepared:
    """Everything about `telling` that does not depend on what the memory holds."""
    title = headline(telling.title)
    companies = tuple(_company(c) for c in telling.companies[:8])
    subjects = tuple(_company(c) for c in telling.subjects[:8])
    categories = tuple(term_for("category " + c) for c in telling.categories[:4])
    points = tuple(point(f) for f in telling.facts[: at.FACTS_PER_ARTICLE])
    return Prepared(
        id=telling.article_key,
        key=key_for("article", telling.article_key),
        at=telling.event_time,
        lang=telling.lang,
        source=telling.source,
        partition=telling.partition,
        titles=tuple(_title_keys(title, telling.text, telling.lang)),
        patterns=tuple(_pattern_keys(title, telling.lang)),
        rests=tuple(rests(title, telling.lang)),
        pages=tuple(_page_keys(telling)),
        terms=tuple(_terms(title, telling.text, telling.lang, (*subjects, *_wares(telling.facts)))),
        anchors=tuple(_anchors(companies, subjects, categories, _sums(telling.facts))),
        companies=companies,
        subjects=subjects,
        headlined=tuple(_company(c) for c in telling.headlined[:8]),
        naming=tuple(_naming(telling, subjects)),
        categories=categories,
        figures=tuple(_figures(telling.facts[: at.FACTS_PER_ARTICLE])),
        dollars=_sizes(telling.facts[: at.FACTS_PER_ARTICLE], own=True),
        abroad=_sizes(telling.facts[: at.FACTS_PER_ARTICLE], own=False),
        points=points,
        spoken=spoken_at(telling.event_time, telling.status),
        governed=any(f.kind == "actor" and f.unit != NAMED for f in telling.facts),
        revises=telling.status in REVISING,
        loud=tuple(loud(telling, points)),
    )


def _tells(title: str, text: str) -> bool:
    """Whether the headline tells of something: "News" or "Siemens AG" over a text is no more than its topic."""
    return not text or len(title.split()) >= _TELLING_WORDS


def _title_keys(title: str, text: str, lang: str) -> Iterable[tuple[str, Key]]:
    if not (said := key_of(title)):  # two headlines without a word are not the same one
        return
    if _tells(title, text):
        yield "title", key_for("title", said)
    topic, bare = kicker(title)
    if lang == "de" and topic and len(bare.split()) >= _BARE_WORDS:
        yield "kicker", key_for("title", key_of(bare))


def _pattern_keys(title: str, lang: str) -> Iterable[Key]:
    """The headline without figures and directions, its topic ("Aktien Wien Schluss:"), and whose price it reports."""
    for part in (without_way(title, lang), kicker(title)[0]):
        if len(pattern := _unnumbered(part, lang)) >= _PATTERN_WORDS:
            yield key_for("pattern", *pattern)
    if whose := _unnumbered(priced(title, lang), lang):
        yield key_for("price", *whose)


def _unnumbered(text: str, lang: str) -> list[str]:
    return [w for w in bases(text, lang) if not w[0].isdigit()]


def _page_keys(telling: Telling) -> Iterable[tuple[str, Key]]:
    base = id_in(telling.article_key)
    if base and not (telling.url and base.startswith(_FROM_URL)):
        yield "id", key_for("id", telling.source.casefold(), base)
    if telling.url:
        yield "url", key_for("url", telling.url)


def _anchors(
    companies: Sequence[int], subjects: Sequence[int], categories: Sequence[int], sums: Sequence[int]
) -> Iterable[int]:
    pairs = product(companies[:3], categories) if categories else product(subjects[:2], sums[:3])
    return ((who ^ (what << 1)) & WORD_BITS for who, what in pairs)


def _sums(facts: Iterable[Fact]) -> list[int]:
    """Amounts, and counts whatever they are called: each language has its own word for what is counted."""
    amounts = [exact_key(f) for f in facts if f.kind == "amount" and f.unit != "move"]
    values = [exact(f.value) for f in facts if f.kind == "count"]
    counts = [value for value in values if len(value.partition(".")[0]) >= _RARE_DIGITS]
    return amounts + [term_for(f"count {value}") for value in counts]


def _figures(facts: Sequence[Fact]) -> list[int]:
    told = [f for f in facts if f.kind in ("amount", "count", "percent", "date") and f.unit != "move"][:_FIGURES]
    return [*dict.fromkeys([*map(exact_key, told), *(key for f in told if (key := round_key(f)))])]


def _sizes(facts: Sequence[Fact], *, own: bool) -> tuple[int, ...]:
    """How large its sums in dollars and in euros are; or those that are not, for whoever converts them."""
    sums = [f for f in facts if f.kind == "amount"][:_FIGURES]
    told = ((f, currency) for f in sums for currency in TOLD_IN if (f.unit == currency) == own)
    return tuple(dict.fromkeys(size for f, currency in told for size in sizes(f, currency)))


def _naming(telling: Telling, subjects: Iterable[int]) -> Iterable[int]:
    called: list[str] = []
    for name in telling.names[:_NAMES]:
        said = bases(name, telling.lang)
        meant = [CONCEPT_SIGN + m for w in spelled(name, telling.lang) for m in concepts(w, telling.lang)]
        called += [*said, *map(" ".join, pairwise(said)), *meant]
    return [*dict.fromkeys([*subjects, *map(term_for, called)])][:_NAMING]


def _wares(facts: Iterable[Fact]) -> Iterable[int]:
    """What the headline says is shipped, or no more, whatever each language and outlet calls it."""
    return (term_for(f.key) for f in facts if f.kind == "ware" and f.unit != NAMED)


def _company(company_id: str) -> int:
    return term_for("company " + company_id)


def _terms(title: str, text: str, lang: str, about: Iterable[int]) -> Iterable[tuple[int, float]]:
    topic, rest = kicker(title) if _tells(title, text) else (title, "")
    in_title = spelled(rest, lang)
    counts: dict[int, float] = {}
    _count(counts, [_numbers(w, lang) for w in in_title], 1.0)
    _count(counts, [n for w in spelled(topic, lang) if (n := _numbers(w, lang))[0] not in counts], _KICKER)
    _count(counts, [_numbers(w, lang) for w in spelled(without_dateline(text)[: at.LEAD_CHARS], lang)], _LEAD)
    for one, two in pairwise(base(w, lang) for w in in_title):
        counts[term_of(f"{one} {two}")] = _PAIR
    weighed = {term: round(1.0 + math.log(n), 3) if n > 1.0 else n for term, n in counts.items()}
    weighed |= dict.fromkeys(about, _SUBJECT)
    return sorted(weighed.items(), key=itemgetter(1), reverse=True)[: 2 * at.TERMS]


def _count(counts: dict[int, float], found: Iterable[tuple[int, ...]], weight: float) -> None:
    for term, *meanings in found:
        counts[term] = counts.get(term, 0.0) + weight
        for meaning in meanings:
            counts[meaning] = counts.get(meaning, 0.0) + weight * _CONCEPT


@lru_cache(maxsize=65_536)
def _numbers(word: str, lang: str) -> tuple[int, ...]:
    """The terms of a word and of all that it means, as far as the glossary says."""
    return term_of(base(word, lang)), *(term_of(CONCEPT_SIGN + meaning) for meaning in concepts(word, lang))
