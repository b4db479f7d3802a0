"""News of one company in bare headlines: each retold by another outlet, beside all else that the company does.

`pytest -s` prints how many retellings are known for the same news, and how many other news are taken for it.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from functools import cache
from itertools import permutations
from pathlib import Path
from typing import Any, Final

import pytest

from models.companies.identify import load_directory
from streams.stories.evaluate import NOBODY, Judges
from streams.stories.likeness import likeness, may_be_one
from streams.stories.prepare import Prepared, prepare
from streams.stories.similarity import weigh

NEWS: Final[list[dict[str, str]]] = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "golden" / "one_company.jsonl").read_text(encoding="utf-8").splitlines()
]
EXAMPLES: Final = Path(__file__).parents[2] / "models" / "relevance" / "examples"
ACROSS: Final = {"de": "en", "en": "de"}


def _row(number: int, how: str, lang: str) -> dict[str, Any]:
    return {"id": f"{how} {number}", "title": NEWS[number][how], "lang": lang, "published": "2026-01-09T12:00:00Z"}


@cache
def _told() -> dict[str, Prepared]:
    """Every headline as the memory takes it, by its id."""
    rows = []
    for number, news in enumerate(NEWS):
        rows += [_row(number, "title", news["lang"]), _row(number, "retelling", news["lang"])]
        rows += [_row(number, "other", ACROSS[news["lang"]])] if news["other"] else []
    return {t.article_key: prepare(t) for t in Judges(load_directory()).tellings(rows)}


@cache
def _usual(lang: str) -> tuple[int, Counter[int]]:
    """How often words are used, as a memory that has run for a while knows it: of our own examples."""
    rows = [
        json.loads(line)
        for name in ("capex", "everyday", "feed.finance")
        for line in (EXAMPLES / f"{name}.{lang}.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    told = [prepare(t) for t in NOBODY.tellings([{**row, "id": str(n)} for n, row in enumerate(rows)])]
    return len(told), Counter(term for article in told for term, _ in article.terms)


def _one_story(earlier: str, later: str) -> bool:
    one, two = _told()[earlier], _told()[later]
    mine, theirs = (weigh(article.terms, *_usual(article.lang)) for article in (two, one))
    found = likeness(two, mine, one, theirs, None)
    return found.score >= found.bar and may_be_one(two, mine, one, theirs)


def _measured(lang: str, how: str) -> tuple[float, float]:
    """Of the headlines of `lang`: how many retellings are found, and how many other news are taken for a retelling."""
    of = defaultdict(list)
    for number, news in enumerate(NEWS):
        if news["lang"] == lang and news[how]:
            of[news["company"]].append(number)
    same = [_one_story(f"title {n}", f"{how} {n}") for numbers in of.values() for n in numbers]
    others = [_one_story(f"title {n}", f"{how} {m}") for numbers in of.values() for n, m in permutations(numbers, 2)]
    found, taken = sum(same) / len(same), sum(others) / len(others)
    print(f"{lang}, {how}: {found:.0%} of {len(same)} retellings found, {taken:.1%} of {len(others)} other news taken")
    return found, taken


@pytest.mark.parametrize(
    ("lang", "how", "least", "most"),
    [
        ("de", "retelling", 0.70, 0.045),
        ("de", "other", 0.72, 0.025),
        ("en", "retelling", 0.80, 0.03),
        ("en", "other", 0.80, 0.025),
    ],
)
def test_a_retelling_is_known_among_all_that_a_company_does(lang: str, how: str, least: float, most: float) -> None:
    """In its own language and in the other; the bounds are what was reached, less a few headlines."""
    found, taken = _measured(lang, how)
    assert found >= least
    assert taken <= most
