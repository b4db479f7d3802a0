"""A partition as aiokafka reads it: its own fetch results and positions, over batches built as a broker keeps them."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiokafka.consumer.fetcher import READ_COMMITTED, FetchResult, OffsetResetStrategy, PartitionRecords
from aiokafka.consumer.subscription_state import Assignment
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.memory_records import MemoryRecords
from aiokafka.structs import TopicPartition

TP = TopicPartition("articles", 0)


@dataclass
class Log:
    """What the broker holds: `records` by offset, in batches where they follow on each other; it begins at `first`."""

    records: list[int]
    first: int = 0
    assigned: Any = field(init=False)

    def __post_init__(self) -> None:
        self.assign(None)

    @property
    def state(self) -> Any:
        """Of the partition in this assignment."""
        return self.assigned.state_value(TP)

    def assign(self, committed: int | None) -> None:
        """A new assignment, that begins where the group stands."""
        self.assigned = Assignment([TP])
        if committed is None:
            self._reset()
        else:
            self.state.reset_to(committed)

    def fetch(self, most: int | None = None) -> list[Any]:
        """The records from the position on, at most so many."""
        if self.state.position < self.first:
            self._reset()
        held = [offset for offset in self.records if offset >= max(self.first, self.state.position)]
        inside = PartitionRecords(
            TP, MemoryRecords(_batches(held)), [], self.state.position, None, None, True, READ_COMMITTED
        )
        result = FetchResult(TP, assignment=self.assigned, partition_records=inside, backoff=0)
        found: list[Any] = result.getall(most)
        return found

    def _reset(self) -> None:
        self.state.await_reset(OffsetResetStrategy.EARLIEST)
        self.state.reset_to(self.first)


def _batches(offsets: Iterable[int]) -> bytes:
    runs: list[list[int]] = []
    for offset in offsets:
        if runs and offset == runs[-1][-1] + 1:
            runs[-1].append(offset)
        else:
            runs.append([offset])
    return b"".join(_batch(run) for run in runs)


def _batch(offsets: Sequence[int]) -> bytes:
    builder = DefaultRecordBatchBuilder(2, 0, 0, -1, -1, -1, 1 << 20)
    for number, offset in enumerate(offsets):
        builder.append(number, 1_000, b"k", str(offset).encode(), [])
    made = builder.build()
    made[:8] = struct.pack(">q", offsets[0])  # outside the checksum, as the broker sets it
    return bytes(made)
