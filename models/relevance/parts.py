"""An article as the model reads it: its title with its lead, and the sentences of a long text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from models.relevance.features import masked

LEAD: Final = 70
"""Tokens of text judged together with the title: about 450 characters."""
SENTENCES: Final = 16
"""So many later sentences are judged, each as if it were a headline of its own."""
SHORTEST: Final = 8
LONGEST: Final = 45
TITLE_WEIGHT: Final = 1.0
TEXT_WEIGHT: Final = 0.6
TEXT_CHARS: Final = 4_000
_END: Final = re.compile(r"(?<=[.!?])[\"“”»']?\s+(?=[^a-zäöü])|\n+")

Tokens = tuple[str, ...]
Window = tuple[Tokens, Tokens]  # what weighs like a title, what weighs like a lead


@dataclass(frozen=True, slots=True)
class Reading:
    """The title with its lead, then the later sentences of a long text, each alone."""

    windows: tuple[Window, ...]

    @property
    def tokens(self) -> dict[str, None]:
        """Every token once, in reading order."""
        return dict.fromkeys(t for head, body in self.windows for t in (*head, *body))

    def without(self, token: str) -> Reading:
        """The same reading had the token never stood there."""
        return Reading(
            tuple((tuple(t for t in h if t != token), tuple(t for t in b if t != token)) for h, b in self.windows)
        )


def read(title: str, text: str, spans: Sequence[tuple[int, int]] = ()) -> Reading:
    """The tokens of an article; `spans` (in title, line break, text) are names, and count as one mask."""
    if spans:
        title, text = _without_names(title, text, spans)
    text = text[:TEXT_CHARS]
    head, body = tuple(masked(title)), tuple(masked(text))
    if body[: len(head)] == head:  # a lead that begins with its own headline says nothing twice
        body = body[len(head) :]
    first = (head, body[:LEAD])
    return Reading((first, *_sentences(text)) if len(body) > LEAD else (first,))


def _sentences(text: str) -> Iterator[Window]:
    """The sentences of a long text; very short ones go with the next, very long ones are cut."""
    waiting: Tokens = ()
    count = 0
    for sentence in _END.split(text):
        waiting += tuple(masked(sentence))
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
