"""What a page shows of a run, gathered in one pass; grows with alerts and stories, and articles that reached one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from streams.basics.times import DAY, HOUR, MINUTE, SECOND
from streams.records import Millis
from streams.replay.output import Decided, by_record, read_decisions
from streams.sources.league import League

BARS: Final = 60
"""At most so many bars on the axis of time."""
WIDTHS: Final = (
    SECOND,
    10 * SECOND,
    MINUTE,
    5 * MINUTE,
    15 * MINUTE,
    HOUR,
    6 * HOUR,
    DAY,
    7 * DAY,
    30 * DAY,
    365 * DAY,
)
DELAYS: Final = (
    (SECOND, "1 s"),
    (10 * SECOND, "10 s"),
    (MINUTE, "1 min"),
    (10 * MINUTE, "10 min"),
    (HOUR, "1 h"),
    (6 * HOUR, "6 h"),
)


@dataclass(slots=True)
class Story:
    """A story that some watch was told of."""

    title: str
    first: Millis
    articles: set[str] = field(default_factory=set)
    watches: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Gathered:
    """Counts and alerts of one run."""

    articles: int = 0
    begin: Millis = 0
    end: Millis = 0
    alerts: list[Decided] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)  # decisions that were silent
    delays: Counter[str] = field(default_factory=Counter)  # published to seen, of alerts
    stories: dict[str, Story] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)  # alert ids: a redelivery asks for one again
    league: League = field(default_factory=League)

    def top(self, count: int = 15) -> list[Story]:
        """The stories that most articles told."""
        return sorted(self.stories.values(), key=lambda s: (-len(s.articles), s.first, s.title))[:count]

    def width(self) -> Millis:
        """The width of a bar of time."""
        return next((w for w in WIDTHS if (self.end - self.begin) // w < BARS), WIDTHS[-1])

    def series(self, what: str) -> dict[str, Counter[int]]:
        """Alerts per bar, by `watch` or `category`, the name with most alerts first."""
        found: dict[str, Counter[int]] = {}
        width = self.width()
        for alert in self.alerts:
            for name in (alert.watch,) if what == "watch" else alert.categories:
                found.setdefault(name, Counter())[(alert.decided - self.begin) // width] += 1
        return dict(sorted(found.items(), key=lambda pair: (-pair[1].total(), pair[0])))


def gather(path: Path) -> Gathered:
    """Reads an output. Raises ValueError and OSError."""
    found = Gathered()
    for record in by_record(read_decisions(path)):
        found.articles += 1
        for decision in record:
            _enter(found, decision)
    return found


def _enter(found: Gathered, decision: Decided) -> None:
    found.begin = min(found.begin or decision.decided, decision.decided)
    found.end = max(found.end, decision.decided)
    found.league.hear(
        decision.at, source=decision.source, story=decision.story, seen=decision.seen, watch=decision.watch,
        reason=decision.reason, categories=decision.categories if decision.spoke else (),
    )  # fmt: skip
    if decision.spoke and decision.alert not in found.told:
        _told(found, decision)
    elif not decision.spoke:
        found.reasons[decision.reason] += 1
    if story := found.stories.get(decision.story):
        story.articles.add(decision.article)


def _told(found: Gathered, decision: Decided) -> None:
    found.alerts.append(decision)
    found.told.update({decision.alert} - {""})
    story = found.stories.setdefault(decision.story, Story(decision.title, decision.decided))
    story.watches.add(decision.watch)
    if decision.published is not None:
        delay = max(0, decision.seen - decision.published)
        found.delays[next((name for most, name in DELAYS if delay < most), "more")] += 1
