"""Who only works for others or has the news of others is not what it is about: banks, auditors, publishers."""

from __future__ import annotations

import pytest

from tests.unit.companies import companies

WATCHED_FROM = 30
"""The salience at which a watch begins unless it says otherwise."""


def roles(title: str, text: str, lang: str) -> tuple[set[str], set[str]]:
    """Ids of the subjects, and of those that no ordinary watch is told of."""
    found = companies(title, text, lang=lang)
    about = {i for i, c in found.items() if c.role == "subject"}
    return about, {i for i, c in found.items() if c.role == "source" and c.salience < WATCHED_FROM}


@pytest.mark.parametrize(
    ("lang", "title", "about", "houses"),
    [
        ("en", "Goldman Sachs advises Sila on $375 million Series G", "", "goldman"),
        ("en", "Evercore and Barclays are advising Siemens Energy on its wind unit", "siemens-energy", "barclays"),
        ("en", "Morgan Stanley (MS) advised Siemens on the sale of its motors unit", "siemens", "morgan-stanley"),
        ("en", "McKinsey advises Boeing on cost cuts", "boeing", "mckinsey"),
        ("en", "Nomura serving as financial adviser to Toshiba", "toshiba", "nomura"),
        ("en", "Morgan Stanley acts as sole bookrunner for Delivery Hero placement", "delivery-hero", "morgan-stanley"),
        ("en", "Goldman Sachs is helping Covestro sell coatings arm", "covestro", "goldman"),
        ("en", "JPMorgan leads $2 billion loan for Crusoe", "crusoe", "jpmorgan"),
        ("en", "JPMorgan, MUFG lead $22 billion loan for Vantage data centre", "", "jpmorgan mufg"),
        ("en", "HSBC, Standard Chartered lead $1.2 billion green loan to Tata Steel", "tata-steel", "hsbc standard-chartered"),
        ("en", "Deutsche Bank, Citi Said to Lead Loan for Covestro", "covestro", "citi deutsche-bank"),
        ("en", "Goldman, Jefferies and Houlihan lead IPO of battery maker Sila", "", "goldman jefferies"),
        ("en", "UBS will lead Birkenstock's secondary share sale", "birkenstock", "ubs"),
        ("en", "Citigroup arranges Cerebras IPO", "cerebras", "citi"),
        ("en", "Wells Fargo underwrites Oracle's $38 billion debt package", "oracle", "wells-fargo"),
        ("en", "HSBC lends $300 million to Evergrande", "evergrande", "hsbc"),
        ("en", "Barclays agrees to lend Northvolt $500 million", "northvolt", "barclays"),
        ("en", "Mizuho, SMBC extend 300 billion yen loan to SoftBank", "softbank", "mizuho smfg"),
        ("en", "Santander grants Iberdrola a credit line of 500 million euros", "iberdrola", "santander"),
        ("en", "Citigroup finances Plug Power hydrogen plant", "plug-power", "citi"),
        ("en", "Crusoe gets $2 billion loan from JPMorgan", "crusoe", "jpmorgan"),
        ("en", "CoreWeave signs $2.6 billion loan arranged by Goldman Sachs and JPMorgan", "coreweave", "goldman jpmorgan"),
        ("en", "Bookrunners are Deutsche Bank, Citi and UBS", "", "citi deutsche-bank ubs"),
        ("en", "Siemens hires Goldman Sachs and Citi to explore sale of motors unit", "siemens", "citi goldman"),
        ("en", "Intel turns to Morgan Stanley to defend against activist", "intel", "morgan-stanley"),
        ("en", "Lufthansa working with Deutsche Bank on sale of catering unit", "lufthansa", "deutsche-bank"),
        ("en", "Volkswagen appoints PwC as auditor", "volkswagen", "pwc"),
        ("en", "KPMG audits Wirecard again", "wirecard", "kpmg"),
        ("en", "Deloitte is auditor of troubled Adler Group", "adler-group", "deloitte"),
        ("de", "Berenberg begleitet Kapitalerhöhung von Friedrich Vorwerk über 100 Millionen Euro", "friedrich-vorwerk", "berenberg"),
        ("de", "Deutsche Bank und Citi begleiten Kapitalerhöhung von Verbio", "verbio", "citi deutsche-bank"),
        ("de", "Die Deutsche Bank hat den Börsengang von Ionos begleitet", "ionos", "deutsche-bank"),
        ("de", "Verbio: Commerzbank ist Konsortialführer", "verbio", "commerzbank"),
        ("de", "Konsortialführer ist die Deutsche Bank, Emittent ist Verbio", "verbio", "deutsche-bank"),
        ("de", "Morgan Stanley fungiert als alleiniger Bookrunner für Verbio", "verbio", "morgan-stanley"),
        ("de", "Goldman Sachs berät Covestro beim Verkauf der Lacksparte", "covestro", "goldman"),
        ("de", "UBS hat Verbio bei der Kapitalerhöhung beraten", "verbio", "ubs"),
        ("de", "Nordex wird von der Commerzbank beraten", "nordex", "commerzbank"),
        ("de", "Commerzbank führt Bankenkonsortium für Nordex", "nordex", "commerzbank"),
        ("de", "Goldman Sachs und JPMorgan führen Anleiheemission von SAP", "sap", "goldman jpmorgan"),
        ("de", "Helaba arrangiert Schuldschein für Fraport", "fraport", "helaba"),
        ("de", "JP Morgan organisiert Verkauf der Bosch-Sparte", "bosch", "jpmorgan"),
        ("de", "KfW gewährt Nordex einen Kredit über 300 Millionen Euro", "nordex", "kfw"),
        ("de", "Commerzbank leiht Nordex 500 Millionen Euro", "nordex", "commerzbank"),
        ("de", "DZ Bank stellt Baywa 500 Millionen Euro Kredit bereit", "baywa", "dz-bank"),
        ("de", "Baywa erhält Überbrückungskredit von DZ Bank und Unicredit", "baywa", "dz-bank unicredit"),
        ("de", "Commerzbank finanziert Windpark von RWE", "rwe", "commerzbank"),
        ("de", "Thyssenkrupp engagiert Goldman Sachs für Abspaltung der Stahlsparte", "thyssenkrupp", "goldman"),
        ("de", "Zalando holt Goldman Sachs als Berater", "zalando", "goldman"),
        ("de", "KPMG wird Abschlussprüfer von Siemens", "siemens", "kpmg"),
        ("de", "Deloitte testiert Bilanz von Adler", "adler-group", "deloitte"),
    ],
)  # fmt: skip
def test_who_works_for_another_is_no_subject(lang: str, title: str, about: str, houses: str) -> None:
    """Advisers, lenders, underwriters and auditors stay below every watch; the news is their client's."""
    assert roles(title, "", lang) == (set(about.split()), set(houses.split()))


@pytest.mark.parametrize(
    ("lang", "title", "house"),
    [
        ("en", "Goldman Sachs raises 2 billion dollars in bond sale", "goldman"),
        ("en", "Goldman Sachs invests $500 million in Sila", "goldman"),
        ("en", "Goldman Sachs leads $500 million round for Sila", "goldman"),
        ("en", "BlackRock leads investment in Northvolt", "blackrock"),
        ("en", "Deutsche Bank leads rally in European shares", "deutsche-bank"),
        ("en", "JPMorgan leads bond rout after Oracle warning", "jpmorgan"),
        ("en", "Deutsche Bank leads list of IPO arrangers in Europe", "deutsche-bank"),
        ("en", "Deutsche Bank leads IPO of its DWS unit", "deutsche-bank"),
        ("en", "Unicredit leads bidding for Aareal", "unicredit"),
        ("en", "Goldman Sachs fined over role as adviser to 1MDB", "goldman"),
        ("en", "Morgan Stanley advised to cut risk, Fed says", "morgan-stanley"),
        ("en", "Citi advises staff to work from home", "citi"),
        ("en", "Deutsche Bank lending to German firms rises 5%", "deutsche-bank"),
        ("en", "Wells Fargo extends losses as loan growth stalls", "wells-fargo"),
        ("en", "JPMorgan lends weight to calls for Boeing overhaul", "jpmorgan"),
        ("en", "Apple picks JPMorgan to take over credit card from Goldman Sachs", "jpmorgan"),
        ("en", "Barclays hires Credit Suisse banker to lead IPO business", "barclays"),
        ("en", "KPMG fined over Carillion audit", "kpmg"),
        ("en", "McKinsey cuts 2,000 jobs", "mckinsey"),
        ("de", "Deutsche Bank baut Rechenzentrum", "deutsche-bank"),
        ("de", "Commerzbank wehrt sich gegen Unicredit", "commerzbank"),
        ("de", "Commerzbank und Unicredit beraten über Fusion", "commerzbank"),
        ("de", "Deutsche Bank berät Kunden künftig mit Hilfe von Microsoft", "deutsche-bank"),
        ("de", "Deutsche Bank führt Kapitalerhöhung durch", "deutsche-bank"),
        ("de", "Deutsche Bank begleitet Börsengang ihrer Tochter DWS", "deutsche-bank"),
        ("de", "Deutsche Bank platziert Anleihe über eine Milliarde Euro", "deutsche-bank"),
        ("de", "Deutsche Bank leiht sich Geld bei der EZB", "deutsche-bank"),
        ("de", "Commerzbank kündigt Kredit von Varta", "commerzbank"),
        ("de", "Commerzbank prüft Übernahme von Aareal", "commerzbank"),
        ("de", "Unicredit finanziert Commerzbank-Kauf mit neuen Aktien", "unicredit"),
        ("de", "Deutsche Bank wird von der Bafin geprüft", "deutsche-bank"),
        ("de", "KPMG verliert Mandat bei Adler", "kpmg"),
    ],
)
def test_a_house_with_news_of_its_own_is_the_subject(lang: str, title: str, house: str) -> None:
    """It buys, invests, builds, raises money for itself, is hit or is fined."""
    assert house in roles(title, "", lang)[0]


@pytest.mark.parametrize(
    ("lang", "title", "text", "about", "houses"),
    [
        (
            "en", "Siemens to buy Altair", "Goldman Sachs advised Siemens, while Citi advised Altair.",
            "siemens", "goldman citi",
        ),
        (
            "de", "Delivery Hero platziert Aktien", "Goldman Sachs und JPMorgan begleiten die Transaktion als Bookrunner.",
            "delivery-hero", "goldman jpmorgan",
        ),
        (
            "en", "Siemens to buy Altair", "Goldman Sachs, which is advising Siemens, and Citi had no comment.",
            "siemens", "goldman",
        ),
        ("en", "Siemens buys unit", "Goldman Sachs and JPMorgan, which advised the group, had no comment.", "siemens", "goldman jpmorgan"),
        ("de", "Siemens kauft zu", "J.P. Morgan, die den Konzern beriet, wollte nichts sagen.", "siemens", "jpmorgan"),
        ("de", "Siemens kauft zu", "Die Commerzbank, die Siemens beraten hat, schwieg.", "siemens", "commerzbank"),
        ("en", "Siemens buys unit", "Goldman Sachs, which invested in Siemens, had no comment.", "siemens", ""),
        ("de", "Siemens kauft zu", "Die Commerzbank, die Siemens Geld schuldet, beriet niemanden.", "siemens", ""),
        ("en", "Goldman Sachs, which advised Siemens, cuts jobs", "", "goldman siemens", ""),
        ("de", "Siemens plant Verkauf", "Axel Springers Blatt beruft sich auf Insider.", "siemens", "axel-springer"),
        ("en", "Siemens to sell unit", "Thomson Reuters was told of the plan by two people.", "siemens", "thomson-reuters"),
        ("en", "Thomson Reuters has seen a draft of the Siemens plan", "", "siemens", "thomson-reuters"),
        ("en", "Thomson Reuters understands that Boeing will cut output", "", "boeing", "thomson-reuters"),
        ("en", "Siemens plans sale, according to a memo seen by Thomson Reuters", "", "siemens", "thomson-reuters"),
        (
            "en", "News Corp's Wall Street Journal reported that Apple is in talks with Meta", "",
            "apple meta", "news-corp",
        ),
        ("de", "Axel Springers Welt meldet: Siemens plant Verkauf", "", "siemens", "axel-springer"),
        ("de", "Wie Axel Springer erfuhr, will Siemens Stellen streichen", "", "siemens", "axel-springer"),
        ("de", "Nach Informationen von Axel Springer plant Siemens Verkauf", "", "siemens", "axel-springer"),
        ("de", "Bertelsmann beruft sich auf interne Dokumente von Amazon", "", "amazon", "bertelsmann"),
        ("de", "Axel Springer beruft sich auf Pressefreiheit", "", "axel-springer", ""),
        ("de", "Axel Springer meldet Gewinnsprung", "", "axel-springer", ""),
        ("de", "Axel Springer zitiert Mitarbeiter nach Hause", "", "axel-springer", ""),
        ("de", "Bertelsmann meldet Umsatzplus", "", "bertelsmann", ""),
        ("en", "Thomson Reuters was told to pay damages to Ross", "", "thomson-reuters", ""),
        ("en", "Thomson Reuters buys tax software firm", "", "thomson-reuters", ""),
        ("en", "News Corp cites weak ad market for loss", "", "news-corp", ""),
        ("en", "Politico bought by Axel Springer", "", "axel-springer", ""),
    ],
)  # fmt: skip
def test_advisers_in_the_text_and_publishers_anywhere(
    lang: str, title: str, text: str, about: str, houses: str
) -> None:
    """A publisher that was told, cites or has seen something is a source, one that does business is a subject."""
    assert roles(title, text, lang) == (set(about.split()), set(houses.split()))
