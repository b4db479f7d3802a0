"""Articles from a producer that writes in transactions, on Apache Kafka: marks of a commit are offsets without a record."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from urllib.request import urlopen

import pytest
from confluent_kafka import Producer

from streams.ledger_topic import read_ledger
from tests.apache_kafka import NoKafkaError, jars
from tests.conftest import absent
from tests.soak.articles import watch_names
from tests.soak.crew import Crew
from tests.soak.gauges import Gauges
from tests.soak.rig import Rig

pytestmark = [pytest.mark.live, pytest.mark.kafka]

STALL_S = 13


async def test_a_worker_is_content_when_only_the_mark_of_a_transaction_is_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It commits over it, shows no lag, and is not restarted for standing still; then it reads on.

    To the ledger the marks are no articles.
    """
    try:
        jars()
    except NoKafkaError as missing:
        absent(str(missing))
    async with Rig(1) as rig:
        given = rig.environment() | {"TAPEWIRE_STALL": f"{STALL_S}s"}
        monkeypatch.setattr(Rig, "environment", lambda _rig: given)
        producer = Producer({"bootstrap.servers": rig.kafka.bootstrap, "transactional.id": "feed"})
        await asyncio.to_thread(producer.init_transactions)
        crew = Crew(rig)
        gauges = Gauges(rig, crew)
        try:
            await _written(producer, rig, "first")
            worker = crew.hire(0)
            await _over_the_mark(gauges)
            await _until(lambda: _lag(worker.health) == 0, 20)
            await asyncio.sleep(2 * STALL_S)
            assert not crew.ends
            await _written(producer, rig, "second")
            await _over_the_mark(gauges)
            assert not crew.ends
            ledger, ranges = await read_ledger(rig.kafka.bootstrap, rig.names)
            assert (ledger.came_in(ranges), ledger.gaps(ranges, watch_names())) == (6, [])
        finally:
            crew.end()
            gauges.close()


async def _written(producer: Producer, rig: Rig, name: str) -> None:
    producer.begin_transaction()
    for number in range(3):
        value = f'{{"title": "Harbour {name} {number} opens a quay", "id": "{name}{number}"}}'
        producer.produce(rig.names.articles, key=f"{name}{number}", value=value)
    await asyncio.to_thread(producer.commit_transaction)


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
    try:
        with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            lines = answer.read().decode().splitlines()
    except OSError:
        return -1.0
    found = [
        line.rpartition(" ")[2] for line in lines if line.startswith("tapewire_lag_articles{") and "articles" in line
    ]
    return float(found[0]) if found else -1.0
