"""Ten hours of forty feeds with every vice, in virtual time and with kill -9: `python -m tests.feeds.day` is 200 for 24 h."""

from __future__ import annotations

import pytest

from streams.records import Kind
from tests.feeds.day import Day, day, report


@pytest.fixture(scope="module")
def lived() -> Day:
    """Three kills: one before Kafka has the records, two after it and before anybody was told."""
    return day(40, 10.0, {5: False, 60: True, 200: True})


def test_every_article_enters_once(lived: Day) -> None:
    """Slow, broken, redirecting, flapping and lying feeds included."""
    told = lived.told()
    print("\n".join(report(lived)))
    assert lived.kills == 3
    assert [k for k, n in told.items() if n > 1] == []
    assert lived.expected() - {name for name, status, _ in told if status == "new"} == set()
    assert {status for _, status, _ in told} == {"new", "update", "removed"}


def test_only_the_dead_are_called_silent(lived: Day) -> None:
    """Within the tolerance that was learned; nobody else, however quiet; and once."""
    dead = {f.name: f for f in lived.feeds if f.dies}
    silent = [(at, a) for at, a in lived.alerts if "is silent" in a.title]
    assert sorted(a.article_id for _, a in silent) == sorted(f"source:{name}" for name in dead)
    for at, alert in silent:
        feed = dead[alert.article_id.removeprefix("source:")]
        due = lived.due[feed.name]
        assert feed.dies < at <= due + 3 * feed.every, (feed.name, at, due)


def test_a_lost_feed_is_called_failing_and_the_flapping_once(lived: Day) -> None:
    """A 404 that stays is told once, and no end is told that did not come."""
    lost = {f.name for f in lived.feeds if f.lost}
    failing = [a.article_id.removeprefix("source:") for _, a in lived.alerts if "is failing" in a.title]
    assert lost <= set(failing)
    ends = [a for _, a in lived.alerts if a.kind is Kind.UPDATE]
    assert not {a.article_id.removeprefix("source:") for a in ends} & lost
    assert all(failing.count(name) <= 2 for name in failing)
