"""To which companies a headline says that something goes."""

from __future__ import annotations

import pytest

from streams.records import evolve
from streams.stories.parties import parties
from tests.unit.companies import article, directory


@pytest.mark.parametrize(
    ("title", "lang", "goals", "named"),
    [
        ("Nvidia invests in Wayve", "en", ["wayve"], ["nvidia"]),
        ("US clears Nvidia chip sales to Saudi firm Humain", "en", ["humain"], ["nvidia"]),
        ("US clears Nvidia chip sales to Alibaba and Tencent", "en", ["alibaba", "tencent"], ["nvidia"]),
        ("Nvidia in partnership with Intel", "en", [], ["nvidia", "intel"]),
        ("Intel gets $2 billion from SoftBank", "en", [], ["intel", "softbank"]),
        ("Softbank investiert zwei Milliarden Dollar in Intel", "de", ["intel"], ["softbank"]),
        ("Nvidia steigt bei Wayve ein", "de", ["wayve"], ["nvidia"]),
        ("Intel erhält zwei Milliarden Dollar von Softbank", "de", [], ["intel", "softbank"]),
    ],
)
def test_who_stands_behind_to_or_in(title: str, lang: str, goals: list[str], named: list[str]) -> None:
    """And who is joined to one; not who is behind "with", "from" or "of". The others are only named."""
    told = article(title, lang=lang)
    [companies] = directory().identify([told])
    found = list(parties(evolve(told, companies=companies)))
    assert [f.value for f in found if not f.unit] == goals
    assert [f.value for f in found if f.unit] == named
