"""The matcher's word lists (words.toml), read once a process when they are first asked for."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

_FILE: Final = Path(__file__).with_name("words.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The lists by the names they have in the file, where each is explained."""

    nouns: frozenset[str]
    noun_stems: tuple[str, ...]
    verbs_en: frozenset[str]
    verbs_de: frozenset[str]
    determiners: frozenset[str]
    no_adjectives: frozenset[str]
    not_finite: frozenset[str]
    business: frozenset[str]
    business_stems: tuple[str, ...]
    client_stems: tuple[str, ...]
    free_parts: frozenset[str]
    infinitives: frozenset[str]
    no_names: frozenset[str]
    ticker_words: frozenset[str]
    sport: frozenset[str]
    titles: frozenset[str]
    first_names: frozenset[str]
    ordinary: frozenset[str]


@cache
def words() -> Words:
    """The shipped lists. Raises when the file lacks one or has one too many: then the installation is broken."""
    lists: dict[str, Any] = {}
    for name, text in tomllib.loads(_FILE.read_text(encoding="utf-8")).items():
        lists[name] = tuple(text.split()) if name.endswith("_stems") else frozenset(text.split())
    return Words(**lists)
