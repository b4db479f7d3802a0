"""ledger: the conservation law, and the ways it can be broken."""

from __future__ import annotations

from streams.ledger import Ledger
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


def test_a_decision_repeated_by_a_redelivery_counts_once() -> None:
    """The newest of two decisions on one offset and watch is the one."""
    ledger = Ledger()
    ledger.add([decided(0, "a"), decided(0, "a"), decided(1, "a"), decided(2, "a", Reason.MERGED)])
    assert ledger.gaps(RANGES, ["a"]) == []


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
