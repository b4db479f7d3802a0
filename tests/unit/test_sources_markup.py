"""Broken markup is mended, not read as less than it says."""

from __future__ import annotations

import pytest

from streams.sources.charset import text_of
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
