"""Names that share their words: the longer name wins, the press's short name is known, and capitals change nothing."""

from __future__ import annotations

import pytest

from tests.unit.companies import companies


@pytest.mark.parametrize(
    ("lang", "title", "expected"),
    [
        ("en", "Hyundai Steel to build mill in Louisiana", "hyundai-steel"),
        ("en", "Samsung SDS wins cloud order", "samsung-sds"),
        ("en", "SK Square sells stake in chip maker", "sk-square"),
        ("en", "Nissan Chemical raises outlook", "nissan-chemical"),
        ("en", "HDFC Life profit climbs", "hdfc-life"),
        ("en", "Ping An Bank cuts costs", "ping-an-bank"),
        ("en", "Citic Securities plans share sale", "citic-securities"),
        ("en", "Zijin Gold reports higher output", "zijin-gold"),
        ("en", "Coca-Cola FEMSA buys bottler", "coca-cola-femsa"),
        ("en", "Citi Trends opens 40 stores", "citi-trends"),
        ("en", "Domino's Pizza Enterprises closes shops in Japan", "dominos-enterprises"),
        ("en", "Merck Serono opens laboratory", "merck-kgaa"),
        ("en", "HP Enterprise lifts outlook on servers", "hpe"),
        ("en", "Delta Apparel files for bankruptcy", ""),
        ("en", "SoftBank Hawks win the series", ""),
        ("de", "Bosch-Gymnasium feiert Richtfest", ""),
        ("de", "Porsche-Holding muss Milliarden abschreiben", "porsche-se"),
        ("de", "Groupe SEB senkt Ausblick", "groupe-seb"),
        ("de", "Volvo Penta baut Motorenwerk aus", "volvo-group"),
        ("de", "Swiss Life hebt Dividende, Flüge sind kein Thema", "swiss-life"),
    ],
)
def test_a_name_within_a_longer_one_is_not_the_company(lang: str, title: str, expected: str) -> None:
    """Hyundai Steel is not Hyundai Motor: another ticker."""
    assert set(companies(title, lang=lang)) == set(expected.split())


@pytest.mark.parametrize(
    ("lang", "title", "expected"),
    [
        ("en", "PNC buys regional lender", "pnc"),
        ("en", "Quanta and Wistron ride demand for servers", "quanta wistron"),
        ("en", "SAIC and Huawei launch carmaker in China", "saic huawei"),
        ("en", "Southwest defers Boeing jets", "southwest boeing"),
        ("en", "Woodside approves gas project", "woodside"),
        ("en", "Tyson shuts beef plant", "tyson"),
        ("en", "Strategy buys more bitcoin", "strategy"),
        ("en", "Wendy's and McDonald's cut prices", "wendys mcdonalds"),
        ("de", "Anta prüft Gebot für Puma", "anta puma"),
        ("de", "Total und Shell kürzen Rückkäufe", "totalenergies shell"),
        ("de", "JD erhöht Angebot für Mediamarkt aus China heraus", "jd-com ceconomy"),
        ("de", "Swiss streicht Flüge", "lufthansa"),
        ("en", "Duke beats North Carolina in overtime", ""),
        ("en", "Chip designer opens office in Palo Alto and Bristol", ""),
        ("en", "Rio carnival draws record crowds", ""),
        ("en", "Charter schools expand as budgets grow", ""),
        ("de", "Autobauer verlagert Montage nach Ungarn", ""),
        ("de", "Total verrückt: Konzern tauft Werk um", ""),
    ],
)
def test_the_short_name_of_the_press_is_known_where_something_speaks_for_it(
    lang: str, title: str, expected: str
) -> None:
    """PNC without Financial, Anta without Sports; not the place, the player or the word."""
    assert set(companies(title, lang=lang)) == set(expected.split())


@pytest.mark.parametrize(
    ("lang", "title", "expected"),
    [
        ("en", "TARGET RAISES FORECAST", "target"),
        ("en", "VISA BEATS ESTIMATES, MASTERCARD TO REPORT", "visa mastercard"),
        ("en", "GAP CUTS OUTLOOK", "gap"),
        ("de", "LINDE BESTÄTIGT AUSBLICK", "linde"),
        ("de", "DELTA HEBT PROGNOSE AN", "delta-air"),
        ("en", "WEALTH GAP WIDENS IN EUROPE", ""),
        ("en", "SENATE TO BLOCK BILL ON CHIPS", ""),
        ("en", "US TIGHTENS VISA RULES FOR STUDENTS", ""),
        ("en", "FED HITS INFLATION TARGET", ""),
        ("de", "DIE ALTE LINDE WIRD GEFÄLLT", ""),
    ],
)
def test_a_headline_in_capitals_is_read_like_any_other(lang: str, title: str, expected: str) -> None:
    """A name that is an ordinary word too needs evidence, which a capital is not where all are capitals."""
    assert set(companies(title, lang=lang)) == set(expected.split())


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Block Cuts Forecast", "block"),
        ("Block Chief Buys Shares", "block"),
        ("Grab and Uber sign pact", "grab uber"),
        ("Tower block C stands empty, Block C tenants sue", ""),
    ],
)
def test_a_blocking_phrase_is_not_the_head_of_a_longer_word(title: str, expected: str) -> None:
    """The phrase "Block C" blocked "Block Cuts", and "Grab a" blocked "Grab and"."""
    assert set(companies(title)) == set(expected.split())


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Deforestation in the Amazon falls 11%", ""),
        ("Fewer masts in the Amazon, more fibre in the south", ""),
        ("Wage deal in the Amazon warehouse dispute", "amazon"),
        ("Workers at Amazon in the Amazon region strike", "amazon"),
    ],
)
def test_in_the_amazon_is_a_place(title: str, expected: str) -> None:
    """Nobody is in a company with an article."""
    assert set(companies(title)) == set(expected.split())


def test_a_bare_ticker_that_is_another_companys_name_is_that_name() -> None:
    """EQT the investor is not the gas producer whose ticker is EQT, nor SAIC of Shanghai the one of Reston."""
    assert "eqt-corp" not in companies("EQT shares slide after fund closes")
    assert "saic-us" not in companies("SAIC shares climb on sales in China")
    assert set(companies("Gas producer EQT Corp (NYSE: EQT) lifts outlook")) == {"eqt-corp"}


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Konzern verkauft Werk an Linde", "linde"),
        ("KKR verkauft Anteil an Block", "kkr block"),
        ("Versorger gibt Hälfte des Windparks an Apollo, KKR geht leer aus", "apollo kkr"),
        ("Bank lobt Intel-Förderung", "intel"),
        ("Boss steigert Umsatz, Hugo-Linie schwächelt", "hugo-boss"),
        ("Magna jubelt in Graz", "magna"),
        ("Der Boss singt in Hannover", ""),
        ("Kranz hängt an der Linde", ""),
    ],
)
def test_german_an_is_no_article(title: str, expected: str) -> None:
    """English "an" counted against every company that something went to."""
    assert set(companies(title, lang="de")) == set(expected.split())


@pytest.mark.parametrize(
    ("title", "house", "about"),
    [
        ("Goldman-Sachs-Analyst hebt Ziel für Airbus", "goldman", "airbus"),
        ("Deutsche-Bank-Analystin sieht BMW bei 95 Euro", "deutsche-bank", "bmw"),
        ("UBS-Analysten loben Nestlé", "ubs", "nestle"),
    ],
)
def test_an_analyst_in_a_compound_speaks_for_the_house(title: str, house: str, about: str) -> None:
    """The bank was the subject, and the company that its analyst rates a mere mention."""
    found = companies(title, lang="de")
    assert (found[house].role, found[about].role) == ("source", "subject")


def test_the_head_of_a_bank_is_no_analyst() -> None:
    """News of the bank itself stays its own."""
    assert companies("Deutsche-Bank-Chef sieht Ende der Krise", lang="de")["deutsche-bank"].role == "subject"
