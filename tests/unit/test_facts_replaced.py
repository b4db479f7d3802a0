"""A figure beside the one it replaces: one word says what both count, and the old one is no news."""

from __future__ import annotations

import pytest

from streams.stories.facts import extract
from streams.stories.points import loud, point
from tests.story_build import told


@pytest.mark.parametrize(
    ("title", "lang", "new", "old"),
    [
        ("Lumenta investiert 15 statt 11 Milliarden Euro", "de", "amount:EUR:15000000000", "amount:EUR:11000000000"),
        ("Lumenta to spend 15 instead of 11 billion euros", "en", "amount:EUR:15000000000", "amount:EUR:11000000000"),
        ("Lumenta lifts plan to $15 from $11 billion", "en", "amount:USD:15000000000", "amount:USD:11000000000"),
        ("Lumenta to get $15bn instead of planned $11bn", "en", "amount:USD:15000000000", "amount:USD:11000000000"),
        ("Lumenta will 7 statt der bisher geplanten 5 Prozent", "de", "percent:%:7", "percent:%:5"),
        ("Lumenta streicht 1.500 statt 1.000 Stellen", "de", "count:job:1500", "count:job:1000"),
        (
            "Lumenta senkt Plan von 15 Mrd. Euro auf 11 Mrd. Euro",
            "de",
            "amount:EUR:11000000000",
            "amount:EUR:15000000000",
        ),
    ],
)
def test_the_new_one_is_read_and_the_old_one_is_not_loud(title: str, lang: str, new: str, old: str) -> None:
    """Scale, currency and ware stand once, behind both."""
    said = told(1, title, lang=lang)
    points = [point(f) for f in said.facts]
    standing_out = set(loud(said, points))
    found = [(f, p) for f, p in zip(said.facts, points, strict=True) if f.kind in ("amount", "percent", "count")]
    assert {f.key for f, _ in found} == {new, old}
    assert [f.key for f, p in found if p.key in standing_out] == [new]


@pytest.mark.parametrize(
    ("title", "lang", "keys"),
    [
        ("*LUMENTA: INVESTITIONEN 52 (BISHER 48) MRD EURO", "de", ["amount:EUR:52000000000"]),
        ("Lumenta senkt Ziel auf 3,5 (zuvor: 4) Prozent", "de", ["percent:%:3.5"]),
        ("Lumenta cuts plan from 45 to 35 billion euros", "en", ["amount:EUR:35000000000"]),  # no range
        ("Lumenta cuts plan from 45 billion to 35 billion euros", "en", ["amount:EUR:35000000000"]),  # and no jobs
        ("Lumenta kürzt Plan von 45 auf 35 Milliarden Euro", "de", ["amount:EUR:35000000000"]),
    ],
)
def test_the_old_one_may_be_left_out(title: str, lang: str, keys: list[str]) -> None:
    """In brackets, or before the new one."""
    assert [f.key for f in extract(title, "", lang) if f.kind in ("amount", "percent", "count")] == keys


@pytest.mark.parametrize(
    ("title", "text", "keys"),
    [
        ("Land gibt 55 Millionen für Ulm", "Das Land zahlt 55 Millionen Euro.", ["amount:EUR:55000000"]),
        ("55 Millionen für Ulm", "Das Land zahlt rund 55 Millionen Euro.", ["amount:EUR:55000000"]),
        ("Land gibt 55 Millionen für Ulm", "Das Land zahlt 155 Millionen Euro.", []),
        ("Lumenta hat 55 Millionen Kunden", "Sie zahlen 55 Millionen Euro.", ["count:customer:55000000"]),
    ],
)  # fmt: skip
def test_a_german_sum_has_the_currency_that_the_lead_gives_it(title: str, text: str, keys: list[str]) -> None:
    """Headlines leave it out; what counts something else is no sum."""
    found = [f for f in extract(title, text, "de") if f.kind in ("amount", "count") and f.text in title]
    assert [f.key for f in found] == keys


@pytest.mark.parametrize(
    ("title", "keys"),
    [
        ("Lumenta steckt 50 Millionen in altes Werk", []),  # it counts no plants
        ("Lumenta stellt 3.000 in Werk in Ulm ein", ["count:job:3000"]),
        ("Norwegen erlaubt Export von 20 Kampfjets", ["count:plane:20"]),
        ("Lumenta verkauft 35.000 Speicherchips", ["count:chip:35000"]),
        ("Lumenta baut 40 Tankstellen und 30 Netzwerke", []),  # neither jobs nor plants
    ],
)
def test_what_a_german_number_counts(title: str, keys: list[str]) -> None:
    """Nothing behind a preposition, and what a compound ends with."""
    assert [f.key for f in extract(title, "", "de") if f.kind == "count"] == keys
