"""The ledger read from a time on: the same answers as of all of it, and little of it read or held."""

from __future__ import annotations

import asyncio
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.basics.times import DAY, HOUR, MINUTE
from streams.kafka.bounds import Bound, cut
from streams.kafka.reader import Ranges
from streams.ledger import topic as ledger_topic
from streams.ledger.sums import Ledger
from streams.ledger.topic import read_entries, read_ledger
from streams.names import Names
from streams.records import Decision, Millis, Origin, Proof, Reason
from tests.build import NOON
from tests.unit.ledger_rows import Topics, decision, receipt

ASKED: Final[list[list[str | None]]] = [[], ["a"], ["a", "b"], [None], [None, "a", "b"], ["a", None]]
"""The watches that decided on one article, in order; None is for all."""


@st.composite
def histories(draw: st.DrawFn) -> Topics:
    """Some hours of articles, of which some come again with the alert that they had, and some stand with a wrong time.

    A message stands once: a receipt that is written again says the same.
    """
    made, now, told = Topics(), NOON, dict[str, Millis]()
    for _ in range(draw(st.integers(1, 14))):
        now += draw(st.sampled_from([MINUTE, 20 * MINUTE, HOUR, 3 * HOUR]))
        partition = draw(st.integers(0, 1))
        off = draw(st.sampled_from([0, 0, 0, -MINUTE, 5 * HOUR]))
        offset = made.put("articles", partition, now + off)
        alert = draw(st.sampled_from(["", "", "x", "y", "z"]))
        for watch in draw(st.sampled_from(ASKED)):
            made.put("decisions", partition, now + MINUTE, decision(partition, offset, watch, now + MINUTE, alert))
        for proof in draw(st.sampled_from([[], [], [Proof.SENT], [Proof.DEAD, Proof.SENT]])) if alert else ():
            at = told.get(alert, now + 2 * MINUTE)
            made.put(
                "decisions", partition, now + 2 * MINUTE, receipt(alert, at, Proof.SENT if alert in told else proof)
            )
            told |= {alert: at} if proof is Proof.SENT else {}
    return made


async def _read_all_and_cut(topics: Topics, since: Bound) -> Ledger:
    """The rule that the reading has to agree with."""
    ledger, came_in = Ledger(), await cut(topics, "articles", since, Bound())
    async for entries in read_entries(topics, await topics.ranges("decisions")):
        ledger.add(entries)
    return ledger.within(came_in)


bounds = st.one_of(
    st.just(None),
    st.builds(Bound, offset=st.integers(0, 8)),
    st.builds(Bound, time=st.integers(0, 30).map(lambda n: NOON + n * 35 * MINUTE)),
)


def _read(topics: Topics, since: Bound | None, **others: bool) -> tuple[Ledger, Ranges]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(ledger_topic, "TopicReader", topics)
        return asyncio.run(read_ledger("", Names(""), since, **others))


@given(histories(), bounds)
def test_a_ledger_from_a_bound_on_says_what_all_of_it_would(topics: Topics, since: Bound | None) -> None:
    """Decisions, sums, watches that changed, gaps, and what became of each alert."""
    ledger, came_in = _read(topics, since)
    whole = asyncio.run(_read_all_and_cut(topics, since or Bound()))
    assert ledger.newest == whole.newest
    assert ledger.gaps(came_in, ["a", "b"]) == whole.gaps(came_in, ["a", "b"])
    assert ledger.changed(["a"]) == whole.changed(["a"])
    decisions = list(whole.newest.values())
    assert [ledger.receipts.fate(d) for d in decisions] == [whole.receipts.fate(d) for d in decisions]
    assert ledger.receipts.delays(decisions) == whole.receipts.delays(decisions)


def _ninety_days() -> Topics:
    made = Topics()
    for day in range(90):
        at = NOON + day * DAY
        offset = made.put("articles", day % 2, at)
        made.put("decisions", day % 2, at + MINUTE, decision(day % 2, offset, "a", at, f"alert {day}"))
        made.put("decisions", day % 2, at + 2 * MINUTE, receipt(f"alert {day}", at + 2 * MINUTE))
    return made


def test_an_hour_of_the_ledger_is_read_from_its_hour_on() -> None:
    """And where the clocks of two machines may differ, a little sooner."""
    topics = _ninety_days()
    ledger, _ = _read(topics, Bound(time=NOON + 88 * DAY - MINUTE))
    assert topics.ledger_read == [{("decisions", 0): (88, 90), ("decisions", 1): (88, 90)}]
    assert sorted(d.alert_id for d in ledger.newest.values()) == ["alert 88", "alert 89"]


def test_an_alert_without_a_receipt_is_looked_for_before_its_hour() -> None:
    """The article came again: its alert was told long ago. Who asks for no fates is spared that."""
    for fates in (True, False):
        topics = _ninety_days()
        offset = topics.put("articles", 0, NOON + 90 * DAY)
        again = decision(0, offset, "a", NOON + 90 * DAY, "alert 7")
        topics.put("decisions", 0, NOON + 90 * DAY, again)
        ledger, _ = _read(topics, Bound(time=NOON + 90 * DAY), fates=fates)
        assert [ledger.receipts.fate(d) for d in ledger.newest.values()] == ["sent" if fates else "waiting"]
        assert len(topics.ledger_read) == 1 + fates
        assert set(ledger.receipts.by_alert) == ({"alert 7"} if fates else set())


def test_what_was_not_asked_for_is_not_held() -> None:
    """An offset bounds as well; a watch that decided only before it is still known by name."""
    ledger = Ledger(asked={("articles", 0): (5, 9)})
    ledger.add(
        Decision(
            article_id="a", watch=watch, stage="decide", reason=Reason.LATE, detail="",
            origin=Origin(topic="articles", partition=0, offset=offset),
        )
        for offset, watch in ((4, "gone"), (4, None), (5, "w"), (9, "w"))
    )  # fmt: skip
    assert [at for (_, _, at), _ in ledger.newest] == [5]
    assert ledger.watches == {"gone", "w"}
