"""replay --against: what a change would do to the alerts, and the gate that a pull request must pass."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from streams.basics.times import iso
from streams.replay.diff import difference, exceeded, limits
from streams.replay.report import change_lines, span
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
    words = "\n".join(change_lines(difference(*files(tmp_path, BEFORE, NOW)).changes))
    assert "lost     2026-01-09T12:07:00.000Z  chips: Headline c\n         now: below_threshold" in words
    assert "added    2026-01-09T12:08:00.000Z  chips: Headline d\n         before: below_threshold" in words
    assert "5 minutes later, was: Headline a" in words
    assert "alerted before, updated now" in words


def test_the_same_run_twice_differs_in_nothing(tmp_path: Path) -> None:
    """No changes, and any gate is open."""
    diff = difference(*files(tmp_path, BEFORE, BEFORE))
    assert diff.changes == ()
    assert exceeded(diff, limits("lost,added,changed,moved")) == []


def test_an_update_under_the_same_id_can_be_lost(tmp_path: Path) -> None:
    """An id that spoke once may speak again: each of its records counts, and "now" is told of the same record."""
    first, second = line("a", "chips", "alerted", "s-a", 0), line("a", "chips", "updated", "s-a", 5)
    late = line("a", "chips", "late", "s-a", 5)
    other = line("a", None, "below_threshold", minute=9)
    diff = difference(*files(tmp_path, [first, second, other], [first, late, other]))
    assert (diff.before, diff.after) == (2, 1)
    assert [(c.how, c.alert.reason, c.after.reason if c.after else "") for c in diff.changes] == [
        ("lost", "updated", "late")
    ]
    back = difference(*files(tmp_path, [first, late, other], [first, second, other]))
    assert [(c.how, c.before.reason if c.before else "") for c in back.changes] == [("added", "late")]


def test_a_record_that_stands_there_twice_is_two(tmp_path: Path) -> None:
    """A feed that repeats itself at one place does not hide that the second alert is gone."""
    once, twice = line("a", "chips", "alerted", "s-a"), line("a", "chips", "updated", "s-a")
    diff = difference(*files(tmp_path, [once, twice], [once, line("a", "chips", "merged_into_story", "s-a")]))
    assert [(c.how, c.alert.reason) for c in diff.changes] == [("lost", "updated")]


def test_a_redelivery_is_no_alert(tmp_path: Path) -> None:
    """The same line twice asks for the same alert again, which no channel shows; what is lost says so."""
    told = line("a", "chips", "alerted", "s-a", 0, alert="one")
    again = line("a", "chips", "alerted", "s-a", 5, alert="one")
    diff = difference(*files(tmp_path, [told], [told, again]))
    assert (diff.before, diff.after, diff.changes) == (1, 1, ())
    assert exceeded(diff, limits("lost,added,changed,moved")) == []
    lost = difference(*files(tmp_path, [told, line("a", "chips", "updated", "s-a", 5, alert="two")], [told, again]))
    assert [(c.how, c.after.reason if c.after else "") for c in lost.changes] == [("lost", "told already")]


def test_alerts_pair_by_their_ids_in_whatever_order_the_records_come(tmp_path: Path) -> None:
    """The live order may have taken another record of an article first."""
    one = line("a", "chips", "alerted", "s-a", 5, alert="one")
    late = line("a", "chips", "late", "s-a", 0)
    two = line("a", "chips", "updated", "s-a", 9, alert="two")
    assert difference(*files(tmp_path, [late, one, two], [one, two, late])).changes == ()
    assert difference(*files(tmp_path, [one, two], [two, one])).changes == ()
    other = line("a", "chips", "alerted", "s-a", 5, alert="one of another story")
    assert difference(*files(tmp_path, [late, one], [late, other])).changes == ()


def test_only_the_same_alert_a_little_later_has_moved(tmp_path: Path) -> None:
    """A correction elsewhere is no update that came late, and after an hour an alert is lost."""
    told, silent = line("a", "chips", "updated", "s", 0), line("a", "chips", "merged_into_story", "s", 0)
    for minute, reason, hows in ((5, "updated", ["moved"]), (5, "corrected", ["lost", "added"]),
                                 (61, "updated", ["lost", "added"])):  # fmt: skip
        diff = difference(*files(tmp_path, [told], [silent, line("b", "chips", reason, "s", minute)]))
        assert [c.how for c in diff.changes] == hows


def test_another_channel_or_hold_is_a_change(tmp_path: Path) -> None:
    """Who is told, and when, is what a watch file is about; an output of old that names neither is not held to it."""
    now = line("a", "chips", "alerted", "s-a", channel="slack:C0DESK", hold=None)
    held = line("a", "chips", "alerted", "s-a", channel="slack:C0DESK", hold=iso(NOON))
    elsewhere = line("a", "chips", "alerted", "s-a", channel="console", hold=None)
    for other in (held, elsewhere):
        assert [c.how for c in difference(*files(tmp_path, [now], [other])).changes] == ["changed"]
    words = "\n".join(change_lines(difference(*files(tmp_path, [elsewhere], [held])).changes))
    assert "alerted to console before, alerted to slack:C0DESK, held until 2026-01-09T12:00:00.000Z, now" in words
    assert difference(*files(tmp_path, [line("a", "chips", "alerted", "s-a")], [held])).changes == ()


def test_the_gate_knows_counts_and_shares(tmp_path: Path) -> None:
    """`lost` allows none, `added>5%` counts against the baseline, `moved>1` allows one."""
    diff = difference(*files(tmp_path, BEFORE, NOW))
    assert exceeded(diff, limits("lost, added>50%, moved>1")) == ["lost: 1 of 3 alerts, allowed 0"]
    assert exceeded(diff, limits("added>5%")) == ["added: 1 of 3 alerts, allowed 5%"]
    for wrong in ("lots", "", "lost,", "lost>5 0", "lost>" + 400 * "9"):
        with pytest.raises(ValueError, match="write lost, added, changed or moved"):
            limits(wrong)
    with pytest.raises(ValueError, match="lost has two limits"):
        limits("lost,lost>5")


def test_nothing_can_be_lost_of_nothing(tmp_path: Path) -> None:
    """An empty baseline would open any gate."""
    with pytest.raises(ValueError, match="before: no decision is in it"):
        difference(*files(tmp_path, [], NOW))


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
