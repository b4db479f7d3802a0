"""Whom a headline is about beside its event: to whom something goes, and who says that a curb does not hit it.

Who invests in one company today invests in another tomorrow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from streams.records import Article, Fact
from streams.stories.places import NAMED

_NAMED_CHARS: Final = 200  # of the text
# "Sales to Saudi firm ...", "steigt beim Rivalen ... ein"; who stands behind "with" or "of" is no goal.
_TO: Final = re.compile(
    r" (?:to|into|in|an|bei|beim)(?: (?!(?:with|of|for|from|by|on|at|and|as|mit|von|für|und|auf|aus|zu|um)\b)"
    r"[\w.’'-]+){0,2} $"
)
_JOINED: Final = re.compile(r"(?:, | and | und | & )")
_LONGEST: Final = 60
_CURB: Final = re.compile(
    r"\b(?:bans?|curbs?|rules?|restrictions?|controls?|tariffs?|duties|sanctions|embargo|licen[cs]\w+|blacklist\w*)\b"
    r"|(?:verbote?s?|sperren?|beschränkungen?|kontrollen?|regeln?|zölle\w?|sanktionen|embargos?|pflicht)\b",
    re.IGNORECASE,
)
_UNHURT: Final = re.compile(
    r"(?:\b(?:no|not|little|limited|minimal|negligible|kein\w*|kaum|nicht|geringe\w*|begrenzte\w*)|n['’]t)"
    r"(?: [\w-]+){0,2}? (?:impact|effects?|affect(?:ed)?|hurt|harm|hit|auswirkung\w*|folgen|betroffen|einfluss)\b"
    r"|\bunaffected\b",
    re.IGNORECASE,
)

_Span = tuple[int, int, str]


def parties(article: Article) -> Iterator[Fact]:
    """The companies that something goes to, in the headline; then who else is named there or first in the text."""
    spans = sorted((start, end, c.id) for c in article.companies or () for start, end in c.spans)
    told = {who: article.body[start:end] for start, end, who in _goals(article.title, spans)}
    yield from (Fact(kind="party", value=who, text=text) for who, text in told.items())
    for start, end, who in spans:
        if who not in told and start < len(article.title) + _NAMED_CHARS:
            told[who] = article.body[start:end]
            yield Fact(kind="party", unit=NAMED, value=who, text=told[who])


def unhurt(article: Article) -> Iterator[Fact]:
    """The company that a headline begins with, where it says that a curb or a rule does little to it.

    That is news of the curb's story, once for each company, though there is no figure in it.
    """
    first = next((c.id for c in article.companies or () if any(start == 0 for start, _ in c.spans)), "")
    if first and _UNHURT.search(article.title) and _CURB.search(article.title):
        yield Fact(kind="notice", unit="unhurt", value=first)


def _goals(title: str, spans: Sequence[_Span]) -> Iterator[_Span]:
    """Those behind "to" or "in", and those joined to them."""
    last = -1
    for start, end, who in spans:
        if end > len(title):
            return
        before = title[max(0, start - _LONGEST) : start]
        if _TO.search(before) or (last >= 0 and _JOINED.fullmatch(title, last, start)):
            yield start, end, who
            last = end
