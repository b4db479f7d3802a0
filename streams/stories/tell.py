"""An article as the story memory takes it: one way, for the flow and for measuring."""

from __future__ import annotations

from streams.ports import Telling
from streams.records import Article, Fact
from streams.stories.facts import extract
from streams.stories.parties import parties


def facts_of(article: Article) -> tuple[Fact, ...]:
    """To whom its headline says that something goes, then what its words hold: more, perhaps, than is kept."""
    return (*parties(article), *extract(article.title, article.text, article.lang))


def telling_of(article: Article, facts: tuple[Fact, ...]) -> Telling:
    """Words, companies, categories and facts; nothing that another stage could have decided otherwise."""
    companies = article.companies or ()
    subjects = [c for c in companies if c.role == "subject"]
    body = article.body if subjects else ""
    names = (body[start:end] for c in subjects for start, end in c.spans)
    return Telling(
        article_key=article.key,
        title=article.title,
        text=article.text,
        url=article.url,
        lang=article.lang,
        source=article.source,
        event_time=article.event_time,
        partition=article.origin.partition,
        companies=tuple(c.id for c in companies),
        subjects=tuple(c.id for c in subjects),
        headlined=tuple(c.id for c in companies if any(end <= len(article.title) for _, end in c.spans)),
        names=tuple(dict.fromkeys(names)),
        categories=tuple(r.category for r in article.relevances or () if r.relevant),
        facts=facts,
        status=article.status,
    )
