"""The league: who was first, how far behind the others, who only copies, and what a source is worth. Pure.

First is whoever's article was seen first of all that tell a story. Categories are those that alerts on the story
carried, so a story nobody was told of counts for no category.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from streams.records import Alert, Decision, Millis, Reason
from streams.times import SECOND

_SPOKE = frozenset({Reason.ALERTED, Reason.UPDATED, Reason.CORRECTED})
_NEWS = frozenset({Reason.ALERTED, Reason.UPDATED})


@dataclass(slots=True)
class _Story:
    """When each source was first seen to tell it."""

    seen: dict[str, Millis] = field(default_factory=dict)
    alerted: dict[str, Millis] = field(default_factory=dict)  # watch to the moment it was first told
    categories: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Standing:
    articles: set[str] = field(default_factory=set)
    stories: int = 0
    first: int = 0
    lags: list[Millis] = field(default_factory=list)
    copies: int = 0
    corrections: int = 0
    by_category: Counter[str] = field(default_factory=Counter)
    alerts: int = 0
    lost: int = 0
    later: list[Millis] = field(default_factory=list)


def league(decisions: Sequence[Decision], alerts: Sequence[Alert]) -> list[dict[str, Any]]:
    """One row a source, most first sightings first."""
    stories = _stories(decisions, alerts)
    standings: dict[str, _Standing] = defaultdict(_Standing)
    _count(decisions, stories, standings)
    firsts: Counter[str] = Counter()
    for story in stories.values():
        _race(story, standings)
        firsts.update(story.categories)
    rows = [_row(source, standing, firsts) for source, standing in standings.items()]
    return sorted(rows, key=lambda r: (-r["first"], -r["articles"], r["source"]))


def _stories(decisions: Sequence[Decision], alerts: Sequence[Alert]) -> dict[str, _Story]:
    stories: dict[str, _Story] = defaultdict(_Story)
    for decision in decisions:
        if not decision.story_id or not decision.source:
            continue
        story = stories[decision.story_id]
        story.seen[decision.source] = min(decision.seen, story.seen.get(decision.source, decision.seen))
        if decision.reason is Reason.ALERTED and decision.watch:
            story.alerted[decision.watch] = min(decision.seen, story.alerted.get(decision.watch, decision.seen))
    for alert in alerts:
        if alert.story_id in stories:
            stories[alert.story_id].categories |= {r.category for r in alert.relevances}
    return stories


def _count(decisions: Sequence[Decision], stories: Mapping[str, _Story], standings: dict[str, _Standing]) -> None:
    """Articles; of these, those that told nothing a faster source had not told; corrections; alerts."""
    mine: dict[tuple[str, str], set[Reason]] = defaultdict(set)
    seen: dict[tuple[str, str], Decision] = {}
    for decision in decisions:
        key = (
            decision.source or "unknown",
            f"{decision.origin.topic}/{decision.origin.partition}/{decision.origin.offset}",
        )
        mine[key].add(decision.reason)
        seen[key] = decision
    for (source, at), reasons in mine.items():
        standing, decision = standings[source], seen[source, at]
        standing.articles.add(at)
        standing.corrections += Reason.CORRECTED in reasons
        standing.alerts += bool(reasons & _SPOKE)
        story = stories.get(decision.story_id)
        if story and not reasons & _NEWS and decision.seen > min(story.seen.values()):
            standing.copies += 1


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
    articles = len(standing.articles)
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


def print_league(rows: Sequence[Mapping[str, Any]]) -> None:
    """A table."""
    from rich.console import Console  # noqa: PLC0415 - heavy
    from rich.table import Table  # noqa: PLC0415

    table = Table(
        "source", "articles", "first", "first of its categories", "behind", "copies", "corrections", "without it"
    )
    for row in rows:
        shares = ", ".join(f"{c.replace('_', ' ')} {share:.0%}" for c, share in row["first_share"].items())
        table.add_row(
            row["source"], str(row["articles"]), str(row["first"]), shares or "-", _span(row["lag_seconds"]),
            f"{row['copy_rate']:.0%}", str(row["corrections"]), _without(row["without_it"]),
        )  # fmt: skip
    Console().print(table, markup=False)


def _span(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"  # noqa: PLR2004 - two minutes read better so


def _without(loss: Mapping[str, Any]) -> str:
    parts = [f"{loss['lost']} alerts lost"] if loss["lost"] else []
    if loss["later"]:
        parts.append(f"{loss['later']} later by {_span(loss['later_by_seconds'])}")
    return ", ".join(parts) or "nothing"
