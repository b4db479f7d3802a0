"""What the next outlet says of the same is no news; what goes on is: by the facts of headlines, as `news` holds them."""

from __future__ import annotations

from pathlib import Path

import pytest

from streams.basics.times import MINUTE
from streams.stories.facts import extract
from streams.stories.news import Saying, ToldFact, news, tell
from streams.stories.prepare import prepare
from tests.build import NOON
from tests.story_build import told as telling

_ROWS = Path(__file__).with_name("stories_retellings.psv").read_text(encoding="utf-8").splitlines()


def _sides(row: str) -> tuple[str, tuple[str, str], tuple[str, str]]:
    lang, told, said = (part.strip() for part in row[1:].split("|"))
    (title, _, lead), (later, _, later_lead) = told.partition(" // "), said.partition(" // ")
    return lang, (title, lead), (later, later_lead)


def _news(row: str) -> list[str]:
    lang, told, said = _sides(row)
    first, second = (prepare(telling(n, *words, lang=lang)) for n, words in enumerate((told, said)))
    heard: list[ToldFact] = []
    tell(heard, Saying(first.points, first.loud, NOON), "first")
    fresh = news(Saying(second.points, second.loud, NOON + 20 * MINUTE), heard)
    keys = {point.key: fact.key for point, fact in zip(second.points, extract(*said, lang), strict=True)}
    return [keys[key] for key in fresh]


@pytest.mark.parametrize("row", [row for row in _ROWS if row.startswith("=")])
def test_a_retelling_is_no_news(row: str) -> None:
    """Twenty minutes later, in other words."""
    assert _news(row) == []


@pytest.mark.parametrize("row", [row for row in _ROWS if row.startswith("+")])
def test_what_goes_on_is_news(row: str) -> None:
    """What, where, who acts, how much, or how far is another; to whom it goes: `test_stories_parties.py`."""
    assert _news(row)
