"""Headlines to comparable words."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from streams.stories import concepts as glossary_reader
from streams.stories.concepts import concepts
from streams.stories.places import national
from streams.stories.prepare import prepare
from streams.stories.steps import priced, without_way
from streams.stories.terms import CONCEPT_BIT, term_for
from streams.stories.words import bases, headline, key_of, kicker, revises, stem
from tests.story_build import told


@pytest.mark.parametrize(
    ("title", "bare"),
    [
        ("UPDATE 2-Lumenta raises its forecast", "Lumenta raises its forecast"),
        ("EXCLUSIVE - Lumenta weighs sale of unit", "Lumenta weighs sale of unit"),
        ("Lumenta raises its forecast again - Example News", "Lumenta raises its forecast again"),
        ("Lumenta raises its forecast again | Markets | Example", "Lumenta raises its forecast again"),
        ("Sport | Lumenta wins the regional cup", "Lumenta wins the regional cup"),
        ("Lumenta – Ostara", "Lumenta – Ostara"),
        ("Lumenta rises - analysts lift their targets", "Lumenta rises analysts lift their targets"),
        ("Lumenta legt zu – Umsatz um 26 Prozent höher – Beispiel Bote", "Lumenta legt zu Umsatz um 26 Prozent höher"),
        ("Börse | Lumenta legt zu – Umsatz um 26 Prozent höher", "Lumenta legt zu Umsatz um 26 Prozent höher"),
        ("EIL: Lumenta hebt Prognose an", "Lumenta hebt Prognose an"),
        ("WDH/BERICHTIGUNG: Lumenta hebt Prognose an", "Lumenta hebt Prognose an"),
        ("Lumenta hebt Prognose an ...", "Lumenta hebt Prognose an"),
    ],
)
def test_what_wires_and_outlets_add_is_taken_off(title: str, bare: str) -> None:
    """Prefixes, section and outlet names; a short headline keeps its dash."""
    assert headline(title) == bare


@pytest.mark.parametrize(
    ("title", "says"),
    [
        ("CORRECTED-Lumenta raises its forecast", "correction"),
        ("CORRECTED 2-Lumenta raises its forecast", "correction"),
        ("CORRECTION: Lumenta raises its forecast", "correction"),
        ("KORREKTUR: Lumenta hebt Prognose an", "correction"),
        ("BERICHTIGUNG: Lumenta hebt Prognose an", "correction"),
        ("WITHDRAWN-Lumenta raises its forecast", "removed"),
        ("STORY WITHDRAWN-Lumenta raises its forecast", "removed"),
        ("WITHDRAWN: Lumenta takes back its offer", ""),  # a topic
        ("WITHDRAWN - Lumenta takes back its offer", ""),
        ("KORREKTUR/Lumenta hebt Prognose an", ""),  # a kicker of its own at some outlets
        ("KORRIGIERT - Lumenta hebt Prognose an", "correction"),
        ("WDH/KORREKTUR: Lumenta hebt Prognose an", "correction"),
        ("KORREKTUR/ROUNDUP 2: Lumenta hebt Prognose an", "correction"),
        ("WDH: Lumenta hebt Prognose an", ""),
        ("BÖRSE/KORREKTUR: Lumenta gibt nach", ""),
        ("CORRECTED-LUMENTA RAISES ITS FORECAST", "correction"),
        ("WITHDRAWN-LUMENTA RAISES ITS FORECAST", "removed"),
        ("Correction: Lumenta shares down 10% from their peak", ""),
        ("CORRECTION: LUMENTA SHARES DOWN 10% FROM THEIR PEAK", ""),
        ("Korrektur - Lumenta-Aktie gibt nach", ""),
        ("UPDATE 1-Lumenta raises its forecast", ""),
        ("Lumenta: CORRECTED-figures of the year", ""),
        ("CORRECTED figures lift Lumenta", ""),
    ],
)
def test_only_a_wires_prefix_says_that_something_is_corrected(title: str, says: str) -> None:
    """In capitals, at the very start, before ordinary letters: markets have corrections too."""
    assert revises(title) == says


def test_a_kicker_stands_before_a_colon() -> None:
    """A topic is split off, a quotation with a short rest is not."""
    assert kicker("Verkehr: Lastwagen kippt bei Ulm um") == ("Verkehr", "Lastwagen kippt bei Ulm um")
    assert kicker("Minister: Nein danke") == ("", "Minister: Nein danke")


def test_equal_headlines_have_equal_keys() -> None:
    """Case and punctuation do not count; figures, currencies and percent signs do."""
    assert key_of("Lumenta raises $3.2bn!") == key_of("LUMENTA RAISES $3.2bn")
    assert key_of("Lumenta raises $3.2bn") != key_of("Lumenta raises $3.5bn")
    assert key_of("Lumenta raises $3bn") != key_of("Lumenta raises €3bn")


def test_bases_are_stems_without_stop_words_and_tickers() -> None:
    """In both languages; a decimal comma is a decimal point."""
    assert bases("The exports of Lumenta Inc. (LMT US) exported", "en") == ["export", "lumenta", "export"]
    assert bases("Die Fabriken der Lumenta AG", "de") == [stem("fabriken", "de"), "lumenta"]
    assert bases("3,2 Milliarden", "de")[0] == bases("3.2 billion", "en")[0]


@pytest.mark.parametrize(
    ("one", "other", "lang"),
    [
        ("buys stakes", "bought stake", "en"),
        ("Rechenzentren gebaut", "baut Rechenzentrum", "de"),
        ("verbietet", "Verbot", "de"),
        ("Chinese chips", "China's chip", "en"),
        ("chinesischer Chip", "Chips China", "de"),
        ("hasn't risen", "rises", "en"),
        ("sei gestiegen", "steigt", "de"),
    ],
)
def test_irregular_forms_and_what_is_of_a_country_are_one_word(one: str, other: str, lang: str) -> None:
    """As far as the dictionaries know them; forms of stop words are stop words."""
    assert sorted(bases(one, lang)) == sorted(bases(other, lang)) != []


def test_words_of_other_languages_stay_as_they_are() -> None:
    """No dictionary, no stemmer; English stop words are left out, for want of others."""
    assert bases("Lumenta achète the usines chinoises", "fr") == ["lumenta", "achète", "usines", "chinoises"]


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("takeover", "Übernahme"),
        ("export", "Ausfuhr"),
        ("convertible", "Wandelanleihe"),
        ("takeover", "Unternehmensübernahme"),
        ("Moscow", "russisches"),
        ("Scottish", "britische"),
    ],
)
def test_the_glossary_joins_languages(english: str, german: str) -> None:
    """A German word, or the last part of a German compound, means what the English one means."""
    assert concepts(english.casefold(), "en")[:1] == concepts(german.casefold(), "de")[:1] != ()


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("battery cells", "Batteriezellen"),
        ("chip fabs", "Chipfabriken"),
        ("export bans", "Exportverbote"),
        ("Commerce Department", "Handelsministeriums"),
        ("steel plant", "Stahlwerk"),
        ("data centres", "Rechenzentren"),
        ("data center", "Rechenzentrum"),
        ("bln", "Milliarden"),
        ("mln", "Millionen"),
        ("chip maker", "Chiphersteller"),
        ("pours", "steckt"),
        ("revokes", "entzieht"),
        ("halts", "Eis"),
    ],
)
def test_a_compound_means_what_english_says_in_two_words(english: str, german: str) -> None:
    """Both of its parts, where the first is listed, too."""
    meant = {found for word in english.casefold().split() for found in concepts(word, "en")}
    assert meant == set(concepts(german.casefold(), "de")) != set()


@pytest.mark.parametrize(
    "german",
    [
        "verspricht",
        "Nachrichten",
        "Ausschuss",
        "einsteigt",
        "überweist",
        "versichert",
        "zweistellig",
        "Rheinmetall",
        "fahrerlos",
        "Fertigstellung",
        "überschuldet",
        "Siegfried",
        "Hauptgrund",
        "erneuern",
        "fließen",
    ],
)
def test_what_only_ends_like_a_listed_word_does_not_mean_it(german: str) -> None:
    """Nor what a prefix makes another verb of."""
    assert concepts(german.casefold(), "de") == ()


def test_the_glossary_repeats_no_country() -> None:
    """Their names and what is of them stand in `places.toml` alone."""
    glossary = tomllib.loads(Path(glossary_reader.__file__).with_name("glossary.toml").read_text(encoding="utf-8"))
    for code, line in glossary["countries"].items():
        for lang, listed in zip(("en", "de"), line.split("|"), strict=True):
            assert [w for w in listed.split() if national(lang).get(w) == code] == []


@pytest.mark.parametrize(
    ("german", "english"),
    [
        ("exportkontrollen", {"controls", "export"}),
        ("chipausrüstung", {"equipment", "chip"}),
        ("exportstopp", {"halt", "export"}),
        ("kontrollen", {"controls"}),
        ("unternehmensübernahme", {"takeover"}),  # the glossary does not know its first part
    ],
)
def test_a_compound_means_what_its_first_part_means_too(german: str, english: set[str]) -> None:
    """English says it in two words."""
    assert set(concepts(german, "de")) == {c for word in english for c in concepts(word, "en")}


@pytest.mark.parametrize(
    ("english", "german"),
    [("revokes", "entzieht"), ("waiver", "Ausnahmegenehmigung"), ("broadens", "weitet"), ("indicts", "Anklage")],
)
def test_words_of_licences_mean_one_thing(english: str, german: str) -> None:
    """Whoever takes a licence away, or lets somebody off."""
    assert concepts(english, "en")[:1] == concepts(german.casefold(), "de")[:1] != ()


def test_what_the_glossary_does_not_know_means_nothing() -> None:
    """In known and unknown languages."""
    assert concepts("lumenta", "de") == concepts("übernahm", "fr") == ()


def test_concepts_are_told_from_words_by_one_bit() -> None:
    """A concept can never be taken for a word."""
    assert term_for("@export") & CONCEPT_BIT
    assert not term_for("export") & CONCEPT_BIT


def test_headlines_that_return_every_day_have_one_pattern() -> None:
    """Figures and directions do not count; a column's name before the colon is a pattern too."""
    falls, rises = (
        prepare(told(1, f"Nordic bond risk {way} to {n} points")) for way, n in (("falls", 90), ("rises", 95))
    )
    assert falls.patterns == rises.patterns != ()
    monday = prepare(told(1, "Aktien Wien Eröffnung: Anleger bleiben vorsichtig", lang="de"))
    tuesday = prepare(told(2, "Aktien Wien Eröffnung: Erholung nach Rutsch", lang="de"))
    assert set(monday.patterns) & set(tuesday.patterns)
    assert not prepare(told(3, "Verkehr: Unfall", lang="de")).patterns


def test_a_way_is_taken_out_of_a_headline() -> None:
    """So that a template is known by the rest."""
    assert without_way("Bond risk falls", "en").split() == ["Bond", "risk"]


@pytest.mark.parametrize(
    ("title", "lang", "whose"),
    [
        ("Lumenta shares close little changed", "en", "Lumenta"),
        ("Lumenta shares end slightly lower", "en", "Lumenta"),
        ("Lumenta stock rises 3%", "en", "Lumenta 3%"),
        ("Lumenta sells shares", "en", ""),
        ("Lumenta closes deal in Ulm", "en", ""),
        ("Lumenta-Aktie kaum verändert", "de", "Lumenta-"),
        ("Lumenta-Aktie schließt leicht im Plus", "de", "Lumenta-"),
        ("Lumenta verkauft Aktien", "de", ""),
    ],
)
def test_whose_price_a_headline_reports(title: str, lang: str, whose: str) -> None:
    """Without the words that change from day to day."""
    assert " ".join(priced(title, lang).split()) == whose
