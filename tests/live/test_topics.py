"""topics: a reader that would have to skip what Kafka deleted says so instead."""

from __future__ import annotations

from uuid import uuid4

import pytest

from streams.kafka.publish import Publisher, Record
from streams.kafka.reader import Forgotten, TopicReader
from tests.apache_kafka import ApacheKafka
from tests.build import NOON

pytestmark = [pytest.mark.live, pytest.mark.kafka]


async def test_times_become_offsets_on_a_real_broker(apache_kafka: ApacheKafka) -> None:
    """The first record of that time or later in each partition; the end where there is none."""
    topic = f"t{uuid4().hex[:8]}"
    apache_kafka.create(topic, partitions=1)
    publisher = Publisher(apache_kafka.bootstrap)
    await publisher.publish([Record(topic=topic, key=b"k", value=b"v", timestamp=NOON + 1_000 * n) for n in range(10)])
    await publisher.stop()
    async with TopicReader(apache_kafka.bootstrap) as reader:
        ranges = await reader.ranges(topic)
        assert await reader.offsets_at(ranges, NOON + 3_500) == {(topic, 0): 4}
        assert await reader.offsets_at(ranges, NOON + 60_000) == {(topic, 0): 10}


async def test_what_kafka_deleted_is_no_silent_gap(apache_kafka: ApacheKafka) -> None:
    """Reading from an offset before the first that is left raises; it does not jump ahead."""
    topic = f"t{uuid4().hex[:8]}"
    apache_kafka.create(topic, partitions=1)
    publisher = Publisher(apache_kafka.bootstrap)
    await publisher.publish([Record(topic=topic, key=b"k", value=b"v") for _ in range(10)])
    await publisher.stop()
    _delete_before(apache_kafka.bootstrap, topic, 5)
    async with TopicReader(apache_kafka.bootstrap) as reader:
        assert await reader.ranges(topic) == {(topic, 0): (5, 10)}
        with pytest.raises(Forgotten, match="deleted a part"):
            [r async for r in reader.read({(topic, 0): (0, 10)})]
    async with TopicReader(apache_kafka.bootstrap) as reader:
        with pytest.raises(Forgotten, match="deleted a part"):
            await reader.lanes({(topic, 0): (0, 10)}, 5)[0]()


def _delete_before(bootstrap: str, topic: str, offset: int) -> None:
    from confluent_kafka import TopicPartition  # noqa: PLC0415 - for this alone
    from confluent_kafka.admin import AdminClient  # noqa: PLC0415

    admin = AdminClient({"bootstrap.servers": bootstrap})  # its futures end with it
    for future in admin.delete_records([TopicPartition(topic, 0, offset)]).values():
        future.result(20)


async def test_a_reader_may_be_closed_as_soon_as_it_is_open(apache_kafka: ApacheKafka) -> None:
    """As it is when somebody only asks whether a broker answers."""
    async with TopicReader(apache_kafka.bootstrap):
        pass
