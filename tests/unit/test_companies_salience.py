"""What an article is about: roles, salience, round-ups."""

from __future__ import annotations

import pytest

from tests.unit.companies import companies


def subjects(title: str, text: str = "", lang: str = "en") -> set[str]:
    """Ids of the companies the article is about."""
    return {i for i, c in companies(title, text, lang=lang).items() if c.role == "subject"}


@pytest.mark.parametrize(
    ("lang", "title", "expected"),
    [
        ("en", "Nvidia unveils new chip", {"nvidia"}),
        ("en", "Volkswagen and Rivian start joint venture", {"volkswagen", "rivian"}),
        ("en", "Broadcom jumps after Nvidia results", {"broadcom"}),
        ("en", "Infineon rival Renesas lifts outlook", {"renesas"}),
        ("en", "OpenAI-backed startup Harvey raises funds", {"harvey"}),
        ("en", "Google's DeepMind unit publishes protein model", {"alphabet"}),
        ("en", "Chip makers such as Nvidia and AMD benefit, says TSMC", {"tsmc"}),
        ("en", "Apple sues OpenAI over trade secrets", {"apple", "openai"}),
        ("de", "Deutsche Bank und Commerzbank erhöhen Zinsen", {"deutsche-bank", "commerzbank"}),
        ("de", "SAP wächst schneller als Oracle", {"sap"}),
        ("de", "Metro-Tochter streicht Stellen", {"metro"}),
        ("de", "Nach Nvidia hebt auch Broadcom die Prognose an", {"broadcom"}),
        ("de", "Der Adidas-Rivale Puma wechselt den Chef", {"puma"}),
    ],
)
def test_subjects_of_headlines(lang: str, title: str, expected: set[str]) -> None:
    """Who acts or is acted upon is subject; rivals, examples, owners and causes are only mentioned."""
    assert subjects(title, lang=lang) == expected


def test_a_rater_is_the_source_and_the_rated_the_subject() -> None:
    """An analysts' house that lifts a target is not what the article is about."""
    found = companies("JPMorgan upgrades Siemens Energy to overweight")
    assert found["jpmorgan"].role == "source"
    assert found["jpmorgan"].salience < 30
    assert found["siemens-energy"].role == "subject"


def test_a_bank_that_says_something_of_another_company_is_a_source() -> None:
    """What Goldman says of Nvidia is about Nvidia."""
    found = companies("Nvidia has room to grow, Goldman Sachs says")
    assert {found["goldman"].role, found["nvidia"].role} == {"source", "subject"}


@pytest.mark.parametrize(
    ("lang", "title", "text", "expected"),
    [
        ("en", "Meta says to cut 600 jobs", "The company said a memo went out.", {"meta"}),
        ("en", "Tencent reports faster growth on games", "Tencent said costs fell.", {"tencent"}),
        ("en", "Commerzbank says it will reject UniCredit offer", "", {"commerzbank", "unicredit"}),
        ("en", "Goldman Sachs reported a 37% jump in profit", "Investment banking fees surged.", {"goldman"}),
        ("en", "Goldman Sachs says oil could fall to $50", "The bank sees a glut.", set()),
        ("en", "Regulators told Citi to fix controls by June", "", {"citi"}),
        ("en", "Adidas downgraded by Bank of America", "", {"adidas"}),
        ("en", "Intel downgraded to sell at Citi", "", {"intel"}),
        ("en", "Goldman raises Apple price target", "The bank expects a strong cycle.", {"apple"}),
        ("en", "JPMorgan cuts Tesla to underweight", "", {"tesla"}),
        ("en", "Goldman adds Rheinmetall to conviction list", "", {"rheinmetall"}),
        ("en", "Goldman Sachs adds 200 bankers in Milan", "", {"goldman"}),
        ("en", "Tesla cuts target for its robot; BYD presses on", "", {"tesla", "byd"}),
        ("de", "Deutsche Bank sieht sich auf Kurs zum Rekordgewinn", "", {"deutsche-bank"}),
        ("de", "Unicredit bestätigt Interesse an Commerzbank", "", {"unicredit", "commerzbank"}),
        ("de", "Siemens bestätigt Gespräche mit Alstom", "", {"siemens", "alstom"}),
        ("de", "UBS belässt Siemens auf Buy", "Die Bank UBS hat die Einstufung für Siemens belassen.", {"siemens"}),
        (
            "de", "Goldman Sachs hebt Kursziel für Siemens",
            "Die US-Investmentbank Goldman Sachs hat das Kursziel für Siemens von 240 auf 250 Euro angehoben.", {"siemens"},
        ),
    ],
)  # fmt: skip
def test_who_speaks_of_itself_and_who_of_others(lang: str, title: str, text: str, expected: set[str]) -> None:
    """A house that reports its own news is what the article is about; one that rates a share is its source."""
    assert subjects(title, text, lang) == expected


def test_subject_and_salience_agree() -> None:
    """From 70 a headline is about a company, below 70 it only mentions it."""
    found = companies("Broadcom jumps after Nvidia results", "Broadcom rose 9%. Broadcom supplies Google. AMD fell.")
    assert found["broadcom"].salience >= 70 > found["nvidia"].salience
    assert found["nvidia"].salience > found["amd"].salience


NAMES = (
    "Adidas, Airbus, BASF, BMW, Beiersdorf, Brenntag, Commerzbank, Daimler Truck, Deutsche Bank, Fresenius, "
    "Hannover Rück, Infineon, Qiagen, RWE, Rheinmetall, SAP, Siemens, Symrise, Vonovia, Zalando"
)


def test_twenty_names_in_passing_fire_no_twenty_alerts() -> None:
    """A market report names twenty companies: each is a mention below 30, where a watch's default starts."""
    told = ". ".join(f"{name.strip()} gab {n + 1} Prozent nach" for n, name in enumerate(NAMES.split(",")))
    found = companies("Aktien Frankfurt: Dax schließt im Minus", told, lang="de")
    assert len(found) == 20
    assert {c.role for c in found.values()} == {"mention"}
    assert max(c.salience for c in found.values()) < 30


@pytest.mark.parametrize(
    ("lang", "title", "text"),
    [
        ("de", "Wochenvorschau: Termine bis 4. Dezember", "Dienstag: Infineon legt Zahlen vor. Infineon lädt zum Gespräch."),
        ("de", "Aktien Wien Schluss: ATX gibt nach", "Verbund verlor zwei Prozent, auch OMV und Voestalpine gaben nach."),
        ("de", "MDax startet freundlich", "Gefragt waren Zalando und Hugo Boss."),
        ("en", "Morning Briefing: three things to know", "Nvidia reports after the bell. Broadcom follows on Thursday."),
        ("en", "FTSE 100 closes higher as sterling eases", "AstraZeneca added 2%, while Rolls-Royce slipped."),
        ("de", "Was heute wichtig ist", "Infineon investiert fünf Milliarden Euro in Dresden. Siemens baut in Erlangen."),
        ("en", "Five things to know before the bell", "Micron will spend $7.2 billion on a plant. Nvidia needs a licence."),
        ("en", "Stocks to watch on Tuesday", "Siemens Energy: the company meets analysts in London."),
    ],
)  # fmt: skip
def test_a_market_report_that_names_nobody_is_about_nobody(lang: str, title: str, text: str) -> None:
    """However few its text names: they are background, below where a watch's default starts."""
    found = companies(title, text, lang=lang)
    assert found
    assert {c.role for c in found.values()} == {"mention"}
    assert max(c.salience for c in found.values()) < 30


@pytest.mark.parametrize(
    ("lang", "title", "text", "expected"),
    [
        ("en", "Wall Street bank to cut 3,000 jobs", "Goldman Sachs told staff on Monday.", {"goldman"}),
        ("de", "Dax-Konzern streicht Tausende Stellen", "Siemens will bis März 4000 Stellen streichen.", {"siemens"}),
        ("de", "Tagesgewinner Infineon hebt Prognose an", "", {"infineon"}),
    ],
)  # fmt: skip
def test_a_headline_with_news_is_no_market_report(lang: str, title: str, text: str, expected: set[str]) -> None:
    """A word of the market alone makes none, nor does a report that names its company."""
    assert subjects(title, text, lang) == expected


@pytest.mark.parametrize(
    "title",
    [
        "Das war der Tag: Infineon baut, RWE und Continental sparen",
        "TAGESRÜCKBLICK/Unternehmen: Infineon baut in Dresden, RWE streicht, Continental verkauft",
    ],
)
def test_a_round_up_that_names_three_is_about_none_of_them(title: str) -> None:
    """Each was told of by an article of its own; one that names a single company is told for that one."""
    found = companies(title, "Infineon investiert fünf Milliarden Euro. RWE kürzt die Investitionen.", lang="de")
    assert set(found) == {"infineon", "rwe", "continental"}
    assert max(c.salience for c in found.values()) < 30
    assert subjects("Das war der Tag: Infineon baut in Dresden", "", "de") == {"infineon"}


def test_twenty_names_in_the_headline_are_a_list() -> None:
    """Five or more companies in one headline: it is about none of them."""
    found = companies(f"Diese Aktien bewegen: {NAMES}", lang="de")
    assert len(found) == 20
    assert {c.role for c in found.values()} == {"mention"}
    assert max(c.salience for c in found.values()) < 30


def test_a_round_up_with_one_headliner_keeps_it_above_the_rest() -> None:
    """The company of the headline stays visible, the others do not."""
    found = companies("Nvidia lifts chip stocks", f"Shares of {NAMES} rose as well. Nvidia gained 5%.")
    assert found["nvidia"].role == "subject"
    assert max(c.salience for i, c in found.items() if i != "nvidia") < 30


def test_a_headline_without_names_leaves_it_to_the_lead() -> None:
    """When the headline names nobody, the first sentences say whom the article is about."""
    text = "ByteDance and Tencent bought servers worth billions. Nvidia declined to comment."
    found = companies("Billions for servers", text)
    assert {"bytedance", "tencent"} <= subjects("Billions for servers", text)
    assert all(c.salience < 81 for c in found.values())
