"""Records read from a topic: one that nobody can read is named and passed over, whoever reads."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from streams.kafka.reader import Ranges, TopicReader
from streams.ledger.topic import read_entries
from streams.records import Decision, Origin, Proof, Reason, Receipt
from streams.wire import decode_decision, encode_decision, encode_receipt
from tests.build import NOON

GOOD = Decision(
    article_id="a", watch="w", stage="decide", reason=Reason.ALERTED, detail="",
    origin=Origin(topic="articles", partition=0, offset=5),
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """As a Kafka client gives it."""

    offset: int
    value: bytes | None
    topic: str = "decisions"
    partition: int = 3


class Rows(TopicReader):
    """A topic of these records, without Kafka."""

    def __init__(self, *rows: Row) -> None:
        self.rows = rows

    async def read(self, ranges: Ranges, batch: int = 1_000) -> AsyncIterator[list[Any]]:
        """All at once."""
        yield list(self.rows)


async def test_a_record_that_cannot_be_read_is_named_and_the_rest_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    """Junk, a later version, a tombstone."""
    rows = [Row(0, b"junk"), Row(1, b'{"v": 99}'), Row(2, None), Row(3, encode_decision(GOOD))]
    found = [d async for decisions in Rows(*rows).decoded({}, decode_decision) for d in decisions]
    assert found == [GOOD]
    assert [m.split(":")[0] for m in caplog.messages] == [f"decisions/3/{n} is passed over" for n in range(3)]


async def test_a_receipt_is_passed_over_in_silence_by_who_asks_for_decisions(caplog: pytest.LogCaptureFixture) -> None:
    """A replay in live order, a warm-up, a story: to them the ledger is what it was. Who asks for both has both, in order."""
    receipt = Receipt(alert_id="a", article_id="x", root_id="a", channel="console", proof=Proof.SENT, at=NOON)
    topic = Rows(Row(0, encode_receipt(receipt)), Row(1, encode_decision(GOOD)), Row(2, b'{"v": 1, "kind": "later"}'))
    assert [d async for d in topic.decoded({}, decode_decision)] == [[GOOD]]
    assert [e async for e in read_entries(topic, {})] == [[receipt, GOOD]]
    assert caplog.messages == []


async def test_many_that_cannot_be_read_are_counted(caplog: pytest.LogCaptureFixture) -> None:
    """A topic of another version names ten of its records, not a million."""
    rows = [Row(n, b"junk") for n in range(25)]
    assert [d async for d in Rows(*rows).decoded({}, decode_decision)] == []
    assert len(caplog.messages) == 11
    assert caplog.messages[-1] == "15 more records are passed over: they cannot be read either"
