"""A topic that is missing, then made, then widened, while a worker runs on Apache Kafka that makes none by itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewPartitions

from streams.embedded import free_port
from streams.health.ask import ask
from tests.apache_kafka import ApacheKafka
from tests.conftest import or_absent
from tests.live.desk import CHANNEL, LiveDesk, wire
from tests.slack_server.client import SlackProcess

pytestmark = [pytest.mark.live, pytest.mark.kafka]

SECONDS = 90.0  # aiokafka as shipped asks for news of its topics every 300 s


class StrictKafka(ApacheKafka):
    """Makes no topic by itself."""

    def _properties(self, partitions: int) -> str:
        return super()._properties(partitions) + "auto.create.topics.enable=false\n"


@pytest.fixture
def strict_kafka() -> Iterator[StrictKafka]:
    """A broker of this file's own."""
    with or_absent(StrictKafka) as broker:
        yield broker


@pytest.fixture
async def desk(tmp_path: Path, redis_url: str, strict_kafka: StrictKafka) -> AsyncIterator[LiveDesk]:
    """A desk whose articles have no topic yet."""
    async with SlackProcess(journal=tmp_path / "slack.jsonl", rate=0, ws_rate=0) as slack:
        await slack.ctl("channel", id=CHANNEL)
        made = LiveDesk(strict_kafka, redis_url, slack, tmp_path, f"t{uuid4().hex[:8]}.", embedded=False)
        made.open()
        _delete(strict_kafka, made.names.articles)
        yield made
        made.close()


async def test_a_missing_topic_is_said_and_a_new_one_is_read(desk: LiveDesk, strict_kafka: StrictKafka) -> None:
    """Not ready, with the words of the mend; ready and reading once it is there; and so its further partitions."""
    port = free_port()
    desk.extra = {"TAPEWIRE_HEALTH": f"127.0.0.1:{port}"}
    desk.start_worker()
    await _until(port, well=False, words=f"no topic {desk.names.articles}: run `tapewire topics apply`")
    strict_kafka.create(desk.names.articles, partitions=1)
    articles = wire(8)
    await desk.publish(articles[:2])
    await desk.until_done(2, SECONDS)
    await _until(port, well=True)
    _widen(strict_kafka, desk.names.articles, 4)
    await desk.publish(articles)
    await desk.until_done(2 + len(articles), SECONDS)


async def _until(port: int, *, well: bool, words: str = "") -> None:
    said: tuple[bool, list[str]] = (not well, [])
    async with asyncio.timeout(SECONDS):
        while said[0] is not well or words not in " ".join(said[1]):
            said = await asyncio.to_thread(ask, "127.0.0.1", port, "", "ready")
            await asyncio.sleep(0.2)


def _delete(kafka: ApacheKafka, topic: str) -> None:
    admin = AdminClient({**kafka.client()})  # its futures end with it
    for future in admin.delete_topics([topic]).values():
        future.result(20)


def _widen(kafka: ApacheKafka, topic: str, partitions: int) -> None:
    admin = AdminClient({**kafka.client()})
    for future in admin.create_partitions([NewPartitions(topic, partitions)]).values():
        future.result(20)
