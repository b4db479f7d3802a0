"""Writing to topics of Apache Kafka that take less than a batch of ours, or are not there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from streams.kafka.publish import Publisher, Record
from streams.kafka.reader import TopicReader
from streams.records import Away
from tests.apache_kafka import ApacheKafka

pytestmark = [pytest.mark.live, pytest.mark.kafka]

MOST = 8_000


@pytest.fixture
def small(apache_kafka: ApacheKafka) -> str:
    """A topic of two partitions that takes eight thousand bytes at once."""
    topic = f"t{uuid4().hex[:8]}"
    admin = AdminClient({**apache_kafka.client()})
    new = NewTopic(topic, 2, 1, config={"max.message.bytes": str(MOST)})
    for future in admin.create_topics([new]).values():
        future.result(20)
    return topic


@pytest.fixture
async def publisher(apache_kafka: ApacheKafka) -> AsyncIterator[Publisher]:
    """One as every part of the worker shares it."""
    made = Publisher(apache_kafka.bootstrap)
    yield made
    await made.stop()


def records(topic: str, first: int, count: int, size: int = 500) -> list[Record]:
    """Keyed by their numbers."""
    return [Record(topic=topic, key=b"%d" % n, value=b"x" * size) for n in range(first, first + count)]


async def written(kafka: ApacheKafka, topic: str) -> list[list[int]]:
    """The keys of each partition, in its order."""
    found: dict[int, list[int]] = {0: [], 1: []}
    async with TopicReader(kafka.bootstrap) as reader:
        async for some in reader.read(await reader.ranges(topic)):
            for record in some:
                found[record.partition].append(int(record.key))
    return list(found.values())


async def test_a_batch_that_is_too_large_goes_in_parts(
    apache_kafka: ApacheKafka, publisher: Publisher, small: str
) -> None:
    """All of it, once, in order; and so does what this publisher writes afterwards."""
    await publisher.publish(records(small, 0, 2))
    await publisher.publish(records(small, 2, 100))
    await publisher.publish(records(small, 102, 98))
    lanes = await written(apache_kafka, small)
    assert sorted(n for lane in lanes for n in lane) == list(range(200))
    assert [sorted(lane) for lane in lanes] == lanes


async def test_a_record_that_is_too_large_is_named(apache_kafka: ApacheKafka, publisher: Publisher, small: str) -> None:
    """Topic and key; the publisher still writes what fits, in batches as large as before."""
    await publisher.publish(records(small, 0, 2))
    for _ in range(3):  # it is held, and comes again
        with pytest.raises(Away, match=rf"^Kafka: {small} takes no record of 9\d\d\d bytes, with the key b'7'"):
            await publisher.publish(records(small, 7, 1, size=9_000))
    assert not publisher._most
    await publisher.publish(records(small, 2, 2))
    assert sorted(n for lane in await written(apache_kafka, small) for n in lane) == list(range(4))


async def test_what_kafka_says_of_a_topic_comes_with_its_name(apache_kafka: ApacheKafka) -> None:
    """A name that no topic can have."""
    publisher = Publisher(apache_kafka.bootstrap, request_timeout_ms=2_000)
    with pytest.raises(Away, match=r"^Kafka: no topic!: "):
        await publisher.publish(records("no topic!", 0, 1))
    await publisher.stop()
