"""Ordinary headlines in the words of plans and decisions."""

from __future__ import annotations

import pytest

from streams.stories.facts import extract


def _keys(title: str, lang: str) -> list[str]:
    return [f.key for f in extract(title, "", lang)]


@pytest.mark.parametrize(
    ("title", "lang"),
    [
        ("Lumenta shares collapse after profit warning", "en"),
        ("Sales collapse at Ostara's watch unit", "en"),
        ("Ostara in race for collapsed airline", "en"),
        ("Lumenta deal fails to lift shares", "en"),
        ("Lumenta deal nears collapse", "en"),
        ("Dollar falls through key support", "en"),
        ("Pilot walks away from crash unhurt", "en"),
        ("Ostara extends gains after export curbs", "en"),
        ("Norway extends deadline of scanner ban", "en"),
        ("Lumenta renews licence agreement with Ostara", "en"),
        ("Ostara extends clearance sale", "en"),
        ("Ostara tightens grip on scanner market", "en"),
        ("Fed tightens policy", "en"),
        ("Lumenta tightens quality controls after recall", "en"),
        ("Ostara warns tightened curbs hurt sales", "en"),
        ("Lumenta expands sanctions compliance team", "en"),
        ("Lumenta restores power after storm", "en"),
        ("Ostara reinstates dividend", "en"),
        ("Rovers overturn two-goal lead", "en"),
        ("VAR overturns penalty decision", "en"),
        ("Lightning strikes down mast at Lumenta site", "en"),
        ("New model revives interest in scanners", "en"),
        ("Lumenta drops after plant fire", "en"),
        ("Yuan slips at end of the quarter", "en"),
        ("End of the line for a beloved tram", "en"),
        ("No more easy wins for Rovers", "en"),
        ("Say no to plastic, grocers urge", "en"),
        ("Contract with Ostara expires in June", "en"),
        ("House prices fall as notes of caution sound", "en"),
        ("Ostara places order for 40 aircraft", "en"),
        ("Driver runs green light for second time", "en"),
        ("Lumenta scanners stuck as permits become mandatory for exports", "en"),
        ("Building permits rise", "en"),
        ("Inflation eases in May", "en"),
        ("Stocks flat as investors await Fed decision", "en"),
        ("Aus für Heim-WM: Norwegen im Schock", "de"),
        ("Ja zu Europa: Tausende auf der Straße", "de"),
        ("Nein zu Gewalt: Ostara wirbt für Respekt", "de"),
        ("Freie Fahrt für Radler an der Elbe", "de"),
        ("Stopp für Pendler: Brücke gesperrt", "de"),
        ("Ostara fordert Stopp für Lumentas Lieferungen", "de"),
        ("Ostara verschärft Sparkurs", "de"),
        ("Lumenta verlängert Vertrag mit Vorstandschef", "de"),
        ("Ostara verlängert Lizenzvertrag mit Lumenta", "de"),
        ("Mietvertrag von Lumenta läuft aus", "de"),
        ("Ostara weitet Verlust aus", "de"),
        ("Rovers scheitert in erster Runde", "de"),
        ("Klage gegen Lumenta gescheitert", "de"),
        ("Fusion von Lumenta droht zu scheitern", "de"),
        ("Sparen zahlt sich nicht aus", "de"),
        ("Schwimmer springt vom Turm ab", "de"),
        ("Rovers-Profi nimmt Training wieder auf", "de"),
        ("Neue Parkregeln in Kraft", "de"),
        ("Anleger warten auf Zinsen", "de"),
    ],
)
def test_ordinary_business_takes_no_step(title: str, lang: str) -> None:
    """Where the words of a decision mean something else."""
    assert not [k for k in (f.key for f in extract(title, "", lang)) if k.startswith("status:step")]


@pytest.mark.parametrize(
    ("title", "lang"),
    [
        ("Lumenta streicht 800 Stellen im Werk Ulm", "de"),
        ("Lumenta streicht Ausgaben um zwei Milliarden Euro", "de"),
        ("Lumentas Ulmer Werk: 800 Stellen gestrichen", "de"),
        ("Lumenta's plan for Ulm in doubt", "en"),
        ("Lumenta plans in doubt", "en"),
        ("No licence needed for Lumenta scanners", "en"),
        ("Lumenta braucht keine Genehmigung", "de"),
        ("Ruling opens the door to scanner trade", "en"),
        ("Lumenta can sell scanners without licence", "en"),
        ("Lumenta shares drop on export curbs", "en"),
        ("Lumenta ends lower on chip curbs", "en"),
        ("Lumenta does not deny problems", "en"),
        ("Lumenta hält an Prognose fest", "de"),
        ("Lumenta gibt Werk noch nicht auf", "de"),
        ("No licence will be needed for Lumenta scanners", "en"),
        ("Lumenta needs no permit for Ulm plant", "en"),
        ("Norwegen lässt Lumenta ohne Lizenz liefern", "de"),
        ("Lumenta braucht für Ulm keine neue Genehmigung", "de"),
        ("Lumenta schließt Werk in Ulm, Produktion läuft aus", "de"),
        ("Lumenta schließt Werk: So sieht der Plan aus", "de"),
        ("Lumenta gibt Großbestellung bei Ostara auf", "de"),
        ("Oslo central bank on hold, Lumenta in focus", "en"),
        ("New export rules out Friday", "en"),
        ("Oslo sees no need for further export curbs", "en"),
        ("Mothballed Lumenta plant reopens", "en"),
        ("Lumenta steckt tief in der Krise", "de"),
        ("Lumenta to put scanners into schools", "en"),
    ],
)
def test_a_cut_and_a_noun_take_no_step(title: str, lang: str) -> None:
    """Jobs and amounts are no plan, and a plan that somebody has is not what he does."""
    assert not [k for k in _keys(title, lang) if k.startswith("status")]


@pytest.mark.parametrize("title", ["Lumenta shares close at record", "Dax opens higher", "Oil prices under pressure"])
def test_market_reports_take_no_step(title: str) -> None:
    """A share that closes has completed nothing."""
    assert not [k for k in _keys(title, "en") if k.startswith("status")]
