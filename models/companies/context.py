"""What stands directly beside a name: the words before it, what is glued to it, and what comes after."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_BEFORE: Final = 60
_AFTER: Final = 60
_OPENING: Final = "\"„“‚'«([»"
_NEXT: Final = re.compile(r"(?:'s?)?([ -]?)(\w+)")
_ENDS: Final = frozenset(".!?:;–—|»·-")
_NO_END: Final = frozenset(
    ("inc.", "corp.", "co.", "ltd.", "vs.", "mr.", "dr.", "st.", "u.s.", "no.", "nr.", "ca.", "bzw.", "mrs.")
)


@dataclass(frozen=True, slots=True)
class Context:
    """The surroundings of a name.

    `words` are the up to four words before it, last first, as written (punctuation included); `glued` is what
    touches it without a space ("U-"), opening quotes and brackets aside; `opens` says that it begins a sentence,
    a clause after a colon, or a quotation.
    """

    words: tuple[str, ...]
    glued: str
    opens: bool
    quoted: bool
    after: str
    link: str  # between the name and the next word: "", " " or "-"
    next: str  # the next word, an 's left out

    def word(self, number: int = 0) -> str:
        """The last word before the name (0), the one before that (1), ...; "" when there is none."""
        return self.words[number] if number < len(self.words) else ""

    def opens_with(self, articles: frozenset[str]) -> bool:
        """Whether the name begins a sentence, perhaps after one of `articles`."""
        if self.opens or self.low() not in articles:
            return self.opens
        return len(self.words) == 1 or self.words[1][-1] in _ENDS

    def low(self, number: int = 0) -> str:
        """`word` in lower case, without quotes before it and a comma or colon after it."""
        return self.word(number).lstrip(_OPENING).rstrip(",:").lower()


def context_of(body: str, start: int, end: int, title_end: int) -> Context:
    """The surroundings of `body[start:end]`; title and text do not stand beside each other."""
    low = max(0, start - _BEFORE, title_end if start > title_end else 0)
    before = body[low:start]
    cut = before.rfind(" ") + 1
    touching = before[cut:]
    glued = touching.lstrip(_OPENING)
    words = tuple(reversed(before[:cut].split()))[:4]
    quoted = touching != glued
    opens = not words or (words[0][-1] in _ENDS and words[0].lower() not in _NO_END)
    after = body[end : min(end + _AFTER, title_end if start < title_end else len(body))]
    found = _NEXT.match(after)
    link, following = (found[1], found[2]) if found else ("", "")
    return Context(words, glued, opens, quoted, after, link, following)
