"""Who was first, who copies, and what a source is worth."""

from __future__ import annotations

from dataclasses import replace

from streams.basics.times import MINUTE
from streams.records import Decision, Millis, Origin, Reason, Relevance, evolve
from streams.sources.league import behind, league
from tests.build import NOON, alert

_offset = [0]


def told(source: str, story: str, at: Millis, reason: Reason = Reason.MERGED, watch: str = "w") -> Decision:
    """An article's decision."""
    _offset[0] += 1
    return Decision(
        article_id=f"a{_offset[0]}", watch=watch, stage="decide", reason=reason, detail="", source=source, story_id=story,
        origin=Origin(topic="articles", partition=0, offset=_offset[0]), seen=at, decided=at,
    )  # fmt: skip


CAPEX = replace(alert(1, story_id="s1"), relevances=(Relevance(category="capex", probability=0.9, threshold=0.5),))


def test_first_behind_and_without_it() -> None:
    """Fast was first by seven minutes and alone with another; without it one alert is later, one is lost."""
    decisions = [
        told("Fast", "s1", NOON, Reason.ALERTED),
        told("Slow", "s1", NOON + 7 * MINUTE),
        told("Slow", "s1", NOON + 9 * MINUTE),
        told("Fast", "s2", NOON, Reason.ALERTED),
        told("Slow", "s3", NOON, Reason.ALERTED),
        told("Slow", "s3", NOON + MINUTE, Reason.CORRECTED),
    ]
    fast, slow = league(decisions, [CAPEX, replace(CAPEX, alert_id="b", story_id="s9")])
    assert (fast["source"], fast["articles"], fast["first"], fast["copy_rate"]) == ("Fast", 2, 2, 0.0)
    assert fast["first_share"] == {"capex": 1.0}
    assert fast["without_it"] == {"lost": 1, "later": 1, "later_by_seconds": 420.0}
    assert [behind(s) for s in (None, 3.6, 119.4, 120.0, 420.0)] == ["-", "4 s", "119 s", "2 min", "7 min"]
    assert (slow["articles"], slow["first"], slow["lag_seconds"], slow["corrections"]) == (4, 1, 420.0, 1)
    assert slow["copy_rate"] == 0.75
    assert slow["first_share"] == {}
    assert slow["without_it"] == {"lost": 1, "later": 0, "later_by_seconds": None}


def test_a_source_that_brings_news_later_is_no_copyist() -> None:
    """An update is news, whoever told the story first; several watches count an article once."""
    decisions = [
        told("Fast", "s1", NOON, Reason.ALERTED),
        told("Slow", "s1", NOON + MINUTE, Reason.UPDATED),
    ]
    twin = evolve(decisions[1], watch="v", reason=Reason.MERGED)
    rows = {r["source"]: r for r in league([*decisions, twin], [])}
    assert rows["Slow"]["copy_rate"] == 0.0
    assert rows["Slow"]["articles"] == rows["Slow"]["alerts"] == 1


def test_articles_that_told_no_story_count_as_articles_only() -> None:
    """Nothing is divided by nothing."""
    (row,) = league([evolve(told("Quiet", "", NOON, Reason.BELOW_THRESHOLD), watch=None)], [])
    assert (row["articles"], row["stories"], row["lag_seconds"], row["copy_rate"]) == (1, 0, None, 0.0)
    assert league([], []) == []
