"""Articles from a producer that compresses, on Apache Kafka: a codec is the sender's choice, and no reason to stop."""

from __future__ import annotations

import asyncio
from typing import Final

import pytest
from confluent_kafka import Producer

from streams.kafka.reader import TopicReader
from tests.live.desk import LiveDesk, wire

pytestmark = [pytest.mark.live, pytest.mark.kafka]

CODECS: Final = ("gzip", "lz4", "snappy", "zstd")


@pytest.mark.parametrize("desk", ["apache"], indirect=True)
async def test_every_codec_is_read_by_the_worker_and_by_the_reader(desk: LiveDesk) -> None:
    """One batch in each: the worker decides what it holds, and the reader gives its bytes."""
    sent = dict(zip(CODECS, wire(len(CODECS)), strict=False))
    for codec, article in sent.items():
        producer = Producer({"bootstrap.servers": desk.broker.bootstrap, "compression.type": codec})
        shrinks = article + b" " * 1_000  # a batch that does not is sent as it is
        producer.produce(desk.names.articles, shrinks, key=codec)
        assert await asyncio.to_thread(producer.flush, 30) == 0
    async with TopicReader(desk.broker.bootstrap) as reader:
        read = [r async for records in reader.read(await reader.ranges(desk.names.articles)) for r in records]
    assert {r.key.decode(): r.value.strip() for r in read} == sent
    desk.start_worker()
    await desk.until_done(len(CODECS))
