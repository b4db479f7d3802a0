"""A bare aiokafka loop: take a batch, decode, encode, write in batches, commit."""

from __future__ import annotations

import asyncio
import sys

import orjson
from aiokafka import AIOKafkaConsumer

from streams.kafka.publish import Publisher, Record


async def copy(bootstrap: str, source: str, target: str) -> None:
    """Copy `source` to `target` for ever."""
    consumer = AIOKafkaConsumer(
        source, bootstrap_servers=bootstrap, group_id=f"raw-{target}", auto_offset_reset="earliest",
        enable_auto_commit=False, fetch_max_wait_ms=10,
    )  # fmt: skip
    publisher = Publisher(bootstrap)
    await consumer.start()
    while True:
        got = await consumer.getmany(timeout_ms=20, max_records=500)
        records = [
            Record(topic=target, key=str(r.offset).encode(), value=orjson.dumps(orjson.loads(r.value)))
            for rows in got.values()
            for r in rows
        ]
        await publisher.publish(records)
        if records:
            await consumer.commit()


if __name__ == "__main__":
    asyncio.run(copy(*sys.argv[1:4]))
