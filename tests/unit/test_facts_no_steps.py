"""Ordinary headlines in the words of plans and decisions."""

from __future__ import annotations

import pytest

from streams.stories.facts import extract


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
