"""Words as 24-bit numbers, names as eight bytes: small to store, equal in every process."""

from __future__ import annotations

from functools import lru_cache
from typing import Final
from zlib import crc32

from streams.basics.text import hash_bytes

Key = bytes
"""Eight bytes that stand for an article, a story, a headline or a page."""

CONCEPT_SIGN: Final = "@"
WORD_BITS: Final = 0x7FFFFF
CONCEPT_BIT: Final = 0x800000
TERM_TOP: Final = 1 << 24  # every term is less


def term_of(word: str) -> int:
    """24 bits for a word; the highest is set for a concept, which means the same in both languages."""
    bits = crc32(word.encode("utf-8", "replace")) & WORD_BITS
    return bits | CONCEPT_BIT if word.startswith(CONCEPT_SIGN) else bits


term_for = lru_cache(maxsize=65_536)(term_of)
"""The same, remembered: for words that come again."""


def key_for(*parts: str) -> Key:
    """Eight bytes for a name."""
    return hash_bytes(*parts, size=8)
