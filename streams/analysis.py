"""What the flow found out about an article, as plain JSON values: a line of `tapewire analyse`."""

from __future__ import annotations

from typing import Any

from streams.records import Article, Decision
from streams.times import iso
from streams.wire import company_fields, fact_fields, relevance_fields


def analysis(article: Article, decisions: tuple[Decision, ...]) -> dict[str, Any]:
    """One line of `tapewire analyse`: everything the flow found out about an article."""
    return {
        "id": article.id,
        "lang": article.lang,
        "title": article.title,
        "url": article.url,
        "source": article.source,
        "published": iso(article.published),
        "companies": [company_fields(c) for c in article.companies or ()],
        "relevances": {r.category: relevance_fields(r) for r in article.relevances or ()},
        "facts": [fact_fields(f) for f in article.facts or ()],
        "story": _story_fields(article),
        "decisions": [_brief(d) for d in decisions],
    }


def _story_fields(article: Article) -> dict[str, Any] | None:
    link = article.story
    if link is None:
        return None
    return {
        "id": link.id,
        "role": link.role.value,
        "novelty": link.novelty,
        "matched": link.matched,
        "similarity": round(link.similarity, 4),
        "nearest": link.nearest,
    }


def _brief(decision: Decision) -> dict[str, Any]:
    return {
        "watch": decision.watch,
        "stage": decision.stage,
        "reason": decision.reason.value,
        "detail": decision.detail,
        "alert": decision.alert_id,
    }
