"""replay --against: what a change would do to the alerts, and the gate that a pull request must pass."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from streams.replay.diff import difference, exceeded, limits
from streams.replay.report import span, told
from streams.times import iso
from tests.build import NOON


def line(article: str, watch: str | None, reason: str, story: str = "", minute: int = 0, **changes: Any) -> bytes:
    """A decision as a run writes it."""
    at = iso(NOON + minute * 60_000)
    said: dict[str, Any] = {
        "article": article, "watch": watch, "reason": reason, "stage": "decide", "detail": f"{reason} it is",
        "story": story, "alert": "", "partition": 0, "offset": minute, "source": "Wire", "lang": "en",
        "title": f"Headline {article}", "published": at, "seen": at, "decided": at,
    }  # fmt: skip
    if reason in ("alerted", "updated"):
        said |= {"companies": ["nvidia"], "categories": ["capex"]}
    return orjson.dumps(said | changes) + b"\n"


def files(folder: Path, before: list[bytes], now: list[bytes]) -> tuple[Path, Path]:
    """Two runs."""
    (folder / "before").write_bytes(b"".join(before))
    (folder / "now").write_bytes(b"".join(now))
    return folder / "before", folder / "now"


BEFORE = [
    line("a", "chips", "alerted", "s-a", 0),
    line("b", "chips", "merged_into_story", "s-a", 5),
    line("c", "chips", "alerted", "s-c", 7),
    line("d", None, "below_threshold", minute=8),
    line("e", "chips", "alerted", "s-e", 9),
]
NOW = [
    line("a", "chips", "not_certain", "s-a", 0),
    line("b", "chips", "alerted", "s-a", 5),
    line("c", None, "below_threshold", minute=7),
    line("d", "chips", "alerted", "s-d", 8, companies=["asml", "nvidia"]),
    line("e", "chips", "updated", "s-a", 9),
]


def test_alerts_are_lost_added_changed_or_moved(tmp_path: Path) -> None:
    """An alert on another article of the same story has moved; it is neither lost nor added."""
    diff = difference(*files(tmp_path, BEFORE, NOW))
    assert [(c.how, c.alert.article) for c in diff.changes] == [
        ("moved", "b"), ("lost", "c"), ("added", "d"), ("changed", "e"),
    ]  # fmt: skip
    assert diff.changes[0].shift == 300_000
    assert (diff.before, diff.after) == (3, 3)
    assert diff.by("company") == {"asml": {"added": 1}, "nvidia": {"moved": 1, "lost": 1, "added": 1, "changed": 1}}


def test_a_reviewer_reads_headlines_and_what_is_decided_instead(tmp_path: Path) -> None:
    """Each change names its headline, and the other run's reason."""
    words = "\n".join(told(difference(*files(tmp_path, BEFORE, NOW)).changes))
    assert "lost     2026-01-09T12:07:00.000Z  chips: Headline c\n         now: below_threshold" in words
    assert "added    2026-01-09T12:08:00.000Z  chips: Headline d\n         before: below_threshold" in words
    assert "5 minutes later, was: Headline a" in words
    assert "alerted before, updated now" in words


def test_the_same_run_twice_differs_in_nothing(tmp_path: Path) -> None:
    """No changes, and any gate is open."""
    diff = difference(*files(tmp_path, BEFORE, BEFORE))
    assert diff.changes == ()
    assert exceeded(diff, limits("lost,added,changed,moved")) == []


def test_the_gate_knows_counts_and_shares(tmp_path: Path) -> None:
    """`lost` allows none, `added>5%` counts against the baseline, `moved>1` allows one."""
    diff = difference(*files(tmp_path, BEFORE, NOW))
    assert exceeded(diff, limits("lost, added>50%, moved>1")) == ["lost: 1 of 3 alerts, allowed 0"]
    assert exceeded(diff, limits("added>5%")) == ["added: 1 of 3 alerts, allowed 5%"]
    with pytest.raises(ValueError, match="write lost, added, changed or moved"):
        limits("lots")


def test_a_broken_baseline_names_file_and_line(tmp_path: Path) -> None:
    """Nobody should compare with half a file."""
    paths = files(tmp_path, [BEFORE[0], b'{"half": '], NOW)
    with pytest.raises(ValueError, match="before:2: no decision"):
        difference(*paths)


def test_a_shift_is_told_in_the_unit_a_person_would_use() -> None:
    """Days, hours, minutes, seconds."""
    assert span(3 * 86_400_000) == "3 days later"
    assert span(-3 * 3_600_000) == "3 hours earlier"
    assert span(2_000) == "2 seconds later"
    assert span(0) == "at the same time"
