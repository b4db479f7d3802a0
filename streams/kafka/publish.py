"""Writing to Kafka: whole batches per partition, done only when the broker has them."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.partitioner import murmur2

from streams.kafka.cluster import Where, client_options
from streams.records import Away, Millis, Noun

NO_HEADERS: Final[Mapping[str, bytes]] = MappingProxyType({})


class Record(Noun, frozen=True, kw_only=True):
    """One record to write."""

    topic: str
    key: bytes
    value: bytes
    headers: Mapping[str, bytes] = NO_HEADERS
    timestamp: Millis | None = None


class Publisher:
    """A producer that writes batches and waits for the broker's word. Raises `Away` when that does not come."""

    def __init__(self, where: Where, **options: Any) -> None:
        self._producer: AIOKafkaProducer | None = None
        self._options = {
            "acks": "all",
            "enable_idempotence": True,
            "max_batch_size": 524_288,
            "max_request_size": 4_194_304,
            "request_timeout_ms": 30_000,
        } | options
        self._where = where

    async def start(self) -> None:
        """Connect. Raises `Away`."""
        if self._producer is None:
            producer = AIOKafkaProducer(**client_options(self._where), **self._options)
            try:
                await producer.start()
            except (KafkaError, OSError) as fault:
                await producer.stop()
                raise Away(f"Kafka: {fault!r}") from None
            self._producer = producer

    async def stop(self) -> None:
        """Flush and disconnect."""
        if self._producer is not None:
            await self._producer.stop()
            self._producer = None

    async def publish(self, records: Sequence[Record]) -> None:
        """Write all records and wait until the broker has them. Raises `Away`; a repeat may then double some."""
        if not records:
            return
        await self.start()
        try:
            await self._write(records)
        except (KafkaError, OSError) as fault:
            raise Away(f"Kafka: {fault!r}") from None

    async def _write(self, records: Sequence[Record]) -> None:
        producer = self._producer
        if producer is None:
            raise Away("Kafka: not started")
        lanes: dict[tuple[str, int], list[Record]] = defaultdict(list)
        counts: dict[str, int] = {}
        for record in records:
            if record.topic not in counts:
                counts[record.topic] = len(await producer.partitions_for(record.topic))
            lanes[record.topic, partition_of(record.key, counts[record.topic])].append(record)
        waits = []
        for (topic, partition), lane in lanes.items():
            waits += await self._lane(producer, topic, partition, lane)
        await asyncio.gather(*waits)

    @staticmethod
    async def _lane(
        producer: AIOKafkaProducer, topic: str, partition: int, lane: Sequence[Record]
    ) -> list[asyncio.Future[Any]]:
        waits = []
        batch = producer.create_batch()
        for record in lane:
            headers = list(record.headers.items())
            if batch.append(key=record.key, value=record.value, timestamp=record.timestamp, headers=headers) is None:
                waits.append(await producer.send_batch(batch, topic, partition=partition))
                batch = producer.create_batch()
                batch.append(key=record.key, value=record.value, timestamp=record.timestamp, headers=headers)
        waits.append(await producer.send_batch(batch, topic, partition=partition))
        return waits


def partition_of(key: bytes, count: int) -> int:
    """The partition that every Kafka client with the default partitioner picks for this key."""
    return int((murmur2(key) & 0x7FFFFFFF) % count)
