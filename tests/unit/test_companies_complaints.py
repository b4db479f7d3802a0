"""What users of such tools complain of: one test per complaint."""

from __future__ import annotations

import pytest

from tests.unit.companies import companies


@pytest.mark.parametrize(
    ("lang", "title"),
    [
        ("en", "Regional lender's net income falls 4% on higher provisions"),
        ("en", "Crowd turns on mayor after flood"),
        ("en", "Analysts see now as the time to buy bonds"),
        ("en", "Robot arm lifts patients in Kobe hospital"),
        ("en", "ALL EYES ON RATES AS STOCKS SLIP"),
        ("en", "IT stocks lead losses, AI shares follow"),
        ("en", "UK shares end lower, US stocks mixed"),
        ("en", "Can the low-cost flat survive? Go see it"),
        ("de", "Warten auf die Post: Briefe kommen später"),
        ("de", "Visa-Pflicht für Urlauber aus drei Ländern"),
        ("de", "Über hundert Betriebe suchen Lehrlinge"),
        ("de", "Das Bild der Woche"),
        ("de", "Kind bricht sich den Arm"),
        ("de", "Match endet torlos"),
        ("de", "U-Bahn fährt wieder, S-Bahn nicht"),
    ],
)
def test_ordinary_words_are_no_companies(lang: str, title: str) -> None:
    """NET, ON, NOW, ARM, ALL, IT, Post, Visa, Uber, Bild, Match, Bahn: the words, not the tickers."""
    assert companies(title, lang=lang) == {}


def test_footers_of_social_networks_are_swallowed() -> None:
    """A footer that asks to share on Facebook does not make a page about Facebook."""
    assert "meta" not in companies(
        "Council plans new park", "Trees and a pond. Share on Facebook. Follow us on Twitter."
    )


def test_one_company_has_one_id_by_name_and_by_ticker() -> None:
    """A company named by its name in one place and by its ticker in another is found once."""
    found = companies(
        "TSMC (NYSE: TSM) lifts outlook", "Shares of $TSM rose. 2330.TW closed higher. TSMC declined to comment."
    )
    assert list(found) == ["tsmc"]
    assert len(found["tsmc"].spans) >= 4


def test_the_exchange_is_part_of_a_ticker() -> None:
    """DTE on Xetra is Deutsche Telekom, DTE in New York is DTE Energy or nobody."""
    assert "deutsche-telekom" in companies("Results from (DTE.DE) due")
    assert "deutsche-telekom" not in companies("Results from (NYSE: DTE) due")


def test_a_company_truly_called_like_its_ticker_is_found() -> None:
    """AMD, IBM, BP and SAP are names, too."""
    assert set(companies("AMD, IBM and SAP join forces; BP watches")) == {"amd", "ibm", "sap", "bp"}


def test_a_funds_name_is_not_its_issuers_certificate() -> None:
    """The ISIN of a certificate on somebody's shares names nobody."""
    assert companies("Neues Papier mit der Nummer DE000XY12ZK9 im Handel", lang="de") == {}


def test_an_outlets_name_behind_the_headline_does_not_count() -> None:
    """What stands behind the last dash of a headline says who printed it."""
    for tail in ("- Yahoo Finance", "| Sky News", "– Reuters", "- Nasdaq"):
        assert set(companies(f"Siemens Energy raises its outlook {tail}")) == {"siemens-energy"}


def test_an_outlet_the_feed_names_is_cut_as_well() -> None:
    """A source that no list has is known from the article itself."""
    from tests.unit.companies import article, directory  # noqa: PLC0415

    told = article("Infineon hebt Prognose an - Post von Nord", lang="de", source="Post von Nord")
    assert [c.id for c in directory().identify([told])[0]] == ["infineon"]


def test_surnames_are_no_companies() -> None:
    """A first name, a title or an office before it makes a person; then the whole article means the person."""
    assert companies("Harrison Ford opens film week") == {}
    assert companies("Premier Ford to visit flood area", "Ford arrives on Monday.") == {}
    assert companies("Mr. Abbott retires after forty years at the school") == {}
    assert companies("Rob Ford exhibition opens; Ford collectors queue") == {}
    assert companies("FDP-Politiker Dürr zu Gast im Kloster", lang="de") == {}


def test_foundations_and_arenas_are_no_companies() -> None:
    """What carries a company's name by sponsorship or history is not the company."""
    for title in ("Henkel-Stiftung fördert Forscher", "Konzert in der Siemens-Arena", "Besuch im Porsche Museum"):
        assert companies(title, lang="de") == {}


def test_merck_belongs_to_the_language() -> None:
    """The bare name means the Darmstadt company in German, the American one in English; full names are clear."""
    assert list(companies("Merck baut Labor in Darmstadt aus", lang="de")) == ["merck-kgaa"]
    assert list(companies("Merck to cut 6,000 jobs", lang="en")) == ["merck-co"]
    assert list(companies("Merck & Co kauft Biotechfirma", lang="de")) == ["merck-co"]
    assert list(companies("Merck KGaA buys US biotech firm", lang="en")) == ["merck-kgaa"]


def test_the_engines_of_friedrichshafen_are_not_those_of_munich() -> None:
    """MTU by the lake belongs to Rolls-Royce; the bare name means it as soon as the place is named."""
    for title in ("MTU-Motoren aus Friedrichshafen für die Marine", "MTU Friedrichshafen baut Motoren für Panzer"):
        assert list(companies(title, lang="de")) == ["rolls-royce-power-systems"]
    assert companies("MTU liefert Motoren aus Friedrichshafen", lang="de") == {}
    assert companies("MTU engines from Friedrichshafen power Ukrainian tanks") == {}
    for title in ("MTU hebt Prognose an", "MTU Aero Engines eröffnet Büro in Friedrichshafen"):
        assert list(companies(title, lang="de")) == ["mtu-aero-engines"]


def test_subsidiaries_are_companies_of_their_own() -> None:
    """The longer name wins over the parent's."""
    assert list(companies("Siemens Healthineers hebt Ausblick", lang="de")) == ["siemens-healthineers"]
    assert list(companies("Tencent Music adds subscribers")) == ["tencent-music"]


def test_other_companies_long_names_swallow_a_short_one() -> None:
    """Square Enix is not Square, H&R Block is not Block, Delta Corp is not Delta Air Lines."""
    assert list(companies("Square Enix delays game; shares fall")) == ["square-enix"]
    assert "block" not in companies("H&R Block shares gain on tax season")
    assert "delta-air" not in companies("Delta Corp opens second casino ship in Goa")


def test_a_plural_with_a_verb_of_its_own_is_no_verb_of_a_company() -> None:
    """The title ends where it ends: the words of the text behind it do not make a verb's object of it."""
    assert companies("Orange prices fall", "Growers near Seville blame the mild winter.") == {}
    assert companies("Square plans shelved", "Residents had asked for benches and trees.") == {}
    assert list(companies("Square plans new card reader", "It goes on sale in May.")) == ["block"]


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Amazon rainforest shrinks for a fourth year", "Sales of timber from the Amazon rose, the ministry said."),
        ("Amazon river towns run out of diesel", "Prices doubled along the Amazon, traders said."),
        ("Amazon fires in Rondonia choke two cities", ""),
        ("Shell beach erodes, hurting hotel revenue", ""),
    ],
)
def test_a_name_that_is_a_place_once_is_the_place_in_the_whole_article(title: str, text: str) -> None:
    """The river that the headline names is the river in the text."""
    assert companies(title, text) == {}


def test_a_company_at_a_place_of_its_name_is_still_the_company() -> None:
    """What companies do speaks for the name, and a company may fire people."""
    assert list(companies("Amazon to pay for patrols in Amazon rainforest")) == ["amazon"]
    assert list(companies("Amazon fires 300 warehouse workers")) == ["amazon"]
