"""A group's offsets that Kafka's log has left behind, on Apache Kafka: beyond its end, or before its first record."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient

from streams.kafka.reader import TopicReader
from tests.live.one_crew import metrics, one_crew
from tests.soak.crew import Crew
from tests.soak.gauges import Gauges
from tests.soak.rig import Rig

pytestmark = [pytest.mark.live, pytest.mark.kafka]

STALL_S = 12


async def test_what_the_log_no_longer_has_stops_no_worker() -> None:
    """A commit beyond the end: all is read again. Unread articles deleted: told, committed over, and it goes on."""
    async with one_crew(STALL_S) as (rig, crew, gauges):
        await _beyond_the_end(rig, crew)
        await _deleted_unread(rig, crew, gauges)


async def _beyond_the_end(rig: Rig, crew: Crew) -> None:
    await _sent(rig, 0, 10)
    await asyncio.to_thread(_commit, rig, 1_000)
    crew.hire(0)
    await _until(lambda: _decided(rig, 10), crew)
    assert crew.ends == {"cut short (70)": 1}
    said = crew.log(10_000)
    assert "ends at 10, before the committed offset 1000: it is read again from 0" in said
    assert "without a decision" not in said


async def _deleted_unread(rig: Rig, crew: Crew, gauges: Gauges) -> None:
    await _until(lambda: _behind(gauges, 0), crew)
    await crew.dismiss(0)
    await _sent(rig, 10, 7)
    place = TopicPartition(rig.names.articles, 0, 17)
    admin = AdminClient({**rig.kafka.client()})
    await asyncio.to_thread(admin.delete_records([place])[place].result, 20)
    worker = crew.hire(1)
    process = worker.process
    metric = f'tapewire_deleted_unread_total{{topic="{rig.names.articles}"}} 7.0'
    await _until(lambda: _says(worker.health, metric), crew)
    await asyncio.sleep(1.5 * STALL_S)
    assert await _says(worker.health, metric)
    assert f"up to 7 records were deleted before they were read: {rig.names.articles}/0/10-16" in crew.log(10_000)
    await _sent(rig, 17, 3)
    await _until(lambda: _decided(rig, 13), crew)
    assert worker.process is process  # nobody was restarted


async def _sent(rig: Rig, first: int, count: int) -> None:
    producer = Producer(rig.kafka.client())
    for number in range(first, first + count):
        producer.produce(rig.names.articles, f'{{"title": "Harbour {number} opens a quay", "id": "a{number}"}}')
    await asyncio.to_thread(producer.flush, 20)


async def _decided(rig: Rig, count: int) -> bool:
    async with TopicReader(rig.kafka.bootstrap) as reader:
        return sum(end - first for first, end in (await reader.ranges(rig.names.decisions)).values()) >= count


async def _behind(gauges: Gauges, lag: int) -> bool:
    return (await gauges.read()).lag == lag


def _commit(rig: Rig, offset: int) -> None:
    consumer = Consumer(rig.kafka.client() | {"group.id": rig.names.group("worker"), "enable.auto.commit": False})
    consumer.commit(offsets=[TopicPartition(rig.names.articles, 0, offset)], asynchronous=False)
    consumer.close()


async def _says(port: int, line: str) -> bool:
    """Whether that is one of the worker's metrics."""
    return line in await asyncio.to_thread(metrics, port)


async def _until(holds: Callable[[], Awaitable[bool]], crew: Crew) -> None:
    end = time.monotonic() + 120
    while not await holds():
        assert time.monotonic() < end, crew.log()
        await asyncio.sleep(0.5)
