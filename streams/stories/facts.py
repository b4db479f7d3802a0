"""The facts of an article that matter for telling news from retelling: figures, dates, steps, details."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from streams.records import Fact
from streams.stories.crowns import of_country
from streams.stories.details import details
from streams.stories.figures import figures
from streams.stories.rough import exact
from streams.stories.steps import steps
from streams.stories.units import CROWNS
from streams.stories.words import without_dateline

FACT_CHARS: Final = 4_000
DETAIL_CHARS: Final = 200  # further down a text names many places, years and products beside its own
MOST: Final = 30

_MONTHS: Final = {
    "januar": 1, "january": 1, "jan": 1, "jänner": 1, "februar": 2, "february": 2, "feb": 2, "märz": 3, "march": 3,
    "april": 4, "mai": 5, "may": 5, "juni": 6, "june": 6, "juli": 7, "july": 7, "august": 8, "aug": 8,
    "september": 9, "sept": 9, "sep": 9, "oktober": 10, "october": 10, "oct": 10, "november": 11, "nov": 11,
    "dezember": 12, "december": 12, "dec": 12,
}  # fmt: skip
_NAMES: Final = "|".join(sorted(_MONTHS, key=len, reverse=True))
_SUM: Final = re.compile(r"\d[\d.,]* (?:Millionen|Milliarden?|Mio\.?|Mrd\.?)(?!\w)")
_LEAD_SUMS: Final = 400  # characters of the text in which a headline's sum has its currency
_DAY: Final = re.compile(r"\d{1,2}(?!\d|[.,]\d)")  # days first: text without numbers costs nothing
_MONTH_AFTER: Final = re.compile(rf"\.? ({_NAMES})\b", re.IGNORECASE)
_MONTH_BEFORE: Final = re.compile(rf"\b({_NAMES})\.? $", re.IGNORECASE)
_LONGEST_MONTH: Final = 12
_LAST_DAY: Final = 31
_INSIDE: Final = frozenset("0123456789.,")  # before a digit: the middle of a longer number


def extract(title: str, text: str, lang: str) -> tuple[Fact, ...]:
    """The facts of the headline, then those of the first `FACT_CHARS` characters of the text; at most `MOST`.

    Equal facts have equal keys whatever the language and spelling; each is listed once, as first written.
    Steps and directions are read from the headline only: a text mentions many plans beside its own.
    """
    found: dict[str, Fact] = {}
    for said in _all(title, text[:FACT_CHARS], lang):
        if len(found) == MOST:
            break
        fact = said if said.unit != CROWNS else of_country(said, title, text[:DETAIL_CHARS], lang)
        if fact:
            found.setdefault(fact.key, fact)
    return tuple(found.values())


def _all(title: str, text: str, lang: str) -> Iterator[Fact]:
    yield from steps(title, lang)
    yield from _figures(title, lang)
    yield from details(title, text[:DETAIL_CHARS], lang)  # before those of a text that may hold a table
    told = without_dateline(text)
    yield from _sums_without_currency(title, told, lang)
    yield from _figures(told, lang)


def _sums_without_currency(title: str, text: str, lang: str) -> Iterator[Fact]:
    """German headlines leave out the currency ("55 Millionen für Ulm") that the lead gives to the same sum."""
    if lang != "de" or not _SUM.search(title):
        return
    read = [f.text for f in figures(title, lang)]
    for fact in figures(text[:_LEAD_SUMS], lang):
        said = _SUM.search(fact.text) if fact.kind == "amount" else None
        bare = said and re.search(rf"(?<![\w.,]){re.escape(said[0])}(?![\w-])", title)
        if bare and not any(bare[0] in words for words in read):
            yield replace(fact, value=exact(fact.value), text=bare[0])


def _figures(text: str, lang: str) -> Iterator[Fact]:
    yield from figures(text, lang)
    yield from _dates(text)


def _dates(text: str) -> Iterator[Fact]:
    for day in _DAY.finditer(text):
        if text[day.start() - 1 : day.start()] in _INSIDE:
            continue
        after = _MONTH_AFTER.match(text, day.end())
        before = None if after else _MONTH_BEFORE.search(text[max(0, day.start() - _LONGEST_MONTH) : day.start()])
        month = after or before
        if month and 1 <= int(day[0]) <= _LAST_DAY:
            words = day[0] + after[0] if after else month[0] + day[0]
            yield Fact(kind="date", value=f"{_MONTHS[month[1].lower()]:02}-{int(day[0]):02}", text=words)
