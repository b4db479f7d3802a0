"""Reading topics from one offset to another: for the ledger, the demo and replay. Joins no group, commits nothing."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self, TypeVar

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError, OffsetOutOfRangeError

from streams.basics.times import HOUR
from streams.kafka.cluster import Where, client_options
from streams.kafka.stretch import Partition, Stretch
from streams.records import Away, Millis

log = logging.getLogger(__name__)

_R = TypeVar("_R")
_CLOCKS: Final[Millis] = HOUR  # how far ahead of its own clock Kafka lets a producer's be
_PATIENCE_S: Final = 60.0  # an answer takes milliseconds; a broker that begins anew is back before
_NAMED: Final = 10  # records that cannot be read, by reading: more would drown what is said


class Forgotten(ValueError):  # noqa: N818 - named for the records
    """Records that were asked for are no longer on the topic; to go on without them would be a silent gap."""


class NoTopic(ValueError):  # noqa: N818 - named for the topic
    """There is no topic of that name: a slip of the pen, which an empty topic is not."""


Ranges = dict[Partition, Stretch]


@dataclass(slots=True)
class _Unread:
    """How many records could not be read; a warning names the first."""

    count: int = 0

    def tried(self, record: Any, decode: Callable[[bytes], _R | None]) -> _R | None:
        """What it says, None when it cannot be read."""
        try:
            return decode(record.value or b"")
        except ValueError as fault:
            self.count += 1
            if self.count <= _NAMED:
                log.warning("%s/%d/%d is passed over: %s", record.topic, record.partition, record.offset, fault)
            return None

    def sum_up(self) -> None:
        """Say how many more there were."""
        if self.count > _NAMED:
            log.warning("%d more records are passed over: they cannot be read either", self.count - _NAMED)


@dataclass(slots=True)
class _Stall:
    """Whether reading goes on: aiokafka asks a broker that is away for ever, and says nothing to who waits."""

    at: Mapping[TopicPartition, int] = field(default_factory=dict)
    since: float = field(default_factory=time.monotonic)

    def look(self, at: Mapping[TopicPartition, int]) -> None:
        """Raises `Away` when none of these positions has moved for long."""
        if at != self.at:
            self.at, self.since = dict(at), time.monotonic()
        elif time.monotonic() - self.since > _PATIENCE_S:
            named = ", ".join(sorted(f"{tp.topic}/{tp.partition}/{offset}" for tp, offset in at.items())[:4])
            raise Away(f"Kafka: for {_PATIENCE_S:.0f} s nothing came of {named}")


class TopicReader:
    """A consumer without a group. Raises `Away` when Kafka cannot be reached, or goes while it reads.

    What a transaction wrote is there once that is committed; one that is open ends its partition before itself.
    With `unsettled` everything is there, also what may yet be taken back.
    """

    def __init__(self, where: Where, *, unsettled: bool = False) -> None:
        self._consumer = AIOKafkaConsumer(
            group_id=None, enable_auto_commit=False, fetch_max_wait_ms=100, auto_offset_reset="none",
            isolation_level="read_uncommitted" if unsettled else "read_committed", **client_options(where),
        )  # fmt: skip

    async def __aenter__(self) -> Self:
        try:
            await self._consumer.start()
        except (KafkaError, OSError) as fault:
            await self._consumer.stop()
            raise Away(f"Kafka: {fault!r}") from None
        await asyncio.sleep(0)  # its tasks begin: a consumer that is stopped before they do raises CancelledError
        return self

    async def __aexit__(self, _kind: object, fault: BaseException | None, _trace: object) -> None:
        await self._consumer.stop()
        if isinstance(fault, KafkaError):
            raise Away(f"Kafka: {fault!r}") from None

    async def ranges(self, *topics: str) -> Ranges:
        """First offset, and the one after the last, of every partition; some between may hold no record."""
        found: Ranges = {}
        for topic in topics:
            partitions = self._consumer.partitions_for_topic(topic)
            if partitions is None:
                await self._consumer._client.force_metadata_update()  # noqa: SLF001 - a topic made just now
                partitions = self._consumer.partitions_for_topic(topic) or set()
            tps = [TopicPartition(topic, p) for p in sorted(partitions)]
            first = await self._consumer.beginning_offsets(tps)
            end = await self._consumer.end_offsets(tps)
            found |= {(tp.topic, tp.partition): (first[tp], end[tp]) for tp in tps}
        return found

    async def expect(self, topic: str) -> None:
        """Raises `NoTopic`, which names those there are, when the cluster has none of that name."""
        there = sorted(t for t in await self._consumer.topics() if not t.startswith("__"))
        if topic not in there:
            raise NoTopic(f"no topic is called {topic!r}; there are {', '.join(there) or 'none'}")

    async def read(self, ranges: Ranges, batch: int = 1_000) -> AsyncIterator[list[Any]]:
        """Every record of the ranges, in batches, each partition in its order."""
        left = self._at_the_beginning(ranges)
        stall = _Stall()
        while left:
            got = await self._taken(batch)
            records = [r for tp, rows in got.items() for r in rows if tp in left and r.offset < left[tp]]
            at = {tp: await self._consumer.position(tp) for tp in left}
            stall.look(at)
            for tp in [tp for tp in left if at[tp] >= left[tp]]:
                del left[tp]
                self._consumer.pause(tp)
            if records:
                yield records
                stall = _Stall()  # however long they were looked at

    def _at_the_beginning(self, ranges: Ranges) -> dict[TopicPartition, int]:
        """Each partition that has something to read, with the end of its range: it is read from the first offset on."""
        left = {TopicPartition(*tp): end for tp, (first, end) in ranges.items() if first < end}
        self._consumer.assign(list(left))
        for tp in left:
            self._consumer.seek(tp, ranges[tp.topic, tp.partition][0])
        return left

    async def decoded(self, ranges: Ranges, decode: Callable[[bytes], _R | None]) -> AsyncIterator[list[_R]]:
        """What the records of the ranges say, in batches; `decode` raises ValueError, and gives None for what to skip.

        A record that cannot be read is passed over, and a warning says where it lies.
        """
        unread = _Unread()
        async for records in self.read(ranges):
            found = [said for record in records if (said := unread.tried(record, decode)) is not None]
            if found:
                yield found
        unread.sum_up()

    async def _taken(self, batch: int, *tps: TopicPartition) -> dict[TopicPartition, list[Any]]:
        try:
            got: dict[TopicPartition, list[Any]] = await self._consumer.getmany(*tps, timeout_ms=500, max_records=batch)
        except OffsetOutOfRangeError:
            raise Forgotten("Kafka deleted a part of this stretch while it was read: begin later") from None
        return got

    async def offsets_at(self, ranges: Ranges, at: Millis) -> dict[Partition, int]:
        """For each partition the first offset of that Kafka time or later; its end when there is none."""
        found = await self._consumer.offsets_for_times({TopicPartition(*tp): at for tp in ranges})
        return {
            (tp.topic, tp.partition): ranges[tp.topic, tp.partition][1] if place is None else place.offset
            for tp, place in found.items()
        }

    async def since(self, ranges: Ranges, at: Millis | None) -> Ranges:
        """The ranges without what was certainly written before this time, though clocks differ; whole for None."""
        if at is None or not ranges:
            return ranges
        begin = await self.offsets_at(ranges, max(0, at - _CLOCKS))
        if all(begin[tp] == end for tp, (_, end) in ranges.items()):  # the embedded broker says so of every time
            known = await self.offsets_at(ranges, 0)
            begin = {tp: end if known[tp] < end else ranges[tp][0] for tp, end in begin.items()}
        return {tp: (max(first, begin[tp]), end) for tp, (first, end) in ranges.items()}

    def lanes(self, ranges: Ranges, batch: int) -> dict[int, Callable[[], Awaitable[list[Any]]]]:
        """For each partition of one topic a call that gives its next records, and an empty list at the end."""
        left = self._at_the_beginning(ranges)
        return {tp.partition: self._lane(tp, end, batch) for tp, end in left.items()}

    def _lane(self, tp: TopicPartition, end: int, batch: int) -> Callable[[], Awaitable[list[Any]]]:
        async def following() -> list[Any]:
            stall = _Stall()
            while (at := await self._consumer.position(tp)) < end:
                stall.look({tp: at})
                got = await self._taken(batch, tp)
                records = [r for r in got.get(tp, ()) if r.offset < end]
                if records:
                    return records
            return []

        return following
