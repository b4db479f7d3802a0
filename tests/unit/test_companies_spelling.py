"""Names in all their spellings: German endings and compounds, umlauts, apostrophes, Unicode forms, boundaries."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.companies.spelling import alike, composed, core
from tests.unit.companies import article, companies, directory, words


@pytest.mark.parametrize(
    ("title", "company", "name"),
    [
        ("Alibabas Cloud wächst", "alibaba", "Alibabas"),
        ("Nvidia-Chips für Riad", "nvidia", "Nvidia"),
        ("Die Alibaba-Aktie springt", "alibaba", "Alibaba"),
        ("Umbau bei der Deutschen Bank", "deutsche-bank", "Deutschen Bank"),
        ("Deutsche-Bank-Chef bleibt", "deutsche-bank", "Deutsche-Bank"),
        ("Streit in Deutscher Börse AG", "deutsche-boerse", "Deutscher Börse AG"),
        ("Muenchener Rueck zahlt mehr", "munich-re", "Muenchener Rueck"),
        ("NVIDIA legt Zahlen vor", "nvidia", "NVIDIA"),
        ("L’Oréal wächst in China", "loreal", "L’Oréal"),
        ("L'Oreal wächst in China", "loreal", "L'Oreal"),
        ("Rolls‑Royce liefert Triebwerke", "rolls-royce", "Rolls‑Royce"),
        ("Chipdesigner Arm mit Rekord", "arm", "Arm"),
        ("Telekom-Aktie gefragt", "deutsche-telekom", "Telekom"),
        ("#VW baut um", "volkswagen", "VW"),
    ],
)
def test_german_spellings(title: str, company: str, name: str) -> None:
    """Genitives, compounds, inflected names; the span is the name itself, without kind or compound."""
    assert words(title, "de", company) == [name]


def test_english_possessive_is_no_part_of_the_name() -> None:
    """The relevance model masks spans, so they must be exact."""
    assert words("Tesla's sales fall", "en", "tesla") == ["Tesla"]
    assert companies("The Alibabas of this world") == {}


@pytest.mark.parametrize("title", ["ÖABB meldet", "Siemensü", "äSiemens", "Nvidianer", "Xiaomi1", "TeslaX", "Shellack"])
def test_letters_of_any_alphabet_are_no_boundary(title: str) -> None:
    """A name inside a longer word is not the name; umlauts are letters."""
    assert companies(title, lang="de") == {}


@pytest.mark.parametrize("lang", ["de", "en"])
def test_composed_and_decomposed_letters_are_the_same(lang: str) -> None:
    """NFD text gives the same companies as NFC text, and spans in its own letters."""
    title = "Ørsted, Münchener Rück und Nestlé: L’Oréal zieht nach"
    apart = unicodedata.normalize("NFD", title)
    assert apart != title
    assert set(companies(title, lang=lang)) == set(companies(apart, lang=lang))
    assert [unicodedata.normalize("NFC", w) for w in words(apart, lang, "nestle")] == ["Nestlé"]


def test_a_name_may_break_over_a_line_but_not_over_the_headlines_end() -> None:
    """Hard-wrapped text is read through; headline and text are apart."""
    assert "deutsche-bank" in companies("Quartal", "Am Freitag legte die Deutsche\nBank Zahlen vor.", lang="de")
    assert "deutsche-bank" not in companies("Alles Deutsche", "Bank steht vor dem Rathaus.", lang="de")


def test_longest_name_wins_and_no_two_overlap() -> None:
    """Spans of all companies of an article lie apart."""
    title = "Oracle Financial Services, Tencent Music and Deutsche Bank sign with Siemens Healthineers"
    spans = sorted(s for c in companies(title).values() for s in c.spans)
    assert len(spans) == 4
    assert all(a[1] <= b[0] for a, b in pairwise(spans))


def test_core_of_an_alias_that_says_the_kind() -> None:
    """Only the name counts as the span; names that begin with a kind are names."""
    assert core("KI-Start-up Mistral") == (12, 19)
    assert core("Telekom-Aktie") == (0, 7)
    assert core("Bank of America") is None
    assert core("Commerzbank AG") is None
    assert core("Softbank Group") is None


@given(st.text(max_size=200))
def test_alike_keeps_places(text: str) -> None:
    """One kind of apostrophe, hyphen and space, and no letter moved."""
    assert len(alike(text)) == len(text)


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=80))
def test_composed_leads_back(text: str) -> None:
    """Each place of the composed text says where it came from, rising, and ends at the end."""
    nfc, places = composed(text)
    if places is not None:
        assert len(places) == len(nfc) + 1
        assert places == sorted(places)
        assert places[-1] == len(text)


@given(st.text(max_size=120), st.text(max_size=400), st.sampled_from(["de", "en", "fr", ""]))
def test_any_text_is_read_without_complaint(title: str, text: str, lang: str) -> None:
    """No input raises; every span lies in the body, in order, and every number in its range."""
    told = article(title, text, lang=lang)
    for company in directory().identify([told])[0]:
        assert 0 <= company.salience <= 100
        assert 0 <= company.confidence <= 1
        assert all(0 <= a < b <= len(told.body) for a, b in company.spans)


ALIASES = sorted(
    a.text
    for e in directory().entries
    for a in e.aliases
    if a.trust("de") == a.trust("en") == "safe" and a.text.isalpha() and a.text[-1] not in "sxzSXZ"
)


@given(st.sampled_from(ALIASES))
def test_every_safe_name_is_found_in_the_usual_places(alias: str) -> None:
    """X-Aktie, Xs, des Konzerns X, X's, "X," — and not inside a longer word."""
    owner = next(e.id for e in directory().entries if any(a.text == alias for a in e.aliases))
    for title in (f"Die {alias}-Aktie steigt", f"{alias}s Zahlen", f"des Konzerns {alias}", f"bei {alias}, so hieß es"):
        assert owner in companies(title, lang="de"), title
    assert owner in companies(f"{alias}'s plant in Ohio")
    assert owner not in companies(f"Das Wort q{alias}q steht hier", lang="de")


def test_a_name_with_a_figure_is_no_part_of_an_amount() -> None:
    """3M is a company, $5.3M is money."""
    assert "3m" in companies("3M settles with water utilities")
    assert companies("Startup raises $5.3M and $3M in two rounds") == {}
