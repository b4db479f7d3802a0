"""The league: who was first, how far behind the others, who only copies, and what a source is worth. Pure.

First is whoever's article was seen first of all that tell a story. Categories are those that alerts on the story
carried, so a story nobody was told of counts for no category.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from streams.basics.times import SECOND, short_words
from streams.records import SPOKE, Alert, Decision, Millis, Reason

_NEWS = frozenset({Reason.ALERTED, Reason.UPDATED})

At = tuple[int, int] | tuple[str, int, int]
"""Where an article lies."""


@dataclass(slots=True)
class _Story:
    """When each source was first seen to tell it."""

    seen: dict[str, Millis] = field(default_factory=dict)
    alerted: dict[str, Millis] = field(default_factory=dict)  # watch to the moment it was first told
    categories: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Article:
    """One that reached a story."""

    source: str
    story: str
    seen: Millis
    reasons: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Standing:
    articles: int = 0
    stories: int = 0
    first: int = 0
    lags: list[Millis] = field(default_factory=list)
    copies: int = 0
    corrections: int = 0
    by_category: Counter[str] = field(default_factory=Counter)
    alerts: int = 0
    lost: int = 0
    later: list[Millis] = field(default_factory=list)


@dataclass(slots=True)
class League:
    """Hears decisions one by one, each watch's once; grows with stories and the articles that reached one."""

    stories: dict[str, _Story] = field(default_factory=lambda: defaultdict(_Story))
    articles: dict[At, _Article] = field(default_factory=dict)
    screened: Counter[str] = field(default_factory=Counter)

    def hear(
        self, at: At, *, source: str, story: str, seen: Millis, watch: str, reason: str, categories: Iterable[str] = ()
    ) -> None:
        """One decision."""
        source = source or "unknown"
        if not story:
            self.screened[source] += at not in self.articles and not watch
            return
        article = self.articles.setdefault(at, _Article(source, story, seen))
        article.reasons.add(reason)
        told = self.stories[story]
        told.seen[source] = min(seen, told.seen.get(source, seen))
        told.categories.update(categories)
        if reason == Reason.ALERTED:
            told.alerted[watch] = min(seen, told.alerted.get(watch, seen))

    def rows(self) -> list[dict[str, Any]]:
        """One row a source, most first sightings first."""
        standings: dict[str, _Standing] = defaultdict(_Standing)
        for source, count in self.screened.items():
            standings[source].articles += count
        for article in self.articles.values():
            _count(article, self.stories[article.story], standings[article.source])
        firsts: Counter[str] = Counter()
        for story in self.stories.values():
            _race(story, standings)
            firsts.update(story.categories)
        rows = [_row(source, standing, firsts) for source, standing in standings.items()]
        return sorted(rows, key=lambda r: (-r["first"], -r["articles"], r["source"]))


def league(decisions: Iterable[Decision], alerts: Iterable[Alert]) -> list[dict[str, Any]]:
    """The rows of a ledger, with the categories of what lies on the outbox."""
    categories: dict[str, set[str]] = defaultdict(set)
    for alert in alerts:
        categories[alert.story_id] |= {r.category for r in alert.relevances}
    found = League()
    for d in decisions:
        at = d.origin.topic, d.origin.partition, d.origin.offset
        found.hear(
            at, source=d.source, story=d.story_id, seen=d.seen, watch=d.watch or "", reason=d.reason,
            categories=categories.get(d.story_id, ()),
        )  # fmt: skip
    return found.rows()


def _count(article: _Article, story: _Story, standing: _Standing) -> None:
    """A copy tells nothing that a faster source had not told."""
    standing.articles += 1
    standing.corrections += Reason.CORRECTED in article.reasons
    standing.alerts += bool(article.reasons & SPOKE)
    standing.copies += not article.reasons & _NEWS and article.seen > min(story.seen.values())


def _race(story: _Story, standings: dict[str, _Standing]) -> None:
    order = sorted(story.seen.items(), key=lambda pair: (pair[1], pair[0]))
    winner, best = order[0]
    for source, at in order:
        standing = standings[source]
        standing.stories += 1
        if source != winner:
            standing.lags.append(at - best)
    standings[winner].first += 1
    standings[winner].by_category.update(story.categories)
    for told in story.alerted.values():  # without the winner the next to tell it would have been heard
        if told > best:
            continue
        if len(order) == 1:
            standings[winner].lost += 1
        else:
            standings[winner].later.append(order[1][1] - best)


def _row(source: str, standing: _Standing, firsts: Mapping[str, int]) -> dict[str, Any]:
    articles = standing.articles
    return {
        "source": source,
        "articles": articles,
        "stories": standing.stories,
        "first": standing.first,
        "first_share": {c: round(n / firsts[c], 3) for c, n in sorted(standing.by_category.items())},
        "lag_seconds": round(median(standing.lags) / SECOND, 1) if standing.lags else None,
        "copy_rate": round(standing.copies / articles, 3) if articles else 0.0,
        "corrections": standing.corrections,
        "alerts": standing.alerts,
        "without_it": {
            "lost": standing.lost,
            "later": len(standing.later),
            "later_by_seconds": round(median(standing.later) / SECOND, 1) if standing.later else None,
        },
    }


def behind(seconds: float | None) -> str:
    """How far behind the first, in words; "-" for who never was."""
    return "-" if seconds is None else short_words(round(seconds * SECOND))


def without(loss: Mapping[str, Any]) -> str:
    """What would be missing, in words."""
    parts = [f"{loss['lost']} alerts lost"] if loss["lost"] else []
    if loss["later"]:
        parts.append(f"{loss['later']} later by {behind(loss['later_by_seconds'])}")
    return ", ".join(parts) or "nothing"
