"""The quick ways through text give what the slow ones gave."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from streams.basics.text import _INVISIBLE, _LINES, _NO_ADDRESS, _NOT_WORD, _SPACE, plain, title_key

WORDS = st.one_of(
    st.text(max_size=60), st.text("ab  \n\n\t_-.Ää\u0301\u00a0\u2028\u200b\r\x1f", max_size=40), st.text(st.characters(max_codepoint=127))
)  # fmt: skip


@given(WORDS)
def test_plain_words_are_as_the_rules_make_them(words: str) -> None:
    """Without markup and entities."""
    words = words.replace("<", "").replace("&", "")
    slow = unicodedata.normalize("NFC", _INVISIBLE.sub("", words.replace("\r", "\n")))
    assert plain(words) == _LINES.sub("\n", _SPACE.sub(" ", slow)).strip()


def test_accents_without_end_are_cut_and_the_words_keep_theirs() -> None:
    """Where they would have to be sorted; cleaning again changes nothing."""
    assert plain("Mu\u0308ller " + "a" + "\u0316\u0301" * 500) == "Müller á" + "\u0316" * 15 + "\u0301" * 14
    vietnamese = "Trường Sa Việt Nam"
    assert plain(unicodedata.normalize("NFD", vietnamese)) == vietnamese
    once = plain("a" + "\u0316\u0344" * 500)
    assert plain(once) == once


@given(WORDS)
def test_keys_and_addresses_too(words: str) -> None:
    """Case, punctuation, spacing; what stands in no address."""
    assert title_key(words) == _NOT_WORD.sub(" ", unicodedata.normalize("NFKC", words).casefold()).strip()
    assert bool(_NO_ADDRESS.search(words)) == any(c.isspace() or c in '<>|"\\^`' or _INVISIBLE.match(c) for c in words)
