"""receipts: what became of an alert, in words and in sums; a receipt is no decision."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from streams.commands.ledger import deliveries, print_deliveries
from streams.desk.evidence import of_decisions
from streams.ledger.receipts import Receipts
from streams.ledger.sums import Ledger
from streams.records import Decision, Origin, Proof, Reason, Receipt, evolve
from streams.watches.watch import Desk
from tests.build import NOON

RANGES = {("articles", 0): (0, 9)}


def decided(offset: int, reason: Reason = Reason.ALERTED, **changes: object) -> Decision:
    """A decision of the watch `w` on one article, seen so many seconds after noon."""
    made = Decision(
        article_id=str(offset), watch="w", stage="decide", reason=reason, detail="", alert_id=f"a{offset}",
        origin=Origin(topic="articles", partition=0, offset=offset), seen=NOON + offset * 1_000,
        decided=NOON + offset * 1_000 + 40,
    )  # fmt: skip
    return evolve(made, **changes)


def receipt(offset: int, later: int = 400, **changes: object) -> Receipt:
    """Of that decision's alert, so many milliseconds after it was seen."""
    made = Receipt(
        alert_id=f"a{offset}", article_id=str(offset), root_id="r", channel="slack:C1", proof=Proof.SENT,
        at=NOON + offset * 1_000 + later, ts="1.5",
    )  # fmt: skip
    return evolve(made, **changes)


def words(decision: Decision, *receipts: Receipt) -> str:
    """What a reader is told."""
    known = Receipts()
    for one in receipts:
        known.enter(one)
    return known.words(decision)


SAID: Sequence[tuple[str, Receipt]] = [
    ("Slack had it 12:00:01.400, 0.4 s after it was seen", receipt(1)),
    ("the console had it 12:00:01.400, 0.4 s after it was seen", receipt(1, channel="console")),
    ("webhook:ops had it 12:00:01.400, 0.4 s after it was seen", receipt(1, channel="webhook:ops")),
    ("Slack had it in a digest 12:01:01.000, 60.0 s after it was seen", receipt(1, 60_000, proof=Proof.FOLDED)),
    ("Slack had it 12:50:01.000, 50 min after it was seen", receipt(1, 3_000_000)),
    ("Slack had it 12:00:00.900, 0.0 s after it was seen", receipt(1, -100)),
    (
        "Slack had it 2026-01-10T06:00:01.000Z, 0.5 s after its quiet hours ended",
        receipt(1, 64_800_000, hold=NOON + 64_800_500),
    ),
    ("dead 12:00:03.000: is_archived", receipt(1, 2_000, proof=Proof.DEAD, ts="", why="is_archived")),
    ("unwanted 12:00:03.000: Alibaba: muted", receipt(1, 2_000, proof=Proof.UNWANTED, ts="", why="Alibaba: muted")),
]


@pytest.mark.parametrize(("said", "made"), SAID, ids=[s for s, _ in SAID])
def test_a_receipt_is_told_in_words(said: str, made: Receipt) -> None:
    """Who had it, when, how long after it was seen; or why nobody ever will."""
    assert words(decided(1), made) == said


def test_an_alert_decided_before_the_first_receipt_is_missing_too() -> None:
    """Whoever waits for all of a first run would else stop when the first one was told."""
    known = Receipts()
    known.enter(receipt(2))
    decisions = [decided(1), decided(2), decided(3), decided(4, Reason.NO_COMPANY)]
    assert [known.fate(d) for d in decisions] == ["unknown", "sent", "waiting", ""]
    assert known.missing(decisions) == 2


def test_without_a_receipt_an_alert_waits_but_for_those_from_before_there_were_any() -> None:
    """What was told by an earlier version is not said to wait; what put nothing into a channel has no fate."""
    assert words(decided(1)) == "waits: no channel has it yet"
    assert words(decided(3), receipt(1)) == "waits: no channel has it yet"
    assert words(decided(1), receipt(3)) == "no receipt: it waits, or was told before receipts were written"
    assert words(decided(1, Reason.MERGED), receipt(1)) == ""  # an echo edits what has its receipt
    assert words(decided(1, Reason.NO_COMPANY, alert_id="")) == ""


def test_the_first_proof_stands_however_often_it_is_repeated() -> None:
    """A rebuilt book may prove it again, later; but a message that stands outweighs that it was given up."""
    first, again = receipt(1), receipt(1, 90_000)
    assert words(decided(1), first, again) == words(decided(1), first)
    for proof in (Proof.DEAD, Proof.UNWANTED):
        never = receipt(1, 100, proof=proof, why="gone")
        assert words(decided(1), never, first) == words(decided(1), first, never) == words(decided(1), first)


def filled() -> Ledger:
    """Nine articles: sent twice, folded, dead, waiting, one asked for again, an echo; receipts first, and repeated."""
    ledger = Ledger()
    ledger.add([receipt(1), receipt(2, 800, proof=Proof.FOLDED), receipt(1, 70_000)])
    ledger.add(decided(n) for n in range(1, 7))
    ledger.add([receipt(3, proof=Proof.DEAD, why="gone"), receipt(4, 3_600_100, hold=NOON + 3_604_000)])
    ledger.add([decided(7, alert_id="a1"), decided(8, Reason.MERGED, alert_id="e8"), decided(0, Reason.MUTED)])
    return ledger


def test_a_receipt_is_no_decision() -> None:
    """Conservation, sums and articles are those of decisions alone; a part of the ledger keeps the receipts."""
    ledger = filled()
    assert ledger.gaps(RANGES, ["w"]) == []
    assert ledger.by_watch(["w"]) == {"w": {"alerted": 7, "merged_into_story": 1, "muted": 1}}
    sent = {d.origin.offset: d.sent for d in ledger.within({("articles", 0): (0, 5)}).decisions()}
    assert sent == {0: None, 1: NOON + 1_400, 2: NOON + 2_800, 3: None, 4: NOON + 3_604_100}


def test_the_sums_of_deliveries_and_how_long_they_took(capsys: pytest.CaptureFixture[str]) -> None:
    """Each alert once; what quiet hours held counts from their end."""
    found = deliveries(filled())
    assert found == {
        "sent": 2,
        "folded": 1,
        "waiting": 2,
        "unwanted": 0,
        "dead": 1,
        "unknown": 0,
        "decisions": 7,
        "seen_to_sent": {"p50": 400, "p99": 792},
    }
    print_deliveries(found)
    said = capsys.readouterr().out
    assert "6 alerts (7 decisions): sent 2, folded 1, waiting 2, unwanted 0, dead 1" in said and "unknown" not in said
    assert "p50 0.4 s, p99 0.8 s" in said


def test_an_alert_waits_since_the_first_article_that_asked_for_it() -> None:
    """Whichever of them the ledger names first."""
    known = Receipts()
    known.enter(receipt(1))
    assert known.delays([decided(2, alert_id="a1"), decided(1)]) == [400]


def test_no_alert_has_no_percentile(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing was told, nothing took any time."""
    ledger = Ledger()
    ledger.add([receipt(5), decided(1), decided(9, Reason.MUTED)])
    found = deliveries(ledger)
    assert json.loads(json.dumps(found))["seen_to_sent"] is None and found["unknown"] == 1
    print_deliveries(found)
    said = capsys.readouterr().out
    assert "unknown 1" in said and "p50" not in said


def test_who_asks_in_a_channel_is_told_when_it_was_sent() -> None:
    """`/tapewire why` on a headline."""
    ledger = Ledger()
    ledger.add([decided(1, title="Alibaba raises", detail="first of story"), receipt(1)])
    assert of_decisions(ledger.decisions(), Desk(()), "slack:C1")[1:] == [
        "w: alerted: first of story (sent 2026-01-09T12:00:01.400Z)"
    ]
