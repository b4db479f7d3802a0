"""An article as the model reads it: its title with its lead, and the sentences of a long text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from math import sqrt
from typing import Final

from models.relevance.tokens import masked

LEAD: Final = 70
"""Tokens of text judged together with the title: about 450 characters."""
SENTENCES: Final = 16
"""So many later sentences are judged, each as if it were a headline of its own."""
SHORTEST: Final = 8
LONGEST: Final = 45
TITLE_WEIGHT: Final = 1.0
TEXT_WEIGHT: Final = 0.6
TEXT_FROM: Final = 15
"""Beyond so many tokens each weighs less, so that a talkative lead does not drown the title."""
LONG: Final = 400
"""A shorter text is all lead."""
TEXT_CHARS: Final = 4_000
_END: Final = re.compile(r"[.!?\n](?:(?<=\n)|[\"“”»']?\s+(?=[^a-zäöü]))")

Tokens = tuple[str, ...]
Window = tuple[Tokens, Tokens]  # what weighs like a title, what weighs like a lead


@dataclass(frozen=True, slots=True)
class Reading:
    """The title with its lead, then the later sentences of a long text, each alone."""

    windows: tuple[Window, ...]


def text_weight(tokens: int) -> float:
    """What each token of a lead of so many weighs, beside a title's 1."""
    return TEXT_WEIGHT * min(1.0, sqrt(TEXT_FROM / max(tokens, 1)))


def read(title: str, text: str, spans: Sequence[tuple[int, int]] = ()) -> Reading:
    """The tokens of an article; `spans` (in title, line break, text) are names, and count as one mask."""
    if spans:
        title, text = _without_names(title, text, spans)
    head = tuple(masked(title))
    text = text[:TEXT_CHARS]
    sentences = [masked(s) for s in _END.split(text)] if len(text) > LONG else []
    body = tuple(chain.from_iterable(sentences)) if sentences else tuple(masked(text))
    if body[: len(head)] == head:  # a lead that begins with its own headline says nothing twice
        body = body[len(head) :]
    first = (head, body[:LEAD])
    return Reading((first, *_later(sentences)) if len(body) > LEAD else (first,))


def _later(sentences: Sequence[Sequence[str]]) -> Iterator[Window]:
    """The sentences of a long text; very short ones go with the next, very long ones are cut."""
    waiting: Tokens = ()
    count = 0
    for sentence in sentences:
        waiting += tuple(sentence)
        if len(waiting) >= SHORTEST:
            yield waiting[:LONGEST], ()
            waiting, count = (), count + 1
        if count >= SENTENCES:
            return


def _without_names(title: str, text: str, spans: Sequence[tuple[int, int]]) -> tuple[str, str]:
    body = f"{title}\n{text}"
    pieces, at = [], 0
    for start, end in sorted(spans):
        if start >= at and "\n" not in body[start:end]:
            pieces += [body[at:start], " ⓒ "]
            at = end
    pieces.append(body[at:])
    head, _, tail = "".join(pieces).partition("\n")
    return head, tail
