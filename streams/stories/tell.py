"""An article as the story memory takes it: one way, for the flow and for measuring."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from streams.basics.furniture import is_round_up
from streams.ports import Telling
from streams.records import Article, Fact, Status
from streams.stories.crowns import of_home
from streams.stories.facts import extract
from streams.stories.moves import as_moves
from streams.stories.parties import parties, unhurt
from streams.stories.terms import key_for
from streams.stories.words import bases, headline, key_of, revises

_ANY: Final = "Lumenta plans to ship 3 scanners to Oslo"  # asks for every table


def facts_of(article: Article) -> tuple[Fact, ...]:
    """What it was sent as, who is unhurt, to whom its headline says that something goes, then what its words hold.

    More, perhaps, than is kept.
    """
    sent_as = notices(article.status, article.id, article.title)
    said = as_moves(article, of_home(article, extract(article.title, told_text(article), article.lang)))
    return (*sent_as, *unhurt(article), *parties(article), *said)


def told_text(article: Article) -> str:
    """Its text, but for round-ups: one would else swallow each of its pieces when they come."""
    return "" if is_round_up(article.title) and not _headlined(article) else article.text


def _headlined(article: Article) -> tuple[str, ...]:
    """Ids of the companies that the headline names."""
    end = len(article.title)
    return tuple(c.id for c in article.companies or () if any(span[1] <= end for span in c.spans))


def notices(status: Status, article_id: str, title: str) -> Iterator[Fact]:
    """The same correction is one, whoever sends it and however often; each article is removed for itself.

    What a wire's prefix withdraws is the headline behind it, under whatever id it says so.
    """
    if status is Status.CORRECTION:
        yield Fact(kind="notice", unit="corrected", value=_said(title))
    if status is Status.REMOVED:
        yield Fact(kind="notice", unit="removed", value=_said(title) if revises(title) else article_id)


def _said(title: str) -> str:
    return key_for("title", key_of(headline(title))).hex()


def telling_of(article: Article, facts: tuple[Fact, ...]) -> Telling:
    """Words, companies, categories and facts; nothing that another stage could have decided otherwise."""
    companies = article.companies or ()
    subjects = [c for c in companies if c.role == "subject"]
    body = article.body if subjects else ""
    names = (body[start:end] for c in subjects for start, end in c.spans)
    return Telling(
        article_key=article.key,
        title=article.title,
        text=told_text(article),
        url=article.url,
        lang=article.lang,
        source=article.source,
        event_time=article.event_time,
        partition=article.origin.partition,
        companies=tuple(c.id for c in companies),
        subjects=tuple(c.id for c in subjects),
        headlined=_headlined(article),
        names=tuple(dict.fromkeys(names)),
        categories=tuple(r.category for r in article.relevances or () if r.relevant),
        facts=facts,
        status=article.status,
    )


def load_tables() -> None:
    """A second's work and more, which else the first article of each language that is worth it waits for."""
    for lang in ("en", "de"):
        extract(_ANY, _ANY, lang)
        bases(_ANY, lang)
