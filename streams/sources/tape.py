"""The articles topic as ingest sees it: write and wait, how far it reaches, what was written since."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from streams.records import Millis
from streams.sources.book import Marks

KEYS = "tapewire-keys"
"""Header: the keys by which the book knows this article, and its revision, separated by spaces."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A record as it lies on the topic."""

    key: bytes
    value: bytes
    headers: Mapping[str, bytes]
    timestamp: Millis


class Tape(Protocol):
    """Raises `Away` when Kafka cannot be reached; what was being written may then be there or not."""

    async def write(self, records: Sequence[Written]) -> None:
        """Done when every record is acknowledged."""
        ...

    async def ends(self) -> Marks:
        """For each partition the offset after its last record."""
        ...

    def since(self, marks: Marks | None, oldest: Millis) -> AsyncIterator[Sequence[Written]]:
        """Everything from these offsets to the end as it is now; without marks, what is not older than `oldest`."""
        ...


@dataclass(slots=True)
class MemoryTape:
    """The twin: one partition, kept in this process."""

    records: list[Written] = field(default_factory=list)

    async def write(self, records: Sequence[Written]) -> None:
        """See `Tape.write`."""
        self.records.extend(records)

    async def ends(self) -> Marks:
        """See `Tape.ends`."""
        return {0: len(self.records)}

    async def since(self, marks: Marks | None, oldest: Millis) -> AsyncIterator[Sequence[Written]]:
        """See `Tape.since`."""
        rest = [r for r in self.records if r.timestamp >= oldest] if marks is None else self.records[marks[0] :]
        if rest:
            yield rest
