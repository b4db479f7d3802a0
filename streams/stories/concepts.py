"""What German and English words have in common: the hand-written glossary, found through stems and compound tails.

Not through the bases by which words of one language are compared: those take words for one that mean another thing
("verlängert" and "verlangt"), and of two languages there is less else to go by.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from streams.stories.places import national
from streams.stories.words import STOP, spoken, stem

_COMPOUND: Final = 9  # letters from which a German word may be a compound
_TAIL: Final = 5  # letters its last part must have
_HEAD: Final = 4  # ... and its first
_LANGUAGES: Final = ("en", "de")
_SUMS: Final = {
    "en": frozenset({"million", "billion", "trillion", "mln", "bln", "trln"}), "de": frozenset({"mio", "mrd"}),
}  # fmt: skip


@lru_cache(maxsize=65_536)
def concept(word: str, lang: str) -> str:
    """The concept of a word, "" when the glossary has none."""
    known = _glossary().get(lang, {})
    word = stem(word, lang)
    found = known.get(word, "")
    if not found and lang == "de" and len(word) >= _COMPOUND:
        tails = (word[start:] for start in range(3, len(word) - _TAIL + 1))
        found = next((known[tail] for tail in tails if tail in known), "")
    return found


@lru_cache(maxsize=65_536)
def concepts(word: str, lang: str) -> tuple[str, ...]:
    """What a word means, and of a German compound what its first part does: "Exportkontrollen" are of exports."""
    last = concept(word, lang)
    if lang == "de" and last and len(word) >= _COMPOUND:
        for at in range(len(word) - _TAIL, _HEAD - 1, -1):
            first, ends = _meant(word[:at]), (word[at:], word[at:].removeprefix("s"))
            if first and first != last and any(_meant(end) == last for end in ends):
                return last, first
    return (last,) if last else ()


def _meant(part: str) -> str:
    return _glossary()["de"].get(stem(part, "de"), "")


def leaning(text: str) -> int:
    """How many more of its words only English news has than only German; below nothing when more are German."""
    return sum(_has(word, "en") - _has(word, "de") for word in spoken(text))


def _has(word: str, lang: str) -> bool:
    return word in STOP[lang] or word in _SUMS[lang] or bool(concept(word, lang))


@cache
def _glossary() -> Mapping[str, Mapping[str, str]]:
    """Per language: stem to concept; last all countries. A stem listed twice means what it meant first."""
    text = Path(__file__).with_name("glossary.toml").read_text(encoding="utf-8")
    known: dict[str, dict[str, str]] = {lang: {} for lang in _LANGUAGES}
    for section in tomllib.loads(text).values():
        for name, line in section.items():
            for lang, listed in zip(_LANGUAGES, line.split("|"), strict=True):
                for word in listed.split():
                    known[lang].setdefault(stem(word, lang), name)
    for lang in _LANGUAGES:
        for word, code in national(lang).items():
            known[lang].setdefault(stem(word, lang), code)
    return known
