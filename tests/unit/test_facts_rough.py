"""Words that say that a figure is no exact one."""

from __future__ import annotations

import pytest

from streams.stories.rough import ABOUT, OVER, UNDER, rough


@pytest.mark.parametrize(
    ("words", "mark"),
    [
        *(
            (w, OVER)
            for w in ("more than", "over", "above", "at least", "upwards of", "north of", "mehr als", "mindestens")
        ),
        *((w, OVER) for w in ("gut", "über")),
        *(
            (w, UNDER)
            for w in ("nearly", "almost", "close to", "just under", "just below", "just shy of", "knapp", "fast")
        ),
        *((w, UNDER) for w in ("nahezu", "beinahe")),
        *((w, ABOUT) for w in ("about", "around", "roughly", "approximately", "some", "an estimated", "rund", "etwa")),
        *((w, ABOUT) for w in ("circa", "ca.", "ungefähr")),
    ],
)
def test_each_is_seen_by_the_quick_look_too(words: str, mark: str) -> None:
    """Which tells most figures apart before the words are read."""
    text = f"it was {words} 400"
    assert rough(text, len(text) - 3, "400") == (mark, len("it was "))


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("Anleihe über 400", ""),
        ("Lumenta-Anleihe über 400", ""),
        ("verhandelt über 400", ""),
        ("investiert in Ulm über 400", OVER),
        ("zahlt für Ostara über 400", OVER),
        ("investiert in Neu-Ulm über 400", OVER),
        ("more than 433", ""),
    ],
)
def test_what_only_looks_like_one(text: str, mark: str) -> None:
    """What a bond is of, what is talked about; and "more than $433 million" means what it says."""
    assert rough(text, len(text) - 3, text[-3:])[0] == mark
