"""Which part of the past a warm-up reads."""

from __future__ import annotations

from streams.ports import Asks
from streams.records import Decision, Origin, Reason
from streams.replay.warm import Past, Place, enter, held, stretch
from tests.build import NOON


def _decided(offset: int, reason: Reason = Reason.ALERTED, **others: object) -> Decision:
    known = {"story_id": "s-1", "seen": NOON, "watch": "w", "stage": "decide"} | others
    return Decision(
        article_id=str(offset), reason=reason, detail="", origin=Origin(topic="articles", partition=0, offset=offset),
        **known,  # type: ignore[arg-type]
    )  # fmt: skip


def test_a_warm_up_reads_what_reached_the_memory_lately() -> None:
    """Without a story or too old: left out. A watch counts as claiming only where the memory ruled."""
    found: dict[Place, Past] = {}
    for decision in (
        _decided(4, claimed=9), _decided(4, watch="v"), _decided(5, story_id=""), _decided(1, seen=NOON - 1),
        _decided(7),
    ):  # fmt: skip
        enter(found, decision, NOON)
    assert found == {(0, 4): Past("s-1", {"w": Asks.NEWS}), (0, 7): Past("s-1", {})}
    assert stretch("articles", found) == {("articles", 0): (4, 8)}


def test_who_only_heard_of_what_it_was_told_is_asked_for_that_alone() -> None:
    """A correction opens no story: neither for a watch it does not match, nor for one that was told before the stretch."""
    found: dict[Place, Past] = {}
    enter(found, _decided(4, Reason.CORRECTED, claimed=3, watch="told"), NOON)
    enter(found, _decided(4, Reason.NO_COMPANY, claimed=4, watch="never told", stage="match"), NOON)
    enter(found, _decided(4, Reason.LATE, claimed=5, watch="not told in time"), NOON)
    assert found[0, 4].claimed == {
        "told": Asks.FOLLOW, "never told": Asks.FOLLOW, "not told in time": Asks.REPEAT
    }  # fmt: skip


def test_what_retention_took_is_not_asked_for() -> None:
    """The ledger knows it still: to begin at an offset that is gone would end the warm-up before it began."""
    known = {at: Past("s-1") for at in ((0, 4), (0, 7), (1, 2), (2, 0))}
    assert list(held("articles", known, {("articles", 0): (5, 9), ("articles", 1): (0, 2)})) == [(0, 7)]
