"""Articles and their ledger as topics without Kafka, for what reads them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, Self

from streams.kafka.reader import Ranges, TopicReader
from streams.records import Decision, Millis, Origin, Proof, Reason, Receipt
from streams.wire import encode_decision, encode_receipt


@dataclass(frozen=True)
class Row:
    """As a Kafka client gives it."""

    topic: str
    partition: int
    offset: int
    timestamp: Millis
    value: bytes | None = b""


@dataclass
class Topics(TopicReader):
    """Articles and their ledger, two partitions each, without Kafka; it says what was read."""

    rows: dict[tuple[str, int], list[Row]] = field(
        default_factory=lambda: {(t, p): [] for t in ("articles", "decisions") for p in (0, 1)}
    )
    asked: list[Ranges] = field(default_factory=list)

    def put(self, topic: str, partition: int, at: Millis, value: bytes = b"") -> int:
        """One more record; its offset."""
        rows = self.rows[topic, partition]
        rows.append(Row(topic, partition, len(rows), at, value))
        return len(rows) - 1

    def __call__(self, _where: object) -> Self:
        """Stands for the class."""
        return self

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None: ...

    async def expect(self, topic: str) -> None:
        """It is there."""

    async def ranges(self, *topics: str) -> Ranges:
        """All there is."""
        return {tp: (0, len(rows)) for tp, rows in self.rows.items() if tp[0] in topics}

    async def offsets_at(self, ranges: Ranges, at: Millis) -> dict[tuple[str, int], int]:
        """As Kafka answers: the first that is not earlier."""
        return {tp: next((r.offset for r in self.rows[tp] if r.timestamp >= at), ranges[tp][1]) for tp in ranges}

    async def read(self, ranges: Ranges, batch: int = 3) -> AsyncIterator[list[Any]]:
        """In small batches."""
        self.asked.append({tp: r for tp, r in ranges.items() if tp[0] == "decisions"})
        found = [row for tp, (first, end) in ranges.items() for row in self.rows[tp][first:end]]
        for at in range(0, len(found), batch):
            yield found[at : at + batch]

    @property
    def ledger_read(self) -> list[Ranges]:
        """What was read of the decisions, in order."""
        return [ranges for ranges in self.asked if ranges]


def decision(partition: int, offset: int, watch: str | None, at: Millis, alert: str = "", **others: Any) -> bytes:
    """On one article."""
    return encode_decision(
        Decision(
            article_id="a", watch=watch, stage="decide", reason=Reason.ALERTED if alert else Reason.NO_COMPANY,
            detail="", origin=Origin(topic="articles", partition=partition, offset=offset), alert_id=alert, seen=at,
            decided=at, **others,
        )
    )  # fmt: skip


def receipt(alert: str, at: Millis, proof: Proof = Proof.SENT) -> bytes:
    """Of one alert."""
    return encode_receipt(Receipt(alert_id=alert, article_id="a", root_id=alert, channel="console", proof=proof, at=at))
