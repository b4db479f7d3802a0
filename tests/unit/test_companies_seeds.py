"""The five real articles: every company they name, with its tickers, and who is the subject."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from streams.basics.languages import language
from streams.basics.text import plain
from streams.records import Company
from tests.unit.companies import article, directory

pytestmark = pytest.mark.seeds

SUBJECTS = {
    "000": {"BABA"},
    "001": {"BABA"},
    "002": {"BABA", "BIDU"},
    "003": {"BABA", "0700.HK", "ByteDance"},
    "004": {"BABA"},
}
NAMED = {
    "000": ["9988.HK", "NVDA", "1024.HK", "JD", "9618.HK", "OpenAI"],
    "001": ["NVDA", "MSFT", "META", "AMZN", "GOOGL", "BIDU", "9888.HK", "PDD", "0981.HK", "1347.HK"],
    "002": ["NVDA", "ORCL", "JD", "3690.HK", "0700.HK", "DeepSeek", "OpenAI"],
    "003": ["NVDA", "DeepSeek"],
    "004": ["DeepSeek"],
}
HOUSES = {"bloomberg", "the-information", "pegasus", "ark-invest", "tipranks"}


def read(shared: Path) -> dict[str, tuple[Company, ...]]:
    """Seed id -> companies."""
    lines = (shared / "seeds" / "articles.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    texts = [(plain(r["title"]), plain(r.get("text", ""))) for r in rows]
    told = [article(title, text, lang=language("", title, text)) for title, text in texts]
    return {r["id"]: c for r, c in zip(rows, directory().identify(told), strict=True)}


def known(asked: str) -> frozenset[str]:
    """Ids for a ticker or a private company's name."""
    return directory().company_of(asked) or directory().named(asked)


def test_all_companies_of_the_real_articles_are_found(shared: Path) -> None:
    """Any listing's ticker leads to the company that was found."""
    found = read(shared)
    for seed, asked in NAMED.items():
        ids = {c.id for c in found[seed]}
        assert [a for a in asked if not known(a) & ids] == [], seed


def test_subjects_of_the_real_articles(shared: Path) -> None:
    """Exactly these are subjects; publishers and analysts' houses never."""
    found = read(shared)
    for seed, asked in SUBJECTS.items():
        expected = {i for a in asked for i in known(a)}
        subjects = {c.id for c in found[seed] if c.role == "subject"}
        assert subjects == expected, seed
        assert not subjects & HOUSES


def test_nothing_else_is_found_in_the_real_articles(shared: Path) -> None:
    """Indices, venues and currencies are no companies; publishers may be found, as source or mention."""
    found = read(shared)
    for seed, companies in found.items():
        expected = {i for a in (*NAMED[seed], *SUBJECTS[seed]) for i in known(a)}
        assert {c.id for c in companies} - expected <= HOUSES, seed
