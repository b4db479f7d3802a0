"""Broken markup is mended, not read as less than it says."""

from __future__ import annotations

import pytest

from streams.basics.limits import MARKUP_CHARS
from streams.sources.base import Page, Source
from streams.sources.charset import text_of
from streams.sources.feed import parse
from streams.sources.markup import tree_of, words_of


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("H&M raises outlook, AT&T cuts capex", "H&M raises outlook, AT&T cuts capex"),
        ("AT&amp;T &copy; M&uuml;ller", "AT&T © Müller"),
        ("https://wire.example/?sec=9&id=77", "https://wire.example/?sec=9&id=77"),
        ("&#55357;&#56832; up &#8364;3", "😀 up €3"),
        ("&#60;b&#62; &#0;&#1; &nosuch;", "<b>  &nosuch;"),
        ("<![CDATA[AT&T <b>up</b>]]>", "AT&T <b>up</b>"),
    ],
)
def test_an_ampersand_costs_no_words(written: str, meant: str) -> None:
    """Feeds write company names as they are."""
    assert words_of(tree_of(f"<title>{written}</title>")) == meant


def test_one_broken_byte_garbles_one_character() -> None:
    """The others are what they were."""
    body = "Größe, Würde, Käufer, Süden, Höhe, Läufer".encode()
    assert text_of(body + b"\xc3", "text/xml; charset=utf-8").startswith("Größe, Würde")
    assert text_of("Größe, Würde".encode("cp1252"), "") == "Größe, Würde"


def test_markup_inside_keeps_its_words_tags_and_attributes() -> None:
    """But not the prefixes that only XML knows, and no more than a text may have."""
    inside = '<x:p>a &lt; b<x:br/>c</x:p> <x:a href="https://wire.example/?a=1&amp;b=2">d</x:a> e'
    tree = tree_of(f'<x:div xmlns:x="http://www.w3.org/1999/xhtml">{inside}</x:div>')
    assert words_of(tree) == '<p>a &lt; b<br></br>c</p> <a href="https://wire.example/?a=1&amp;b=2">d</a> e'
    assert len(words_of(tree_of("<div>" + "<b>word</b>" * 100_000 + "</div>"))) == MARKUP_CHARS


def test_an_item_that_was_never_closed_hides_none_after_it() -> None:
    """They then stand inside it; what stands in its text is text."""
    page = "<rss><channel><item><title>One</title><item><title>Two</title><description><item>three</item></description>"
    page += "<item><title>Four</title></item></channel></rss>"
    source = Source(name="wire", kind="feed", outlet="Wire", url="https://wire.example/feed")
    read = parse(Page(body=page.encode(), media="text/xml", url="", seen=0), source)
    assert [a["title"] for a in read.articles] == ["One", "Two", "Four"]
    assert read.articles[1]["text"] == "<item>three</item>"


@pytest.mark.parametrize(
    ("updated", "when", "left"),
    [
        ("2026-01-09T11:00:00Z", "2026-01-09T12:30:00+01:00", "removed"),
        ("2026-01-09T11:00:00Z", "2026-01-09T11:30:00+01:00", "Harbour opens"),
        ("2026-01-09T11:00:00Z", "2026-01-09T11:00:00Z", "removed"),
        ("", "", "removed"),
    ],
)
def test_of_an_entry_and_its_tombstone_the_later_one_counts(updated: str, when: str, left: str) -> None:
    """Else every change of the page would bring the article back and take it away again."""
    entry = f"<entry><id>u:1</id><title>Harbour opens</title><updated>{updated}</updated></entry>"
    grave = f'<at:deleted-entry ref="u:1" when="{when}"/>'
    other = "<entry><id>u:2</id><title>Crane stands</title></entry>"
    head = '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0">'
    for inner in (entry + grave, grave + entry):
        page = Page(body=f"{head}{inner}{other}</feed>".encode(), media="", seen=0)
        articles = parse(page, Source(name="wire", kind="feed", outlet="Wire")).articles
        assert [a.get("status") or a["title"] for a in articles] == [left, "Crane stands"]
