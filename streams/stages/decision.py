"""A decision on an article: the same fields wherever it was made."""

from __future__ import annotations

from typing import NamedTuple

from streams.records import Article, Decision, Millis, Reason


class Versions(NamedTuple):
    """What judged: the model and the directory."""

    model: str
    directory: str


def decision_on(
    article: Article, watch: str | None, reason: Reason, detail: str, *,
    stage: str, versions: Versions, decided: Millis, alert_id: str = "", related: int = 0, claimed: int = 0,
) -> Decision:  # fmt: skip
    """How `article` ended for `watch` (None: for all) at `stage`; `related` and `claimed` as in `Decision`."""
    return Decision(
        article_id=article.id if article.revision else str(article.origin),  # as it came, an id may be a megabyte
        watch=watch,
        stage=stage,
        reason=reason,
        detail=detail,
        origin=article.origin,
        source=article.source,
        lang=article.lang,
        title=article.title,
        story_id=article.story.id if article.story else "",
        alert_id=alert_id,
        model=versions.model,
        directory=versions.directory,
        published=article.published,
        seen=article.seen,
        decided=decided,
        related=related,
        claimed=claimed,
    )
