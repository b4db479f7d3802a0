"""ledger: the conservation law, and the ways it can be broken."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from streams.commands.ledger import print_by, print_sums
from streams.kafka.reader import TopicReader
from streams.ledger.sums import Ledger
from streams.ledger.topic import without_record
from streams.records import Decision, Origin, Reason, evolve


def decided(offset: int, watch: str | None, reason: Reason = Reason.ALERTED) -> Decision:
    """A decision on one article of one partition."""
    origin = Origin(topic="articles", partition=0, offset=offset)
    return Decision(article_id=str(offset), watch=watch, stage="decide", reason=reason, detail="", origin=origin)


RANGES = {("articles", 0): (0, 3)}


def test_articles_in_are_the_sum_of_decisions_for_every_watch() -> None:
    """Decisions without a watch count for each of them."""
    ledger = Ledger()
    ledger.add([decided(0, "a"), decided(0, "b"), decided(1, None, Reason.MALFORMED), decided(2, "a"), decided(2, "b")])
    assert ledger.gaps(RANGES, ["a", "b"]) == []
    assert ledger.by_watch(["a", "b"])["a"] == {"alerted": 2, "malformed": 1}


def test_an_offset_without_an_article_is_no_gap() -> None:
    """Where the mark of a transaction stands, or what it took back; what lies beside it still is one."""
    ledger = Ledger(empty={("articles", 0): [(1, 2)]})
    ledger.add([decided(0, "a")])
    assert ledger.within(RANGES).gaps(RANGES, ["a"]) == [
        "articles/0/2: came in, was never decided", "watch a: 1 decisions for 2 articles",
    ]  # fmt: skip


def test_a_decision_repeated_by_a_redelivery_counts_once() -> None:
    """The newest of two decisions on one offset and watch is the one."""
    ledger = Ledger()
    ledger.add([decided(0, "a"), decided(0, "a"), decided(1, "a"), decided(2, "a", Reason.MERGED)])
    assert ledger.gaps(RANGES, ["a"]) == []


def test_what_a_redelivery_decides_again_replaces_the_earlier_kind() -> None:
    """An article that failed and was then judged for each watch, or the other way round, counts once for each."""
    ledger = Ledger()
    ledger.add([decided(0, None, Reason.FAILED), decided(0, "a"), decided(0, "b")])
    ledger.add([decided(1, "a"), decided(1, "b"), decided(1, None, Reason.FAILED), decided(2, "a"), decided(2, "b")])
    assert ledger.gaps(RANGES, ["a", "b"]) == []
    assert ledger.by_watch(["a", "b"])["b"] == {"alerted": 2, "failed": 1}


def test_a_watch_that_was_added_or_removed_is_told_apart_from_one_that_missed_an_article() -> None:
    """From one article of a partition on, or up to one, is a change of the watch file; a hole is a gap.

    So is the last article, for a watch that stands on the desk.
    """
    ledger = Ledger()
    for offset, asked in enumerate(("ab", "ab", "abc", "ac", "ac")):
        ledger.add(decided(offset, watch) for watch in asked)
    ledger.add([decided(0, "hole"), decided(2, "hole"), decided(5, None, Reason.MALFORMED)])
    ledger.add(decided(offset, "stands") for offset in range(4))
    ranges = {("articles", 0): (0, 6)}
    watches = ["a", "c", "hole", "fresh", "stands"]
    changed = ledger.changed(watches)
    assert changed == {
        watch: f"decided on {count} of 5 articles that reached the watches"
        for watch, count in (("b", 3), ("c", 3), ("fresh", 0))
    }
    assert ledger.gaps(ranges, watches, changed) == [
        "watch hole: 3 decisions for 6 articles", "watch stands: 5 decisions for 6 articles",
    ]  # fmt: skip


def test_a_name_from_outside_is_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    """A feed or a watch may be called what it likes."""
    ledger = Ledger()
    ledger.add([evolve(decided(0, "[red]w"), source="[/b] \x1b[2JWire")])
    print_by(ledger)
    print_sums(ledger.by_watch(["[red]w"]), [], {"[/i]": "decided on none"})
    said = capsys.readouterr().out
    assert r"[/b] \x1b[2JWire" in said
    assert "[red]w" in said
    assert "watch [/i]: decided on none; it was added or removed meanwhile" in said


def test_every_gap_is_named() -> None:
    """A missing article, a stranger, and a watch that is one short."""
    ledger = Ledger()
    ledger.add([decided(0, "a"), decided(0, "b"), decided(1, "a"), decided(9, None)])
    faults = ledger.gaps(RANGES, ["a", "b"])
    assert "articles/0/2: came in, was never decided" in faults
    assert "articles/0/9: decided, is not on the topic" in faults
    assert "watch b: 2 decisions for 3 articles" in faults


def test_sums_by_source_and_language_count_every_decision_once() -> None:
    """An article that ended before any watch has one decision; a nameless source is called unknown."""
    ledger = Ledger()
    ledger.add(
        [
            evolve(decided(0, "a"), source="Wire", lang="de"),
            evolve(decided(0, "b", Reason.MERGED), source="Wire", lang="de"),
            decided(1, None, Reason.MALFORMED),
        ]
    )
    assert ledger.by("source") == {"Wire": {"alerted": 1, "merged_into_story": 1}, "unknown": {"malformed": 1}}
    assert list(ledger.by("lang")) == ["de", "unknown"]


def test_a_part_of_the_ledger_holds_a_part_of_the_topic() -> None:
    """--since: what lies before is neither counted nor missed."""
    ledger = Ledger()
    ledger.add([decided(0, "a"), decided(1, "a"), decided(2, "a")])
    late = {("articles", 0): (1, 3)}
    assert ledger.within(late).gaps(late, ["a"]) == []
    assert len(ledger.within(late).articles()) == 2


def test_what_holds_no_record_is_no_article() -> None:
    """Marks of transactions, and a decided article that compaction took; what has a record and no decision is a gap."""
    ledger = Ledger(empty={("articles", 0): [(1, 2), (3, 5), (8, 10**9)]})
    ledger.add(decided(offset, "a") for offset in (0, 2, 3))
    ranges = {("articles", 0): (0, 10**9), ("articles", 1): (7, 7)}
    assert ledger.undecided(ranges) == {("articles", 0): [(5, 8)]}
    assert ledger.came_in(ranges) == 6
    assert ledger.within(ranges).gaps(ranges, ["a"]) == [
        "articles/0/5 to 7: came in, was never decided", "watch a: 3 decisions for 6 articles",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("stretches", "reads"),
    [([], 0), ([(3, 4), (6, 7), (9, 10)], 1), ([(3, 4), (90_000, 90_001)], 2)],
)
async def test_only_what_has_no_decision_is_read_and_what_lies_close_at_once(
    stretches: list[tuple[int, int]], reads: int
) -> None:
    """Offsets 3, 6 and 90,000 are marks, the rest are records."""
    asked = []

    class Reader(TopicReader):
        def __init__(self) -> None: ...

        async def read(self, ranges: Any, batch: int = 2) -> Any:
            ((first, end),) = ranges.values()
            asked.append((first, end))
            there = [SimpleNamespace(offset=o) for o in range(first, end) if o not in {3, 6, 90_000}]
            for at in range(0, len(there), batch):
                yield there[at : at + batch]

    found = await without_record(Reader(), {("articles", 0): stretches})
    assert found == {("articles", 0): [s for s in stretches if s != (9, 10)]}
    assert len(asked) == reads
