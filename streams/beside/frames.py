"""What the two processes say to each other: frames of msgpack, exact to the last bit, over a pipe."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from streams.flow import Walk
from streams.records import Article, Ended, Noun, Reason, evolve

HEAD: Final = 4
"""Bytes that tell how long a frame is."""

_encode: Final = msgspec.msgpack.Encoder().encode


class Read(Noun, frozen=True, kw_only=True, array_like=True):
    """An article as it was read (`raw` stays where it came from); with a `stage`, it ended there."""

    article: Article
    stage: str = ""
    reason: Reason = Reason.FAILED
    detail: str = ""


_articles: Final = msgspec.msgpack.Decoder(list[Article]).decode
_read: Final = msgspec.msgpack.Decoder(list[Read]).decode


def question(articles: Sequence[Article]) -> bytes:
    """A frame that asks for these to be read."""
    return _frame(_encode(articles))


def asked(body: bytes) -> list[Article]:
    """The articles in a question's body."""
    return _articles(body)


def answer(walk: Walk) -> bytes:
    """A frame that tells what was read."""
    return _frame(_encode([_told(article, walk.ended.get(i)) for i, article in enumerate(walk.at)]))


def _told(article: Article, end: tuple[str, Ended] | None) -> Read:
    article = evolve(article, raw=b"")
    if end is None:
        return Read(article=article)
    return Read(article=article, stage=end[0], reason=end[1].reason, detail=end[1].detail)


def answered(body: bytes, articles: Sequence[Article]) -> Walk:
    """The walk that an answer's body tells of. Raises ValueError when it is none."""
    walk = Walk([])
    for i, (told, asked_for) in enumerate(zip(_read(body), articles, strict=True)):
        article = evolve(told.article, raw=asked_for.raw)
        walk.at.append(article)
        if told.stage:
            walk.ended[i] = (told.stage, Ended(article=article, reason=told.reason, detail=told.detail))
    return walk


def _frame(body: bytes) -> bytes:
    return len(body).to_bytes(HEAD, "big") + body
