"""Facts: one value for every spelling, in both languages, and nothing that is no fact."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.stories import facts
from streams.stories.facts import extract
from streams.stories.rough import exact


def keys(title: str, lang: str = "en", text: str = "") -> list[str]:
    """The fact keys of a headline and text."""
    return [f.key for f in extract(title, text, lang)]


def figures(title: str, lang: str = "en") -> list[str]:
    """The same without steps, directions and details."""
    return [k for k in keys(title, lang) if not k.startswith(("status", "direction", "place", "product", "year"))]


@pytest.mark.parametrize(
    ("words", "lang"),
    [
        ("a bond of $3.2bn", "en"),
        ("a bond of US$3.2 billion", "en"),
        ("a 3.2 billion dollar bond", "en"),
        ("a 3.2-billion-dollar bond", "en"),
        ("a bond of USD 3.2 bn", "en"),
        ("a bond of 3,200,000,000 dollars", "en"),
        ("a bond of $3,200 million", "en"),
        ("eine Anleihe über 3,2 Mrd. US-Dollar", "de"),
        ("eine Anleihe über 3,2 Milliarden Dollar", "de"),
        ("eine Anleihe über 3.200 Mio. USD", "de"),
        ("eine Anleihe über 3.200.000.000 Dollar", "de"),
        ("eine Anleihe über $3.2 Mrd", "de"),
    ],
)
def test_one_amount_in_every_spelling(words: str, lang: str) -> None:
    """Two languages, scales before and after, decimal points and commas."""
    assert figures(words, lang) == ["amount:USD:3200000000"]


@pytest.mark.parametrize(
    ("words", "lang", "key"),
    [
        ("raises €500m", "en", "amount:EUR:500000000"),
        ("raises HK$25.1 billion", "en", "amount:HKD:25100000000"),
        ("sammelt 25,1 Mrd. Hongkong-Dollar ein", "de", "amount:HKD:25100000000"),
        ("plans RMB1bn plant", "en", "amount:CNY:1000000000"),
        ("Werk für 1 Milliarde Yuan", "de", "amount:CNY:1000000000"),
        ("to invest Rs 500 crore", "en", "amount:INR:5000000000"),
        ("to invest 1.5 lakh crore rupees", "en", "amount:INR:1500000000000"),
        ("500 billion yen fund", "en", "amount:JPY:500000000000"),
        ("zwölf Milliarden Euro für Netze", "de", "amount:EUR:12000000000"),
        ("half a billion dollars for grid", "en", "amount:USD:500000000"),
        ("vier Billionen US-Dollar", "de", "amount:USD:4000000000000"),
        ("another billion dollars for grid", "en", "amount:USD:1000000000"),
        ("two more billion euros for grid", "en", "amount:EUR:2000000000"),
        ("3 more billion euros for grid", "en", "amount:EUR:3000000000"),
        ("one and a half billion dollars", "en", "amount:USD:1500000000"),
        ("eine weitere Milliarde Euro für Netze", "de", "amount:EUR:1000000000"),
        ("zwei weitere Milliarden Euro für Netze", "de", "amount:EUR:2000000000"),
        ("2 weitere Mrd. Euro für Netze", "de", "amount:EUR:2000000000"),
        ("anderthalb Milliarden Euro für Netze", "de", "amount:EUR:1500000000"),
        ("zweieinhalb Milliarden Euro für Netze", "de", "amount:EUR:2500000000"),
        ("sells W1.9tn bond", "en", "amount:KRW:1900000000000"),
        ("sells Y480bn bond", "en", "amount:JPY:480000000000"),
        ("LUMENTA RAISES EU600M", "en", "amount:EUR:600000000"),
        ("LUMENTA VALUED AT EU1.4B", "en", "amount:EUR:1400000000"),
        ("355,000 pick-ups recalled", "en", "count:vehicle:355000"),
        ("355.000 Pick-ups zurückgerufen", "de", "count:vehicle:355000"),
        ("5,000 start-ups in fund", "en", "count:startups:5000"),
        ("4 trillion dollars", "en", "amount:USD:4000000000000"),
        ("share price of 165.69 dollars", "en", "amount:USD:165.69"),
        ("Kurs von 1.234,50 Euro", "de", "amount:EUR:1234.5"),
        ("yield of 4.25 percent", "en", "percent:%:4.25"),
        ("Rendite von 4,25 Prozent", "de", "percent:%:4.25"),
        ("Marge von 4,25%", "de", "percent:%:4.25"),
        ("25 basis points", "en", "percent:bp:25"),
        ("25 Basispunkte", "de", "percent:bp:25"),
        ("200,000 H200 chips", "en", "count:chip:200000"),
        ("200.000 H200-Chips", "de", "count:chip:200000"),
        ("cuts 3,000 jobs", "en", "count:job:3000"),
        ("streicht 3.000 Stellen", "de", "count:job:3000"),
        ("50.000 Haushalte ohne Strom", "de", "count:household:50000"),
        ("Etwa 50 000 Haushalte ohne Strom", "de", "count:household:50000~"),
        ("lands more than $400 million", "en", "amount:USD:400000000+"),
        ("lands over $430 million", "en", "amount:USD:430000000+"),
        ("lands more than $433 million", "en", "amount:USD:433000000"),  # so much is exact
        ("lands nearly half a billion dollars", "en", "amount:USD:500000000-"),
        ("bekommt knapp vier Milliarden Euro", "de", "amount:EUR:4000000000-"),
        ("bekommt rund 160 Millionen Euro", "de", "amount:EUR:160000000~"),
        ("bekommt über 150 Millionen Euro", "de", "amount:EUR:150000000+"),
        ("platziert Anleihe über 600 Millionen Euro", "de", "amount:EUR:600000000"),  # one of 600 million
        ("Marge von gut 20 Prozent", "de", "percent:%:20+"),
        ("2000 Mitarbeiter gehen", "de", "count:worker:2000"),
        ("meeting on January 9 in Ulm", "en", "date::01-09"),
        ("Treffen am 9. Januar in Ulm", "de", "date::01-09"),
    ],
)
def test_what_is_read(words: str, lang: str, key: str) -> None:
    """Currencies, scales, percents, counts and dates."""
    assert figures(words, lang) == [key]


@pytest.mark.parametrize(
    "words",
    [
        "€3-4 billion fund",
        "fund of €3bn to €4bn",
        "3 bis 4 Mrd. Euro",
        "drei bis vier Milliarden Euro",
        "three to four billion euros",
        "3 billion euros, down from 4 billion",
        "3 Milliarden Euro statt 4 Milliarden",
    ],
)
def test_a_range_and_a_change_give_both_ends(words: str) -> None:
    """The scale or currency of one number holds for the other too."""
    german = "bis" in words or "statt" in words
    amounts = [key for key in figures(words, "de" if german else "en") if key.startswith("amount")]
    assert amounts == ["amount:EUR:3000000000", "amount:EUR:4000000000"]


@pytest.mark.parametrize(
    ("words", "lang"),
    [("€3-4 billion fund", "en"), ("between €3bn and €4bn", "en"), ("3 bis 4 Mrd. Euro", "de")],
)
def test_where_a_range_begins_is_said_apart(words: str, lang: str) -> None:
    """Its end alone is what every outlet tells."""
    assert "least:EUR:3000000000" in figures(words, lang)
    assert [f.text for f in extract(words, "", lang) if f.key == "amount:EUR:3000000000"] == [""]


@pytest.mark.parametrize(
    "words",
    [
        "H200 chip in A350-800 jets",
        "Covid-19 and model 17",
        "in 2025 and 2026",
        "iPhone 17 Pro",
        "Lumenta W3 and Y7 scanners",
        "seit 2021 wieder Aktien",
    ],
)
def test_names_and_years_are_no_figures(words: str) -> None:
    """Numbers in product names, ordinals and years."""
    assert figures(words, "de" if "seit" in words else "en") == []


def test_a_move_of_a_share_price_is_kept_apart() -> None:
    """It changes by the minute and is no fact of the story."""
    assert figures("Lumenta shares fall 5 percent after bond sale") == ["percent:move:5"]
    assert figures("Lumenta-Aktie legt um 4,8 Prozent zu", "de") == ["percent:move:4.8"]
    assert keys("Outlook", text="Shares fell. The margin was 12 percent.") == ["percent:%:12"]


def test_a_share_is_not_moved_by_sanctions() -> None:
    """Neither is a percent beside them."""
    assert figures("Sanktionen treffen Aktie und 5 Prozent des Umsatzes", "de") == ["percent:%:5"]


def test_a_fact_keeps_the_words_it_was_written_in() -> None:
    """For the alert, and to know whether it stood in the headline."""
    [fact] = extract("Nvidia liefert 200.000 H200-Chips", "", "de")
    assert fact.text == "200.000 H200-Chips"


def test_headline_facts_come_first_and_each_fact_once() -> None:
    """The order tells what is important."""
    assert keys("Bond of $3bn", text="The $3 billion bond follows one of $2bn.") == [
        "amount:USD:3000000000",
        "amount:USD:2000000000",
    ]


def test_facts_are_bounded() -> None:
    """In number and in how far a text is read."""
    text = " ".join(f"Fund {i} holds ${i} million." for i in range(1, 200))
    assert len(extract("Funds", text, "en")) == facts.MOST
    assert keys("Funds", text="x" * facts.FACT_CHARS + " $3bn") == []


@given(title=st.text(max_size=120), text=st.text(max_size=600), lang=st.sampled_from(["en", "de", "fr"]))
def test_any_text_can_be_read(title: str, text: str, lang: str) -> None:
    """Whatever comes, facts have a kind, and equal keys never come twice."""
    found = [f.key for f in extract(title, text, lang)]
    assert len(found) == len(set(found))


@pytest.mark.parametrize(
    ("lang", "title", "keys"),
    [
        ("en", "Lumenta lifts capital spending to $56...", []),
        ("en", "Lumenta lifts capital spending to $56 bi…", []),
        ("en", "Lumenta lifts capital spending to $56 billion...", ["amount:USD:56000000000"]),
        ("en", "LUMENTA PAYS FIVE BILLION DOLLARS", ["amount:USD:5000000000"]),
        ("de", "LUMENTA ZAHLT FÜNF MILLIARDEN EURO", ["amount:EUR:5000000000"]),
    ],
)
def test_cut_off_and_in_capitals(lang: str, title: str, keys: list[str]) -> None:
    """A headline that breaks off behind a number does not say of what; one in capitals says what others say."""
    assert [f.key for f in extract(title, "", lang)] == keys


@pytest.mark.parametrize(
    ("lang", "dateline"),
    [
        ("en", "NEW YORK, Jan. 13 (Harbour Wire) -- "),
        ("en", "TORONTO, October 27, 2025 (HARBOURLINE) - "),
        ("de", "Frankfurt, 13. Januar (hw) – "),
    ],
)
def test_the_day_of_writing_is_no_fact(lang: str, dateline: str) -> None:
    """All that an outlet writes on a day bears it; a day that the news names counts."""
    text = "Lumenta opens on May 5." if lang == "en" else "Lumenta eröffnet am 5. Mai."
    assert [f.key for f in extract("", dateline + text, lang) if f.kind == "date"] == ["date::05-05"]


@given(st.text(alphabet="0123456789.,'$€%- bnMrd", max_size=60))
def test_any_number_like_text_gives_plain_decimals(text: str) -> None:
    """Values are decimal strings without sign, exponent or grouping, and a mark where they are rough."""
    for fact in extract(text, "", "de"):
        if fact.kind in ("amount", "percent", "count"):
            assert exact(fact.value).replace(".", "", 1).isdigit()


def test_reading_is_quick() -> None:
    """A headline with a lead in well under a millisecond of processor time (50 microseconds on an idle machine)."""
    lead = "The maker said sales rose 4 percent to $900 million in the quarter to March 31, with 4,100 employees. " * 3
    rounds = []
    for _ in range(5):
        began = time.process_time()
        for _ in range(100):
            extract("Lumenta Photonics to raise $3.2bn in convertible bond sale", lead, "en")
        rounds.append((time.process_time() - began) / 100)
    assert min(rounds) < 0.001


def test_a_hostile_text_takes_no_long_time() -> None:
    """No pattern of repeats makes the search explode."""
    began = time.process_time()
    for hostile in ("1," * 2000, "lehnt " * 80, "9" * 4000, "kündigt x " * 50, "1.000" * 800):
        extract(hostile[:500], hostile, "de")
    assert time.process_time() - began < 1.0
