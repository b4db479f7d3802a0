"""normalise: clean words, stable ids, one spelling of url and language, an event time to trust."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.basics.languages import language
from streams.basics.text import canonical_url, plain, title_key
from streams.basics.times import DAY, HOUR
from streams.records import Article, Ended, Reason, Status, evolve
from streams.stages.normalise import Normalise, event_time
from tests.build import NOON, arrival


async def normalised(**fields: Any) -> Article:
    """An article after the stage."""
    (outcome,) = await Normalise()([evolve(arrival(b""), **fields)])
    assert isinstance(outcome, Article)
    return outcome


@pytest.mark.parametrize(
    ("given_words", "read"),
    [
        ("<p>Alibaba &amp; Co</p>", "Alibaba & Co"),
        ("AT&amp;T raises", "AT&T raises"),
        ("one<br>two", "one\ntwo"),
        ("a <script>alert(1)</script>b", "a b"),
        ("x < y and y > z", "x < y and y > z"),
        ("Zero\u200bwidth \u202egnirts\u202c", "Zerowidth gnirts"),
        ("nul\x00 and bell\x07", "nul and bell"),
        ("Mu\u0308ller", "Müller"),
        ("  many \t spaces  ", "many spaces"),
        ("&lt;!channel&gt; hello", "<!channel> hello"),
        ("soft\u00adhyphen", "softhyphen"),
        ("In\ufb01neon o\ufb00ers \ufb02oor space", "Infineon offers floor space"),
        ("Alibaba <BABA.N> raises <b>$2 billion</b>", "Alibaba <BABA.N> raises $2 billion"),
        ("Alibaba <BABA.N> & Co", "Alibaba <BABA.N> & Co"),
        ("<![CDATA[Alibaba plans <b>$3.5</b>]]> billion", "Alibaba plans $3.5 billion"),
    ],
)
def test_markup_and_invisible_characters_go(given_words: str, read: str) -> None:
    """HTML becomes text, entities are resolved once, nothing invisible stays."""
    assert plain(given_words) == read


@pytest.mark.parametrize("bomb", ["<div>" * 50_000, "<b><i>" * 1_900, "&amp;" * 60_000, "<!--" * 90_000, "<" * 300_000])
def test_markup_bombs_are_read_in_bounded_time(bomb: str) -> None:
    """A tree as deep as the message allows neither crashes nor nests."""
    assert len(plain(bomb + " end")) <= len(bomb) + 4


def test_a_number_of_five_thousand_digits_is_no_character() -> None:
    """Python would not read it; it fells neither the headline nor what stands beside it."""
    number = f"&#{'9' * 5_000};"
    for words in (
        f"Harbour {number} opens",
        f"<p>Harbour {number} opens</p>",
        "<b>" * 5_000 + f"Harbour {number} opens",
    ):
        assert plain(words) == "Harbour \ufffd opens"


@given(st.text(max_size=200))
def test_plain_text_is_stable_and_clean(words: str) -> None:
    """Words without markup are cleaned once: cleaning again changes nothing, and nothing unprintable is left."""
    once = plain(words.replace("<", " ").replace("&", " "))
    assert plain(once) == once
    assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in once.replace("\n", ""))


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("https://News.Example/a/?utm_source=x&id=3#top", "https://news.example/a?id=3"),
        ("http://news.example:80/a/", "http://news.example/a"),
        ("https://news.example:8443/a", "https://news.example:8443/a"),
        ("https://news.example", "https://news.example/"),
        ("https://news.example/?q=%E4&fbclid=1", "https://news.example/?q=%E4"),
        ("https://news.example/#!/article/5", "https://news.example/#!/article/5"),
        ("javascript:alert(1)", ""),
        ("https://user:pw@news.example/", ""),
        ("https://news.example/a b", ""),
        ("https://news.example/|x>", ""),
        ("file:///etc/passwd", ""),
        ("https://news.example/\x1b[2J", ""),
        ("https://news.example/\x9b2J", ""),
        ("https://news.example/\x00", ""),
        ("https://news.example/\u202etxt.exe", ""),
        ("http://[::1", ""),
        ("", ""),
    ],
)
def test_urls_have_one_spelling_or_none(url: str, canonical: str) -> None:
    """Tracking parameters go; what is no plain web address is not linked."""
    assert canonical_url(url) == canonical


@pytest.mark.parametrize(
    ("said", "title", "code"),
    [
        ("de-DE", "x", "de"),
        ("eng", "x", "en"),
        ("FR", "x", "fr"),
        ("us", "Alibaba raises $3.2 billion with convertible notes", "en"),
        ("xx", "Alibaba nimmt 3,2 Milliarden Dollar mit Wandelanleihe auf", "de"),
        ("", "Alibaba nimmt 3,2 Milliarden Dollar mit Wandelanleihe auf", "de"),
        ("", "Alibaba raises $3.2 billion with convertible notes", "en"),
        ("", "Le conseil municipal vote la rénovation de la piscine après deux ans de débats", "fr"),
        ("", "Nvidia", "en"),
    ],
)
def test_language_is_what_it_says_or_reads_like(said: str, title: str, code: str) -> None:
    """An article that says its language is believed; the others are read."""
    assert language(said, title, "") == code or (title == "Nvidia" and language(said, title, "") in ("de", "en"))


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("RWE SCRAPS LINGEN GAS PLANT", "en"),
        ("RWE PROPOSES 1.5 BLN EURO GAS PLANT IN LINGEN", "en"),
        ("BASF DELAYS SCHWARZHEIDE PLANT", "en"),
        ("Intel Magdeburg fab delayed", "en"),
        ("INFINEON ERWEITERT DRESDEN", "de"),
        ("BASF PLANT WERK", "de"),
        ("Lumenta verdoppelt Investition in Ulm", "de"),
    ],
)
async def test_a_flash_of_few_words_is_read_by_the_words_of_its_language(title: str, code: str) -> None:
    """A German place, and "plant", a verb there, make an English flash look German; and the other way round."""
    assert (await normalised(title=title)).lang == code


@pytest.mark.parametrize(
    "marked", ["*NORWAY BANS SCANNER EXPORTS", "** NORWAY BANS SCANNER EXPORTS", "• NORWAY BANS SCANNER EXPORTS"]
)
async def test_a_headline_goes_without_the_mark_of_a_flash(marked: str) -> None:
    """Terminals mark one with an asterisk: it is none of its words, and the flash is no other headline for it."""
    assert (await normalised(title=marked)).title == "NORWAY BANS SCANNER EXPORTS"


async def test_a_headline_of_nothing_but_marks_is_kept_as_it_came() -> None:
    """What is no flash is none."""
    assert (await normalised(title="***")).title == "***"


def test_event_time_is_published_only_when_it_can_be() -> None:
    """Later than seen and absurdly old times are not trusted."""
    assert event_time(NOON - HOUR, NOON) == NOON - HOUR
    assert event_time(NOON + HOUR, NOON) == NOON
    assert event_time(None, NOON) == NOON
    assert event_time(NOON - 20 * 366 * DAY, NOON) == NOON


async def test_the_same_bytes_always_get_the_same_id() -> None:
    """Without an id: source and canonical url, else source, title and day."""
    first = await normalised(title="T", url="https://a.example/x?utm_medium=m", source="S")
    again = await normalised(title="Other words", url="https://a.example/x", source="s")
    assert first.id == again.id
    assert first.key != again.key
    day = await normalised(title="Chips: up!", source="S", published=NOON)
    same = await normalised(title="chips up", source="S", published=NOON + HOUR)
    later = await normalised(title="chips up", source="S", published=NOON + DAY)
    assert day.id == same.id != later.id


async def test_an_edited_article_keeps_its_id_and_gets_another_revision() -> None:
    """The same id with other words is another telling, not a redelivery."""
    one, two = await normalised(id="7", title="A"), await normalised(id="7", title="B")
    assert one.id == two.id == "7"
    assert one.revision != two.revision


async def test_a_title_of_nothing_but_markup_is_malformed() -> None:
    """When cleaning leaves no word, the article ends with that reason."""
    (outcome,) = await Normalise()([evolve(arrival(b""), title="<b></b>\u200b")])
    assert isinstance(outcome, Ended)
    assert outcome.reason is Reason.MALFORMED


async def test_what_is_malformed_has_clean_and_bounded_fields_too() -> None:
    """The ledger keeps them: a headline of nothing but hidden markup, an id of a megabyte, an outlet that commands."""
    (outcome,) = await Normalise()(
        [evolve(arrival(b""), title="<style>\x1b[2J</style>", id="A" * 1_000_000, source="Wire\x1b]52;c;cm0=\x07")]
    )
    assert isinstance(outcome, Ended)
    assert outcome.article.id.startswith("i-") and len(outcome.article.id) < 30
    assert (outcome.article.title, outcome.article.source) == ("", "Wire]52;c;cm0=")


def test_title_keys_ignore_case_punctuation_and_spacing() -> None:
    """Two spellings of one headline share a key."""
    assert title_key("Nvidia: H20 – approved!") == title_key("NVIDIA H20 approved")


async def test_wordless_removals_of_two_outlets_are_two_tellings() -> None:
    """Both number their articles from 1: the second is no redelivery of the first."""
    keys = [(await normalised(id="1", status=Status.REMOVED, source=source)).key for source in ("A", "B", "A")]
    assert keys[0] == keys[2] != keys[1]
