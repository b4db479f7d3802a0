"""normalise: clean words, a stable id, one spelling of url and language, an event time that can be trusted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from streams.basics import limits
from streams.basics.furniture import is_marked, own_words
from streams.basics.languages import language
from streams.basics.text import canonical_url, hash_of, plain, title_key
from streams.basics.times import DAY
from streams.records import REVISING, Article, Ended, Millis, Outcome, Reason, Status, evolve
from streams.stories.concepts import leaning
from streams.stories.words import revises

_ID_BYTES: Final = 12
_FLASH: Final = re.compile(r"[*•▪►▶]+\s*(?=\w)")  # a terminal's mark before a flash


@dataclass(frozen=True, slots=True)
class Normalise:
    """Fields as they came to fields that can be compared."""

    name: str = "normalise"

    async def __call__(self, articles: Sequence[Article]) -> Sequence[Outcome]:
        """Each article cleaned, or ended as malformed when no headline is left."""
        return [_normalised(article) for article in articles]


def _normalised(article: Article) -> Outcome:
    title = _unmarked(plain(article.title)[: limits.TITLE_CHARS].strip())
    whole = plain(article.text)[: limits.TEXT_CHARS]
    text = _own(article.text, whole)
    url = canonical_url(article.url)
    source = plain(article.source)
    published = article.published
    cleaned = evolve(
        article,
        title=title,
        text=text,
        url=url,
        source=source,
        lang=language(article.lang, title, text, leaning),
        event_time=event_time(published, article.seen),
        status=_revised(article.status, title),
        revision=hash_of(title or source, whole, article.status, size=6),  # wordless removals of two outlets are two
    )
    cleaned = evolve(cleaned, id=_stable_id(cleaned))
    withdraws = article.status is Status.REMOVED and bool(article.id.strip() or url)  # that one has the headline
    if not title and not withdraws:
        detail = "field `title` holds no readable word once markup and control characters are gone"
        return Ended(article=cleaned, reason=Reason.MALFORMED, detail=detail)
    return cleaned


def _unmarked(title: str) -> str:
    return title[mark.end() :] if (mark := _FLASH.match(title)) else title


def _own(markup: str, whole: str) -> str:
    """Of a page's words those that are the article's."""
    if is_marked(markup):
        whole = plain(markup, pruned=True)[: limits.TEXT_CHARS] or whole
    return own_words(whole)


def event_time(published: Millis | None, seen: Millis) -> Millis:
    """`published`, unless it is missing, later than seen, or so old that it cannot be meant: then `seen`."""
    if published is None or published > seen or published < seen - limits.MAX_AGE_TRUSTED_MS:
        return seen
    return published


def _revised(sent_as: Status, title: str) -> Status:
    """What it was sent as, unless a wire's prefix says that it corrects or withdraws."""
    return sent_as if sent_as in REVISING else Status(revises(title) or sent_as)


def _stable_id(article: Article) -> str:
    given = article.id.strip()
    if given and given.isprintable() and len(given) <= limits.ID_CHARS:
        return given
    if given:
        return "i-" + hash_of(given, size=_ID_BYTES)
    if article.url:
        return "u-" + hash_of(article.source.casefold(), article.url, size=_ID_BYTES)
    day = "" if article.published is None else str(article.published // DAY)
    return "t-" + hash_of(article.source.casefold(), title_key(article.title), day, size=_ID_BYTES)
