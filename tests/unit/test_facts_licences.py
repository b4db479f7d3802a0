"""A licence that is needed for exports is a curb, and one that is needed no longer lifts it."""

from __future__ import annotations

import pytest

from streams.stories.facts import extract


def _step(title: str, lang: str = "en") -> str:
    return next((f.value for f in extract(title, "", lang) if f.unit == "step"), "")


@pytest.mark.parametrize(
    ("title", "step"),
    [
        ("Norway requires licence for Lumenta's scanner exports", "refuses"),
        ("Norway to require export licences for scanners", "refuses"),
        ("Lumenta says its scanners need a US export licence", "refuses"),
        ("LUMENTA: SCANNER SALES TO OMAN NEED LICENCE - FILING", "refuses"),
        ("Norway requires permits for exports of scanners", "refuses"),
        ("Norway puts scanner technology under export licensing", "refuses"),
        ("Norway restricts Lumenta scanner sales to Oman", "refuses"),
        ("Norway blacklists Lumenta, Ostara", "refuses"),
        ("Norway adds Lumenta and Ostara to export control list", "refuses"),
        ("Norway confirms licence requirement for scanner exports", "refuses"),
        ("Norway finalises export rule for scanners", "refuses"),
        ("Norway takes Lumenta off export control list", "approves"),
        ("Norway exempts Lumenta scanners from licence rule", "approves"),
        ("Norway waives licence requirement for scanners", "approves"),
        ("Norway says Lumenta no longer needs licence for scanner exports", "approves"),
        ("Norway does not require licences for scanner exports", "approves"),
        ("Lumenta needs no licence for scanners", "approves"),
        ("Lumenta, Ostara free to sell scanners to Oman again", "approves"),
        ("Norway may require licences for scanner exports", "considers"),
        ("Norway plans to require licences for scanner exports", "plans"),
        ("Oman urges Norway to withdraw licence rule for scanners", "considers"),
        ("Oman asks Norway to lift curbs on scanners", "considers"),
        ("Norway asks Lumenta to halt scanner sales to Oman", "halts"),
        ("Norway shelves ban on scanner sales to Oman", "approves"),
        ("Norway to bar Lumenta from selling scanners to Oman", "forbids"),
        ("Norway orders Lumenta to block scanner sales", "refuses"),
        ("Lumenta needs permission of its lenders", ""),
        ("Lumenta reports on licence business", ""),
    ],
)
def test_a_licence_that_is_needed_is_a_curb(title: str, step: str) -> None:
    """Before, none of these was a step, and their end passed for a retelling. To ask for an end ends nothing."""
    assert _step(title) == step


@pytest.mark.parametrize(
    ("title", "step"),
    [
        ("Lumenta darf Scanner nur noch mit Lizenz nach Oman liefern", "refuses"),
        ("Norwegen: Lumentas Scanner nur noch mit Ausfuhrgenehmigung", "refuses"),
        ("Lumenta braucht für Verkäufe nach Oman nun US-Lizenz", "refuses"),
        ("Norwegen setzt Lumenta auf schwarze Liste", "refuses"),
        ("Norwegen genehmigt Scanner-Ausfuhren nur noch einzeln", "refuses"),
        ("Lumenta braucht für Verkäufe nach Oman keine US-Lizenz mehr", "approves"),
        ("Lumenta darf Scanner nach Oman liefern", "approves"),
    ],
)
def test_german_licences(title: str, step: str) -> None:
    """Who may deliver with a licence only may less than before."""
    assert _step(title, "de") == step


@pytest.mark.parametrize(
    ("title", "step"),
    [
        ("LUMENTA CLOSES $46.5 BLN FUNDING ROUND", "starts"),
        ("LUMENTA PRICES $3.2 BLN ZERO COUPON CONVERTIBLE NOTES", "completes"),
        ("Lumenta restarts Ulm plant", "starts"),
        ("Lumenta to restart Ulm plant", "plans"),
        ("Lumenta cuts capital spending to $13 billion", "delays"),
        ("Lumenta lowers capex outlook", "delays"),
        ("Lumenta slows construction of Ulm plant", "delays"),
        ("Lumenta defers Ulm plant", "delays"),
        ("Lumenta to cut memory capex by a third", "delays"),
        ("Lumenta to cut 300 jobs", "plans"),
        ("Lumenta says it is not raising capital", "denies"),
        ("Lumenta is not raising prices", "refuses"),
        ("Oil prices cut into spending", ""),
        ("Growth slows as construction falters", ""),
    ],
)
def test_the_words_of_agencies_and_budgets(title: str, step: str) -> None:
    """Flashes shorten billions; budgets are cut and lowered, sites slowed; who is not raising money denies a report."""
    assert _step(title) == step
