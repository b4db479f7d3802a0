"""Whose crowns a sum is in that does not say so."""

from __future__ import annotations

import pytest

from streams.records import evolve
from streams.stories.tell import facts_of
from tests.unit.companies import article, directory


@pytest.mark.parametrize(
    ("title", "unit"),
    [
        ("VOLVO CARS TO SPEND 13 BLN CROWNS ON PLANT IN SOUTH CAROLINA", "SEK"),
        ("Equinor gives go-ahead for 14 bln crown Barents Sea project", "NOK"),
        ("Equinor investiert 14 Milliarden Kronen", "NOK"),
        ("Equinor to spend 14 bln Danish crowns", "DKK"),  # it says so
        ("Equinor and Volvo Cars share 14 bln crown order", "crown"),  # of two countries
        ("Nvidia wins 14 bln crown order", "crown"),
    ],
)
def test_crowns_are_those_of_the_company_where_no_country_is_named(title: str, unit: str) -> None:
    """The next outlet writes SEK13B, and has no news."""
    told = article(title, lang="de" if "investiert" in title else "en")
    [companies] = directory().identify([told])
    facts = facts_of(evolve(told, companies=companies))
    assert [f.unit for f in facts if f.kind in ("amount", "count")] == [unit]
