"""What German and English words have in common: the hand-written glossary, found through stems and parts of compounds.

Not through the bases by which words of one language are compared: those take words for one that mean another thing
("verlängert" and "verlangt"), and of two languages there is less else to go by.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from streams.stories.places import national
from streams.stories.words import STOP, spoken, stem

_COMPOUND: Final = 8  # letters from which a German word may be a compound
_TAIL: Final = 5  # letters the stem of its last part must have ...
_KNOWN_TAIL: Final = 4  # ... and behind a part that is listed, too: "Stahlwerk"
_HEAD: Final = 3  # letters of the part before it
_LANGUAGES: Final = ("en", "de")
_SUMS: Final = {
    "en": frozenset({"million", "billion", "trillion", "mln", "bln", "trln"}), "de": frozenset({"mio", "mrd"}),
}  # fmt: skip
_ENDINGS: Final = ("", "n", "en", "e", "s", "es", "er", "ern")
_LINKS: Final = ("", "s", "n", "en", "e")  # between the parts: "Handel-s-ministerium"
# They change what a word means: who "einsteigt" does not rise, and who "versichert" wins nothing.
_PREFIX_WORDS: Final = (
    "ab an auf aus bei durch ein ent gegen her hin miss mit nach über um unter ver vor weg wider zer zu zurück"
)
_PREFIXES: Final = frozenset(_PREFIX_WORDS.split())

Listed = Mapping[str, str]


@lru_cache(maxsize=65_536)
def concepts(word: str, lang: str) -> tuple[str, ...]:
    """The concepts of a word; of a German compound that of its last part, then that of the part before it, if listed.

    None when the glossary has none.
    """
    if whole := _stems(lang).get(stem(word, lang), ""):
        return (whole,)
    return _parts(word) if lang == "de" and len(word) >= _COMPOUND else ()


def _parts(word: str) -> tuple[str, ...]:
    """What the last part of a compound means, the longest that is listed, and what the part before it does."""
    for start in range(_HEAD, len(word) - _KNOWN_TAIL + 1):
        head, tail = word[:start], word[start:]
        if head.removesuffix("ge") not in _PREFIXES and (found := _listed(tail, _ENDINGS)):
            before = _listed(head, _LINKS)
            if len(stem(tail, "de")) >= (_KNOWN_TAIL if before else _TAIL):
                return (found, before) if before else (found,)
    return ()


def _listed(part: str, ends: Iterable[str]) -> str:
    """The concept of a part, without the letters that end it; not by its stem: "spricht" has that of "Richter"."""
    words = _glossary()["de"]
    bare = (part.removesuffix(end) for end in ends if part.endswith(end))
    return next((words[form] for form in bare if len(form) >= _HEAD and form in words), "")


def leaning(text: str) -> int:
    """How many more of its words only English news has than only German; below nothing when more are German."""
    return sum(_has(word, "en") - _has(word, "de") for word in spoken(text))


def _has(word: str, lang: str) -> bool:
    return word in STOP[lang] or word in _SUMS[lang] or bool(concepts(word, lang))


@cache
def _glossary() -> Mapping[str, Listed]:
    """Per language: word to concept; last all countries. A word listed twice means what it meant first."""
    text = Path(__file__).with_name("glossary.toml").read_text(encoding="utf-8")
    known: dict[str, dict[str, str]] = {lang: {} for lang in _LANGUAGES}
    for section in tomllib.loads(text).values():
        for name, line in section.items():
            for lang, listed in zip(_LANGUAGES, line.split("|"), strict=True):
                for word in listed.split():
                    known[lang].setdefault(word.casefold(), name)
    for lang in _LANGUAGES:
        for word, code in national(lang).items():
            known[lang].setdefault(word, code)
    return known


@cache
def _stems(lang: str) -> Listed:
    """Stem to concept."""
    stems: dict[str, str] = {}
    for word, name in _glossary().get(lang, {}).items():
        stems.setdefault(stem(word, lang), name)
    return stems
