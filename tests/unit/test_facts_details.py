"""Which one a headline tells of: who acts, where, which ware, year and product; none of them is lost."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from streams.stories import facts
from streams.stories.facts import extract


@pytest.mark.parametrize(
    ("title", "lang", "codes"),
    [
        ("Intel baut Werk in der Schweiz und liefert nach Polen", "de", ["ch", "pl"]),
        ("Kabinett genehmigt Chips für die Vereinigten Arabischen Emirate", "de", ["ae"]),
        ("Renk liefert Getriebe an Kasachstan und in die Türkei", "de", ["kz", "tr"]),
        ("Bosch investiert 300 Millionen Euro in Portugal", "de", ["pt"]),
        ("Papier in Deutschland unter Druck, Stellen in Dänemark fallen weg", "de", []),
        ("Chips for the UAE, plant in U.S. and sales to South Korea", "en", ["ae", "us", "kr"]),
        ("Amazon to spend $3 billion in Saxony-Anhalt", "en", ["de-st"]),
        ("Amazon to build hub near Lyon and lab at San Jose", "en", ["fr-lyon"]),
        ("Rheinmetall baut Fabrik in Neuss, Werk bei Mailand", "de", ["de-nw-neuss", "it-milan"]),
        ("Nvidia sends chips to Austin", "en", []),  # a city is where something stands
        ("Germany approves a plant of Polish maker", "en", []),  # who acts
        ("Deutschland genehmigt Werk", "de", []),
        ("Chipmaker refers to US-listed shares and packs for US customers", "en", []),
        ("Four charged in US over shipping chips, shares fall in Japan", "en", []),
        ("Intel to build Polish chip plant and Ohio data center", "en", ["pl", "us-oh"]),
        ("Samsung delays Taylor fab", "en", []),  # which of the Taylors is not known
        ("Texas Instruments plant to close, Spanish data centre operator to grow", "en", []),
        ("Micron's New York fab and York park", "en", ["us-ny", "gb-york"]),
        ("MICRON TO BUILD NEW YORK FAB", "en", ["us-ny"]),  # a flash, too
        ("MICRON TO BUILD FAB IN ABU DHABI", "en", ["ae-abu_dhabi"]),
        (
            "Intel baut polnisches Rechenzentrum und Dresdner Chipfabrik aus, nicht Werk Villach",
            "de",
            ["pl", "de-sn-dresden", "at-villach"],
        ),
        ("Deutsches Handwerk und amerikanischer Konzern", "de", []),
    ],
)
def test_places_are_whereto_or_where_it_stands(title: str, lang: str, codes: list[str]) -> None:
    """By one code in both languages; what is only named has another unit."""
    assert [f.value for f in extract(title, "", lang) if f.kind == "place" and not f.unit] == codes


@pytest.mark.parametrize(
    ("title", "lang", "codes"),
    [
        ("Netherlands blocks scanner exports", "en", ["nl"]),
        ("Report: The Dutch government to curb scanner exports", "en", ["nl"]),
        ("Japan, South Korea and US restrict scanners", "en", ["jp", "kr", "us"]),
        ("China curbs on scanners hit Lumenta", "en", []),  # a noun
        ("US bans spur rush for scanners", "en", []),
        ("China says US bans scanners", "en", []),
        ("Peking beschränkt Ausfuhr", "de", ["cn"]),
        ("Niederlande und Japan verschärfen Regeln", "de", ["nl", "jp"]),
        ("Ministerium: China blockiert Scanner", "de", ["cn"]),
        ("Chinas Sperre trifft Lumenta", "de", []),
        ("China will Ausfuhr von Gallium verbieten", "de", ["cn"]),  # the verb is last
        ("China kündigt Vergeltung für neue Regeln an", "de", ["cn"]),
        ("China kündigt Lumenta", "de", []),
        ("Peking kritisiert Auflagen und droht mit Vergeltung", "de", ["cn"]),
        ("China Scanner AG und droht", "de", []),
        ("Beijing criticises curbs and threatens retaliation", "en", ["cn"]),
        ("Den Haag verschärft Regeln: Lumenta braucht Lizenz", "de", ["nl"]),
        ("Dutch tighten rules: Lumenta needs licence", "en", ["nl"]),
        ("CHINA SAYS TO TAKE COUNTERMEASURES AGAINST US SCANNER BAN", "en", ["cn"]),
        ("China says it will retaliate against US scanner ban", "en", ["cn"]),
    ],
)
def test_who_acts(title: str, lang: str, codes: list[str]) -> None:
    """A government that a headline begins with, before the verb; by the code of its country."""
    assert [f.value for f in extract(title, "", lang) if f.kind == "actor"] == codes


@pytest.mark.parametrize(
    ("title", "lang", "wares"),
    [
        ("China curbs dysprosium and Tungsten exports", "en", ["rareearths-dysprosium", "tungsten"]),
        ("Copper falls as gallium exports stop", "en", []),  # what costs less is no event of the ware
        ("Graphitexporte, Weizen-Lieferungen und Seltene Erden", "de", ["graphite", "grain-wheat", "rareearths"]),
        ("Reise auf der Titanic, Zinnober und Kupferstich", "de", []),
    ],
)
def test_wares(title: str, lang: str, wares: list[str]) -> None:
    """Whole words, in German also before exports; whoever names dysprosium names the rare earths."""
    found = [f for f in extract(title, "", lang) if f.kind == "ware"]
    assert [f.value for f in found if not f.unit] == wares
    assert ("rareearths" in [f.value for f in found if f.unit]) == ("rareearths-dysprosium" in wares)


def test_every_place_is_named() -> None:
    """Also who acts, what the text says first, and the country of a region; what is told already, not again."""
    found = extract("Germany approves chips for Oman and Kuwait", "The UAE and Texas come next.", "en")
    assert [f.value for f in found if f.unit == "named"] == ["de", "kw", "ae", "us-tx", "us"]


@pytest.mark.parametrize(
    ("title", "keys"),
    [
        ("Lumenta to spend EUR900M and NOK14B", []),  # as terminals write sums
        ("US clears B30A and NXT:1980i for China, not F-35", ["product::B30A", "product::NXT:1980i", "product::F35"]),
        ("Q3 profit at S&P 500 firms, FY26, H1, G20 and 5G", []),
        ("Plant to open in 2029, after 2027", ["year::2029"]),
    ],
)
def test_products_and_years(title: str, keys: list[str]) -> None:
    """Names of letters and figures; years that a plan is for."""
    assert [f.key for f in extract(title, "", "en") if f.kind in ("product", "year") and not f.unit] == keys


def test_every_place_has_a_name_in_both_languages_and_none_has_two_places() -> None:
    """As `places.toml` lists them."""
    tables = tomllib.loads(files("streams.stories").joinpath("places.toml").read_text(encoding="utf-8"))
    lines = [line for table in tables.values() for line in table.values()]
    for side in (0, 1):
        listed = [name.strip() for line in lines for name in line.split("|")[side].split(",")]
        assert all(listed) and len(listed) == len(set(listed))


def test_every_city_lies_in_a_known_country_or_region() -> None:
    """As `cities.tsv` lists them, each name once."""
    tables = tomllib.loads(files("streams.stories").joinpath("places.toml").read_text(encoding="utf-8"))
    rows = files("streams.stories").joinpath("cities.tsv").read_text(encoding="utf-8").splitlines()[1:]
    names, codes = zip(*(row.split("\t") for row in rows), strict=True)
    assert {code.rpartition("-")[0] for code in codes} <= tables["countries"].keys() | tables["regions"].keys()
    assert len(names) == len(set(names)) and not set(names) & {"Washington", "Germany", "Texas"}


def test_the_details_of_a_headline_are_not_lost_to_a_table_in_the_text() -> None:
    """Figures of a text come last: an earnings release has more of them than are kept."""
    table = " ".join(f"Unit {n} sold {n},000 scanners for ${n} million." for n in range(2, 60))
    found = extract("Lumenta to invest $17 billion in Ohio plant", table, "en")
    assert len(found) == facts.MOST
    assert "place::us-oh" in [f.key for f in found]
