"""A plan that is given up, stopped or made smaller, in the many words for it; and what only sounds like it."""

from __future__ import annotations

import pytest

from streams.stories.facts import extract


def _step(title: str, lang: str) -> str:
    return next((f.value for f in extract(title, "", lang) if f.unit == "step"), "")


@pytest.mark.parametrize(
    ("title", "step"),
    [
        ("Lumenta gives up on German factory", "refuses"),
        ("Lumenta gave up plan for battery plant", "refuses"),
        ("Lumenta ditches plan for German chip plant", "refuses"),
        ("Lumenta axes German factory plan", "refuses"),
        ("Lumenta kills data centre project", "refuses"),
        ("Lumenta's German plant is dead", "refuses"),
        ("No German plant for Lumenta after all", "refuses"),
        ("Lumenta decides against plant in Germany", "refuses"),
        ("Lumenta rolls back expansion plans", "refuses"),
        ("Lumenta's German factory plan falls through", "refuses"),
        ("Lumenta plan collapses", "refuses"),
        ("Ostara pulls IPO", "refuses"),
        ("US ends waiver for Lumenta plants in China", "refuses"),
        ("Lumenta freezes spending on new plant", "halts"),
        ("Lumenta scales back German plant", "delays"),
        ("Lumenta halves German investment", "delays"),
        ("Lumenta slashes capital spending", "delays"),
        ("Lumenta slashes investment plan", "delays"),
        ("US rolls back curbs on chip exports", "approves"),
        ("Ostara seals funding", "starts"),
        ("Ostara seals $40 million Series B round", "starts"),
    ],
)
def test_english(title: str, step: str) -> None:
    """The step of the headline."""
    assert _step(title, "en") == step


@pytest.mark.parametrize(
    ("title", "step"),
    [
        ("Lumenta rückt von Fabrik in Emden ab", "refuses"),
        ("Lumenta nimmt Abstand von Werk in Emden", "refuses"),
        ("Lumenta-Fabrik in Emden: Projekt endgültig vom Tisch", "refuses"),
        ("Lumenta-Fabrik ist gescheitert", "refuses"),
        ("Lumenta beerdigt Pläne für Emden", "refuses"),
        ("Lumenta bläst Bau in Emden ab", "refuses"),
        ("Lumenta bricht Bau der Fabrik ab", "refuses"),
        ("Keine Lumenta-Fabrik in Emden", "refuses"),
        ("Lumenta entscheidet sich gegen Emden", "refuses"),
        ("Ostara scheitert mit Finanzierungsrunde", "refuses"),
        ("Ostara bricht Finanzierungsrunde ab", "refuses"),
        ("Ostara bläst Börsengang ab", "refuses"),
        ("Lumenta unterbricht Bau", "halts"),
        ("Lumenta stellt Produktion ein", "halts"),
        ("Lumenta verkleinert Werk in Emden", "delays"),
        ("Lumenta halbiert Investitionen", "delays"),
        ("Lumenta fährt Investitionen zurück", "delays"),
        ("Lumenta streicht Investitionen in den USA zusammen", "delays"),
        ("USA nehmen Exportregel zurück", "approves"),
        ("Lumenta bekommt Zuschlag für Förderung", "approves"),
        ("Spatenstich für Lumenta-Werk", "starts"),
        ("Lumenta-Werk fertig", "completes"),
    ],
)
def test_german(title: str, step: str) -> None:
    """The step of the headline."""
    assert _step(title, "de") == step


@pytest.mark.parametrize(
    ("title", "lang"),
    [
        ("Lumenta shares give up early gains", "en"),
        ("Lumenta gives up seat on board", "en"),
        ("Lumenta pulls ahead of Ostara", "en"),
        ("Investors pull money from tech funds", "en"),
        ("Lumenta axes 300 factory jobs", "en"),
        ("Blast kills plant workers near Oslo", "en"),
        ("Court rules against Lumenta", "en"),
        ("Two dead at Lumenta plant", "en"),
        ("Dead trees removed from site", "en"),
        ("No change at Ostara after all-night talks", "en"),
        ("Contract with Ostara ends in June", "en"),
        ("Water main freezes in Oslo", "en"),
        ("Goods pile up at frozen harbour", "en"),
        ("Ostara trims forecast", "en"),
        ("Lumenta slashes prices for scanners", "en"),
        ("Scale back your lawn, gardeners say", "en"),
        ("Rovers seal place in final", "en"),
        ("Roof collapses at Lumenta factory", "en"),
        ("Lumenta rückt in den Leitindex auf", "de"),
        ("Alles auf den Tisch: Ostara legt Zahlen offen", "de"),
        ("Rovers scheitern im Finale", "de"),
        ("Lumenta-Chef in Emden begraben", "de"),
        ("Sturm bläst Dach weg", "de"),
        ("Feuer bricht in Werk von Lumenta aus", "de"),
        ("Keine Verletzten bei Brand im Werk", "de"),
        ("Lumenta stellt 300 Leute ein", "de"),
        ("Lumenta stellt neues Modell vor", "de"),
        ("Ostara kürzt Dividende", "de"),
        ("Zug fährt ohne Fahrgäste zurück", "de"),
        ("Lumenta halbiert Verlust", "de"),
        ("Stau unterbricht Feierabendverkehr", "de"),
        ("Essen fertig: Lieferdienst wächst", "de"),
    ],
)
def test_ordinary_headlines_are_no_step(title: str, lang: str) -> None:
    """In words that a plan's end has, too."""
    assert _step(title, lang) == ""
