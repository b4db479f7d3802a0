"""Writing to Kafka: whole batches per partition, done only when the broker has them."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any, Final, TypeGuard

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError, OutOfOrderSequenceNumber, RecordListTooLargeError
from aiokafka.partitioner import murmur2
from aiokafka.producer.message_accumulator import BatchBuilder

from streams.kafka.cluster import Where, client_options
from streams.records import Away, Millis, Noun

log = logging.getLogger(__name__)

_MOST_BYTES: Final = 524_288
_FRAME: Final = 40  # lengths, time and numbers of a record; name and lengths of a header
_TOO_LARGE: Final = (MessageSizeTooLargeError, RecordListTooLargeError)
_MISNUMBERED: Final = (*_TOO_LARGE, OutOfOrderSequenceNumber)
PATIENCE_S: Final = 60.0
"""How long a command waits for the broker's word; a worker waits for as long as it takes."""
_LEAVE_S: Final = 5.0
NO_HEADERS: Final[Mapping[str, bytes]] = MappingProxyType({})


class Record(Noun, frozen=True, kw_only=True):
    """One record to write."""

    topic: str
    key: bytes
    value: bytes
    headers: Mapping[str, bytes] = NO_HEADERS
    timestamp: Millis | None = None


class Publisher:
    """A producer that writes batches and waits for the broker's word. Raises `Away` when that does not come.

    Where a topic takes no batch of such a size its records go one by one, and smaller batches from then on.
    An idempotent producer asks for ever: with `patience`, in seconds, `publish` gives up, and `stop` leaves behind what
    the broker did not take.
    """

    def __init__(self, where: Where, *, patience: float | None = None, **options: Any) -> None:
        self._producer: AIOKafkaProducer | None = None
        self._starting = asyncio.Lock()
        self._options = {
            "acks": "all",
            "enable_idempotence": True,
            "max_batch_size": _MOST_BYTES,
            "max_request_size": 4_194_304,
            "request_timeout_ms": 30_000,
        } | options
        self._where = where
        self._patience = patience
        self._most: dict[str, int] = {}  # bytes of a batch, for topics that refused larger ones

    async def start(self) -> None:
        """Connect. Raises `Away`."""
        await self._started()

    async def _started(self) -> AIOKafkaProducer:
        async with self._starting:
            if self._producer is None:
                producer = AIOKafkaProducer(**client_options(self._where), **self._options)
                try:
                    await producer.start()
                except (KafkaError, OSError) as fault:
                    await producer.stop()
                    raise Away(f"Kafka: {fault!r}") from None
                self._producer = producer
            return self._producer

    async def stop(self) -> None:
        """Flush and disconnect."""
        producer, self._producer = self._producer, None
        if producer is None:
            return
        try:
            async with asyncio.timeout(None if self._patience is None else _LEAVE_S):
                await producer.stop()
        except TimeoutError:
            await producer.client.close()

    async def publish(self, records: Sequence[Record]) -> None:
        """Write all records and wait until the broker has them. Raises `Away`; a repeat may then double some."""
        if not records:
            return
        try:
            async with asyncio.timeout(self._patience):
                await self._published(records)
        except TimeoutError:
            topics = ", ".join(sorted({record.topic for record in records}))
            raise Away(f"Kafka: {topics}: no answer for {self._patience:.0f} s; it may have them or not") from None

    async def _published(self, records: Sequence[Record]) -> None:
        lanes = await self._lanes(records)
        refused = await asyncio.gather(*(self._lane(*at, lane) for at, lane in lanes.items()))
        for (topic, partition), left in zip(lanes, refused, strict=True):
            for record in left:
                if await self._lane(topic, partition, [record]):
                    raise Away(f"Kafka: {topic} takes no record of {_size(record)} bytes, with the key {record.key!r}")

    async def _lanes(self, records: Sequence[Record]) -> Mapping[tuple[str, int], list[Record]]:
        producer = await self._started()
        lanes: dict[tuple[str, int], list[Record]] = defaultdict(list)
        counts: dict[str, int] = {}
        for record in records:
            if record.topic not in counts:
                with _naming(record.topic):
                    counts[record.topic] = len(await producer.partitions_for(record.topic))
            lanes[record.topic, partition_of(record.key, counts[record.topic])].append(record)
        return lanes

    async def _lane(self, topic: str, partition: int, lane: Sequence[Record]) -> Sequence[Record]:
        """What is left of the lane because the topic takes no batch of this size. Raises `Away`."""
        producer = await self._started()
        with _naming(topic):
            packed = list(self._packed(producer, topic, lane))
            waits = [await producer.send_batch(batch, topic, partition=partition) for batch, _ in packed]
            faults = await asyncio.gather(*waits, return_exceptions=True)
            failed = [(fault, some) for fault, (_, some) in zip(faults, packed, strict=True) if _bad(fault)]
            if any(isinstance(fault, _MISNUMBERED) for fault, _ in failed):
                await self._renew(producer)
            refused = [some for fault, some in failed if isinstance(fault, _TOO_LARGE)]
            if refused:
                self._shrink(topic, refused)
                return [record for _, some in failed for record in some]
            for fault, _ in failed:
                raise fault
        return []

    def _shrink(self, topic: str, refused: Sequence[Sequence[Record]]) -> None:
        """A record that is refused by itself says nothing of batches: it comes again and again."""
        sizes = [sum(map(_size, some)) for some in refused if len(some) > 1]
        if sizes:
            self._most[topic] = min(self._most.get(topic, _MOST_BYTES), *sizes) // 2
            log.warning("%s takes no batch of %d bytes: `tapewire topics check`", topic, min(sizes))

    async def _renew(self, producer: AIOKafkaProducer) -> None:
        """The broker misses the numbers of a batch that was refused, and takes nothing more from this producer."""
        if self._producer is producer:
            self._producer = None
        await producer.stop()

    def _packed(
        self, producer: AIOKafkaProducer, topic: str, lane: Sequence[Record]
    ) -> Iterator[tuple[BatchBuilder, list[Record]]]:
        most = self._most.get(topic, _MOST_BYTES)
        batch, some, room = producer.create_batch(), list[Record](), most
        for record in lane:
            if (some and _size(record) > room) or not _added(batch, record):
                yield batch, some
                batch, some, room = producer.create_batch(), [], most
                _added(batch, record)
            some.append(record)
            room -= _size(record)
        yield batch, some


@contextmanager
def _naming(topic: str) -> Iterator[None]:
    """What Kafka says of a topic, as `Away`."""
    try:
        yield
    except (KafkaError, OSError) as fault:
        raise Away(f"Kafka: {topic}: {fault!r}") from None


def _bad(answer: object) -> TypeGuard[BaseException]:
    return isinstance(answer, BaseException)


def _added(batch: BatchBuilder, record: Record) -> bool:
    """Whether there was room; the first always has it."""
    headers = list(record.headers.items())
    told = batch.append(key=record.key, value=record.value, timestamp=record.timestamp, headers=headers)
    return told is not None


def _size(record: Record) -> int:
    """Bytes of a record in a batch, and a few more."""
    return _FRAME + len(record.key) + len(record.value) + sum(_FRAME + len(v) for v in record.headers.values())


def partition_of(key: bytes, count: int) -> int:
    """The partition that every Kafka client with the default partitioner picks for this key."""
    return int((murmur2(key) & 0x7FFFFFFF) % count)
