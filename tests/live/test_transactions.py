"""Articles from a producer that writes in transactions, on Apache Kafka: its marks and what it took back are no articles."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from uuid import uuid4

import pytest
from confluent_kafka import Producer

from streams.embedded import free_port
from streams.health.ask import ask
from streams.kafka.publish import Publisher
from streams.ledger.topic import read_ledger
from streams.sources.kafka_tape import KafkaTape
from streams.sources.tape import Written
from tests.apache_kafka import ApacheKafka
from tests.build import NOON
from tests.live.desk import LiveDesk, wire
from tests.live.one_crew import metrics, one_crew
from tests.soak.articles import watch_names
from tests.soak.gauges import Gauges
from tests.soak.rig import Rig

pytestmark = [pytest.mark.live, pytest.mark.kafka]

STALL_S = 13


async def test_a_worker_is_content_when_only_the_mark_of_a_transaction_is_left() -> None:
    """It commits over it, shows no lag, and is not restarted for standing still; then it reads on.

    To the ledger the marks are no articles.
    """
    async with one_crew(STALL_S) as (rig, crew, gauges):
        producer = Producer({"bootstrap.servers": rig.kafka.bootstrap, "transactional.id": "feed"})
        await asyncio.to_thread(producer.init_transactions)
        await _written(producer, rig, "first")
        worker = crew.hire(0)
        await _over_the_mark(gauges)
        await _until(lambda: _lag(worker.health) == 0, 20)
        await asyncio.sleep(2 * STALL_S)
        assert not crew.ends
        await _written(producer, rig, "second")
        async with asyncio.timeout(60):  # the mark is written a little after the commit has returned
            while await _accounts(rig) != (6, []):  # noqa: ASYNC110 - another process decides
                await asyncio.sleep(0.5)
        await _over_the_mark(gauges)
        assert not crew.ends


@pytest.mark.parametrize("desk", ["apache"], indirect=True)
async def test_only_what_was_committed_is_told(desk: LiveDesk) -> None:
    """What is open stands in nobody's way as a fault; what was taken back is never told, and no gap in the ledger."""
    port = free_port()
    desk.extra = {"TAPEWIRE_STALL": f"{STALL_S}s", "TAPEWIRE_HEALTH": f"127.0.0.1:{port}"}
    producer = Producer({"bootstrap.servers": desk.broker.bootstrap, "transactional.id": desk.prefix})
    await asyncio.to_thread(producer.init_transactions)
    worker = desk.start_worker()
    articles = wire(10)
    taken_back, told = articles[0], articles[6]
    await _begun(producer, desk.names.articles, taken_back)
    await _until(lambda: ask("127.0.0.1", port, "", "ready")[0], 60)
    await asyncio.sleep(2 * STALL_S)
    assert (worker.poll(), _lag(port), ask("127.0.0.1", port, "", "ready")) == (None, 0, (True, []))
    await asyncio.to_thread(producer.abort_transaction)
    await _begun(producer, desk.names.articles, told)
    await asyncio.to_thread(producer.commit_transaction)
    ledger = await desk.until_done(1)
    assert [d.title for d in ledger.newest.values() if d.alert_id] == [json.loads(told)["title"]]
    assert len(desk.posts()) == 1
    ledger, came_in = await read_ledger(desk.broker.bootstrap, desk.names)
    assert (ledger.gaps(came_in, ["china", "rounds"]), ledger.came_in(came_in)) == ([], 1)
    await _until(lambda: _lag(port) == 0, 30)
    assert ask("127.0.0.1", port, "", "live") == (True, [])


async def test_ingest_finds_its_own_behind_what_is_open(apache_kafka: ApacheKafka) -> None:
    """It looks for what it wrote before it was killed; what it does not find it writes again."""
    topic = f"t{uuid4().hex[:8]}"
    apache_kafka.create(topic, partitions=1)
    producer = Producer({"bootstrap.servers": apache_kafka.bootstrap, "transactional.id": topic})
    await asyncio.to_thread(producer.init_transactions)
    await _begun(producer, topic, b"theirs")
    publisher = Publisher(apache_kafka.bootstrap)
    tape = KafkaTape(apache_kafka.bootstrap, topic, publisher)
    await tape.write([Written(key=b"k", value=b"ours", headers={}, timestamp=NOON)])
    await publisher.stop()
    assert await tape.ends() == {0: 2}
    assert [w.value async for some in tape.since({0: 0}, NOON) for w in some] == [b"theirs", b"ours"]
    await asyncio.to_thread(producer.abort_transaction)


async def _begun(producer: Producer, topic: str, article: bytes) -> None:
    """In a transaction, and at the broker."""
    producer.begin_transaction()
    producer.produce(topic, article, key="one lane")
    assert await asyncio.to_thread(producer.flush, 30) == 0


async def _written(producer: Producer, rig: Rig, name: str) -> None:
    producer.begin_transaction()
    for number in range(3):
        value = f'{{"title": "Harbour {name} {number} opens a quay", "id": "{name}{number}"}}'
        producer.produce(rig.names.articles, key=f"{name}{number}", value=value)
    await asyncio.to_thread(producer.commit_transaction)


async def _accounts(rig: Rig) -> tuple[int, list[str]]:
    """How many articles came in, and what the ledger misses of them."""
    ledger, ranges = await read_ledger(rig.kafka.bootstrap, rig.names)
    return ledger.came_in(ranges), ledger.gaps(ranges, watch_names())


async def _over_the_mark(gauges: Gauges) -> None:
    """Whoever else looks at the group sees no lag either."""
    async with asyncio.timeout(60):
        while (await gauges.read()).lag != 0:  # noqa: ASYNC110 - another process reads
            await asyncio.sleep(0.5)


async def _until(holds: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not await asyncio.to_thread(holds):
        assert time.monotonic() < end
        await asyncio.sleep(1.0)


def _lag(port: int) -> float:
    """Of the articles, by the worker's metrics; -1 while it tells none."""
    lines = [line for line in metrics(port) if line.startswith("tapewire_lag_articles{")]
    found = [line.rpartition(" ")[2] for line in lines if 'articles"' in line]
    return float(found[0]) if found else -1.0
