"""What strangers sent is printed so that it commands no terminal."""

from __future__ import annotations

import pytest

from streams.basics.text import visible
from streams.commands.source_tables import print_trial
from streams.deadletters.letters import Letter, in_full, listed
from tests.build import NOON

CLIPBOARD = "\x1b]52;c;cm0gLXJm\x07"


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("Größe – 3,2 Mrd. €", "Größe – 3,2 Mrd. €"),
        ("3\u00a0000", "3\u00a0000"),
        (CLIPBOARD, "\\x1b]52;c;cm0gLXJm\\x07"),
        ("\x9b2J\x85\u2028", "\\x9b2J\\x85\\u2028"),
        ("a\u202eb\u200bc\u2066", "a\\u202eb\\u200bc\\u2066"),
        ("line\r\nforged", "line\\r\\nforged"),
        ("\udcff\U000e0041", "\\udcff\\U000e0041"),
    ],
)
def test_what_commands_or_hides_is_spelled_out(words: str, shown: str) -> None:
    """All else stays as it is."""
    assert visible(words) == shown


def test_a_dead_letter_is_shown_whole_and_inert() -> None:
    """Value and headers alike."""
    letter = Letter(
        partition=0, offset=1, key=b"", value=f"{CLIPBOARD}\n{{}}".encode(), time=NOON,
        headers={"detail": CLIPBOARD.encode(), "forged\n": b"x"},
    )  # fmt: skip
    for lines in (in_full(letter), [listed(letter)]):
        assert all(line.isprintable() for line in lines)
        assert "\\x1b]52;c;cm0gLXJm\\x07" in "\n".join(lines)
    assert in_full(letter)[-2:] == ["\\x1b]52;c;cm0gLXJm\\x07", "{}"]


def test_a_page_that_is_tried_is_shown_inert(capsys: pytest.CaptureFixture[str]) -> None:
    """Its address, content type and articles."""
    article = {"title": "Harbour opens", "url": f"https://wire.example/{CLIPBOARD}", "id": "f-1"}
    page = {"bytes": 9, "milliseconds": 1, "url": f"https://wire.example/{CLIPBOARD}", "media": CLIPBOARD, "fault": ""}
    read = {"form": "rss", "listed": 1, "enter": 1, "oldest": None, "newest": [article], "faults": [CLIPBOARD]}
    print_trial(page | read | {"missing": {}, "empty": 0, "future": 0, "cut": 0})
    shown = capsys.readouterr().out
    assert "\x1b" not in shown and "\x07" not in shown
    assert shown.replace("\n", "").count("x1b]52") == 4
