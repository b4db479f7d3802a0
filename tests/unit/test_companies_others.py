"""Doubtful names that are somebody else's: a wrong ticker is what nobody forgives."""

from __future__ import annotations

import pytest

from tests.unit.companies import companies


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("US-Telekomkonzern Verizon streicht Stellen", "Der Umsatz stagniert.", "verizon"),
        ("Telefónica kürzt die Dividende", "Der Telekomkonzern will sparen.", "telefonica"),
        ("Britischer Telekomriese BT baut um", "Der Telekomkonzern ersetzt Leute durch KI.", "bt-group"),
        ("Telekom-Konzern Orange kauft zu", "", "orange"),
        ("Telekom-Ausrüster Ericsson hebt Prognose an", "", "ericsson"),
        ("Österreichische Post kauft zu", "Der Postkonzern zahlt acht Millionen Euro.", "oesterreichische-post"),
        ("Französischer Bahnkonzern SNCF bestellt Züge", "Der Bahnkonzern will wachsen.", "sncf"),
        ("Die Telekomkunden von Orange klagen über Ausfälle", "", "orange"),
        ("Bahnchefin der ÖBB geht", "", "oebb"),
        ("Telekomkonzern aus Bonn hebt Prognose an", "", "deutsche-telekom"),
        ("Telekom-Tochter T-Systems streicht Stellen", "", "deutsche-telekom"),
        ("Telekomaktie auf Rekordhoch", "", "deutsche-telekom"),
        ("SAP und Telekom bauen Rechenzentrum", "Der Telekomkonzern zahlt die Hälfte.", "sap deutsche-telekom"),
        ("Bahnkonzern hebt Preise an", "Die Deutsche Bahn verlangt mehr.", "deutsche-bahn"),
    ],
)
def test_a_company_of_the_trade_is_not_the_one_named_after_it(title: str, text: str, expected: str) -> None:
    """Telekomkonzern is a kind of company, and Deutsche Telekom one of them."""
    assert set(companies(title, text, lang="de")) == set(expected.split())


@pytest.mark.parametrize(
    ("lang", "title", "expected"),
    [
        ("en", "Meta Genomics raises $50 million", ""),
        ("en", "Delta Robotics raises $7 million in seed round", ""),
        ("en", "Biotech Arm Therapeutics raises $40 million", ""),
        ("en", "AI startup Target Robotics bags $12 million", ""),
        ("de", "Start-up Linde Robotics sammelt 5 Millionen Euro ein", ""),
        ("de", "Post Robotics erhält 5 Millionen Euro", ""),
        ("en", "Arm Health raises $10 million in Series A", ""),
        ("en", "Start-up Meta Security lands seed funding", ""),
        ("de", "Start-up Orange Energy sammelt 10 Millionen Euro ein", ""),
        ("en", "Start-up of former Meta AI researchers raises seed funding", "meta"),
        ("en", "Shell Energy cuts prices for households", "shell"),
        ("en", "Intel Labs shows neuromorphic chip", "intel"),
        ("en", "Ford Robotics unit to build plant", "ford"),
        ("en", "Eaton Aerospace sold for $2 billion", "eaton"),
        ("en", "Apple Robotics Team Grows As Company Plans New Lab", "apple"),
        ("en", "Meta raises $50 million from bond sale", "meta"),
    ],
)
def test_another_firm_may_begin_with_the_name(lang: str, title: str, expected: str) -> None:
    """A young company's round is not the giant's whose name is its first word."""
    assert set(companies(title, lang=lang)) == set(expected.split())


@pytest.mark.parametrize(
    ("lang", "title", "text", "expected"),
    [
        ("en", "LG halts battery line in Michigan", "LG Energy Solution said demand was weak.", "lg-energy"),
        ("en", "GE wins turbine order from Texas", "GE Vernova will deliver in 2028.", "ge-vernova"),
        ("en", "Merck lifts outlook", "Merck KGaA expects more from life science.", "merck-kgaa"),
        ("en", "Merck KGaA lifts outlook", "Merck said life science grew.", "merck-kgaa"),
        ("de", "Merck hebt Prognose an", "Merck & Co verdient in den USA mehr.", "merck-co"),
        ("en", "Merck KGaA sues Merck over name", "", "merck-kgaa merck-co"),
        ("en", "Merck KGaA lifts outlook", "Its rival Merck gained, too.", "merck-kgaa merck-co"),
        (
            "en",
            "GE raises outlook",
            "GE said jet engines sold well. GE Vernova, its former unit, fell.",
            "ge-aerospace ge-vernova",
        ),
    ],
)
def test_a_short_name_is_the_one_that_the_article_writes_out(lang: str, title: str, text: str, expected: str) -> None:
    """Headlines shorten what the text then writes out; two beside each other are two."""
    assert set(companies(title, text, lang=lang)) == set(expected.split())


def test_the_company_written_out_is_what_the_headline_is_about() -> None:
    """Its short name in the headline counts for it."""
    found = companies("LG halts battery line in Michigan", "LG Energy Solution said demand was weak.")["lg-energy"]
    assert (found.role, found.spans[0]) == ("subject", (0, 2))
    assert "short for LG Energy Solution" in found.evidence


@pytest.mark.parametrize(
    ("lang", "title", "text", "expected"),
    [
        ("de", "Frankfurt besiegt Bayer", "Nach dem 3:1 am Samstag führt die Eintracht.", ""),
        ("en", "United beat City 2-1 in derby", "", ""),
        ("de", "Dortmund gewinnt 2:0 gegen Bayer", "Der BVB bleibt Zweiter.", ""),
        ("de", "Bayer teilt Aktien im Verhältnis 1:2", "", "bayer"),
        ("en", "Apple wins 5-4 ruling at top court", "", "apple"),
        ("de", "Bayer startet um 9:30 Uhr in den Handel", "", "bayer"),
        ("de", "Deutsche Börse: Dax steigt auf Rekord", "", ""),
        ("de", "Deutsche Börse: Gewinn steigt", "", "deutsche-boerse"),
        ("en", "Shell shortage hits Ukraine as factories expand", "", ""),
        ("en", "Artillery firm doubles Shell output", "", ""),
        ("en", "Shell doubles LNG output", "", "shell"),
        ("de", "Thyssen-Museum zeigt Gemälde", "", ""),
        ("de", "Bund genehmigt Export von Thyssen-U-Booten", "", "thyssenkrupp"),
        ("de", "Lilly und ihr Hund: Kinderbuch gewinnt Preis", "", ""),
        ("de", "Lilly hebt Prognose an", "", "lilly"),
        ("en", "Parcel firm Hermes hires drivers", "", ""),
        ("en", "Luxury group Hermes raises prices", "", "hermes"),
        ("en", "Porsche and Piech families weigh sale", "They hold it through Porsche SE.", "porsche-se"),
        ("de", "Porsche-Clan berät über Verkauf", "", ""),
    ],
)
def test_a_club_a_market_a_girl_a_courier_and_a_family_are_no_company(
    lang: str, title: str, text: str, expected: str
) -> None:
    """Each has the name, and none the ticker."""
    assert set(companies(title, text, lang=lang)) == set(expected.split())


@pytest.mark.parametrize(
    ("lang", "title", "text", "expected"),
    [
        ("en", "Siemens India raises forecast", "", "siemens-india"),
        ("en", "Nestle India profit climbs", "", "nestle-india"),
        ("en", "Sands China revenue jumps in Macau", "", "sands-china"),
        ("en", "Posco Future M to build anode plant", "", "posco-future-m"),
        ("en", "Siemens to expand in India", "", "siemens"),
        ("en", "Mosaic cuts phosphate output", "The fertilizer maker said demand was weak.", "mosaic"),
        ("en", "Mosaic of fertilizer rules confuses farmers", "", ""),
        ("en", "Travelers raises dividend", "The insurer reported record profit.", "travelers"),
        ("en", "Travelers face higher insurance premiums", "", ""),
        ("de", "Italienischer Telekomkonzern TIM verkauft Kabelnetz", "", "telecom-italia"),
        ("de", "Hapag-Lloyd will Zim kaufen", "", "hapag-lloyd zim"),
        ("de", "Norwegian streicht Flüge", "", "norwegian-air"),
        ("en", "Norwegian budget airline cuts flights", "", ""),
        ("en", "Comcast spins off cable channels as Versant", "", "comcast versant"),
        ("de", "China Steel hebt Prognose an", "", "china-steel"),
        ("de", "SoftBank Corp hebt Prognose an", "", "softbank-corp"),
    ],
)
def test_listed_subsidiaries_and_companies_called_as_words_are_known(
    lang: str, title: str, text: str, expected: str
) -> None:
    """A listed subsidiary is its own company; an ordinary word is one where its trade is spoken of."""
    assert set(companies(title, text, lang=lang)) == set(expected.split())


@pytest.mark.parametrize(
    ("lang", "title", "about"),
    [
        ("de", "Jefferies rät zum Kauf von Beiersdorf", "beiersdorf"),
        ("de", "Renk-Aktie: Deutsche Bank rät zum Kauf", "renk"),
        ("de", "Goldman Sachs traut Infineon 45 Euro zu", "infineon"),
        ("de", "Berenberg hebt Ziel für Heidelberg Materials", "heidelberg-materials"),
        ("en", "Moody's cuts Boeing outlook to negative", "boeing"),
        ("en", "Wells Fargo sticks with buy rating on Tesla", "tesla"),
        ("en", "Nvidia to build plant in Texas, says Goldman Sachs", "nvidia"),
        ("de", "Moody's stuft Italien herab, Ratingagentur sorgt sich um Schulden", ""),
        ("en", "Deutsche Bank raises outlook to positive for 2027 revenue", "deutsche-bank"),
        ("de", "Deutsche Bank hat Filialen zum Verkauf gestellt, Allianz zeigt Interesse", "deutsche-bank allianz"),
    ],
)
def test_who_rates_or_recommends_is_a_source(lang: str, title: str, about: str) -> None:
    """The news is theirs whose shares are rated."""
    assert {c.id for c in companies(title, lang=lang).values() if c.role == "subject"} == set(about.split())


@pytest.mark.parametrize(
    ("lang", "title", "left"),
    [
        ("en", "Former Tesla executive's battery startup raises $350 million", "tesla"),
        ("en", "Startup founded by Google veterans raises $40 million", "alphabet"),
        ("de", "Ex-Siemens-Manager gründet Start-up und sammelt 10 Millionen ein", "siemens"),
        ("de", "Start-up früherer SAP-Manager erhält 20 Millionen Euro", "sap"),
    ],
)
def test_whom_the_founders_left_is_background_of_their_round(lang: str, title: str, left: str) -> None:
    """Below what a watch asks for: the company has no part in it."""
    found = companies(title, lang=lang)[left]
    assert (found.role, found.salience < 30) == ("mention", True)


@pytest.mark.parametrize(
    ("title", "company"),
    [
        ("Former Wirecard boss stands trial", "wirecard"),
        ("Google engineers leave for start-up", "alphabet"),
        ("Tesla and former Tesla engineers' start-up settle lawsuit", "tesla"),
    ],
)
def test_a_company_with_a_part_in_it_stays_in_front(title: str, company: str) -> None:
    """Its own former boss, its own loss, its own lawsuit."""
    assert companies(title)[company].role == "subject"


@pytest.mark.parametrize(
    ("title", "about"),
    [
        ("Amazon taps Goldman Sachs and JPMorgan for bond", "amazon"),
        ("Klarna picks Goldman Sachs for US listing", "klarna"),
        ("JPMorgan picks Dublin for sale of unit", "jpmorgan"),
    ],
)
def test_banks_taken_for_an_issue_work_for_the_issuer(title: str, about: str) -> None:
    """The bond is Amazon's."""
    assert {c.id for c in companies(title).values() if c.role == "subject"} == {about}
