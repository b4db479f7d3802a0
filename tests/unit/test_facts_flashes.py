"""An agency's flash is in capitals: who acts, and where, is in it nevertheless."""

from __future__ import annotations

import pytest

from streams.stories.facts import extract


@pytest.mark.parametrize(
    ("title", "lang", "keys"),
    [
        ("NORWAY BANS EXPORTS OF GALLIUM TO OMAN", "en", {"actor::no", "place::om", "ware::gallium"}),
        ("WHITE HOUSE APPROVES SALES TO SAUDI ARABIA", "en", {"actor::us", "place::sa"}),
        ("EU TO RESTRICT SHIPMENTS TO UAE - SOURCES", "en", {"actor::eu", "place::ae"}),
        ("LUMENTA TO INVEST $650 MLN IN PLANT IN INDONESIA", "en", {"place::id"}),
        ("LUMENTA TO BUILD PLANT IN HOUSTON IN 2027", "en", {"place::us-tx-houston", "year::2027"}),
        ("LUMENTA: NEW X20 CHIPS TO OMAN FROM JULY 4", "en", {"place::om", "product::X20"}),
        ("NORWEGEN VERBIETET EXPORT VON X20-CHIPS NACH INDIEN", "de", {"place::in"}),
        ("Norway Bans Sales of Scanners to Oman", "en", {"actor::no", "place::om"}),
        ("Norway bans sales of scanners to Oman - sources", "en", {"actor::no", "place::om"}),
    ],
)
def test_names_in_capitals_are_names(title: str, lang: str, keys: set[str]) -> None:
    """As they are when every word of a headline begins with one."""
    details = ("actor", "place", "ware", "product", "year")
    found = [f for f in extract(title, "", lang) if f.kind in details and not f.unit]
    assert {f.key for f in found} >= keys
    assert all(f.text in title for f in found)


@pytest.mark.parametrize(
    ("title", "codes"),
    [
        ("Norway threatens answer to curbs on scanners", ["no"]),
        ("Norway urges Oman to lift curbs", ["no"]),
        ("Norway criticises curbs on scanners", []),
    ],
)
def test_who_threatens_acts(title: str, codes: list[str]) -> None:
    """Who only speaks of it does not."""
    assert [f.value for f in extract(title, "", "en") if f.kind == "actor"] == codes


@pytest.mark.parametrize(
    ("title", "counts"),
    [
        ("Norway tightens rules on 12 types of chip equipment", []),
        ("Norway lists 23 chip companies", ["company:23"]),
        ("Lumenta builds 3 chip plants", ["plant:3"]),
        ("Lumenta to ship 200,000 new AI chips", ["chip:200000"]),
    ],
)
def test_what_stands_last_is_counted(title: str, counts: list[str]) -> None:
    """Chip companies are no chips."""
    assert [f"{f.unit}:{f.value}" for f in extract(title, "", "en") if f.kind == "count"] == counts
