"""Invented headlines over every ambiguous name that users complained of, and what they name."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.companies import article, directory


def headlines(lang: str) -> list[tuple[str, frozenset[str]]]:
    """Headline and company ids."""
    lines = Path(__file__).with_name("companies_headlines.psv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("|") for line in lines if line.startswith(f"{lang}|")]
    return [(title, frozenset(ids.split())) for _, title, ids in rows]


@pytest.mark.parametrize("lang", ["en", "de"])
def test_headlines_name_these_companies_and_nothing_else(lang: str) -> None:
    """Ordinary words stay ordinary words (Post, Bahn, Target, Gap, Arm, Apple pie), companies are found."""
    rows = headlines(lang)
    found = directory().identify([article(title, lang=lang) for title, _ in rows])
    wrong = [
        f"{title}: extra {sorted(got - expected)}, missing {sorted(expected - got)}"
        for (title, expected), companies in zip(rows, found, strict=True)
        if (got := {c.id for c in companies}) != expected
    ]
    assert wrong == []
    assert len(rows) > 150


@pytest.mark.parametrize("lang", ["en", "de"])
def test_the_headlines_ask_for_companies_that_exist(lang: str) -> None:
    """An id that nobody has would make the table above pass for the wrong reason."""
    known = {e.id for e in directory().entries}
    assert {i for _, ids in headlines(lang) for i in ids} <= known
