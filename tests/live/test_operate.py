"""A worker as an operator sees it: health, numbers that add up, a log without secrets, a clean end."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from prometheus_client.parser import text_string_to_metric_families

from streams.embedded import EmbeddedKafka, EmbeddedRedis, free_port
from streams.health.ask import ask
from streams.kafka.publish import Publisher, Record
from streams.names import Names
from tests.live.desk import wire

pytestmark = pytest.mark.live

SECRETS = {"TAPEWIRE_SLACK_TOKEN": "xoxb-12345-topsecret", "TAPEWIRE_HEALTH_TOKEN": "health-topsecret"}
ARTICLES = 60


class Operated:
    """A worker with health on, Slack unreachable, everything logged."""

    def __init__(self, folder: Path, kafka: EmbeddedKafka, redis: EmbeddedRedis, **settings: str) -> None:
        self.names, self.port, self.kafka = Names(f"t{uuid4().hex[:8]}."), free_port(), kafka
        kafka.create(self.names.articles, self.names.alerts, self.names.decisions, self.names.dead)
        (folder / "watches.toml").write_text(
            '[[watch]]\nname = "fabs"\nchannel = "slack:C0DESK"\ncategories = ["capex"]\n'
            '[[watch]]\nname = "all"\nchannel = "slack:C0DESK"\ncategories = ["funding_rounds", "capex"]\n'
        )
        mine = {k: v for k, v in os.environ.items() if not k.startswith("TAPEWIRE_") and "proxy" not in k.lower()}
        self.environment = mine | SECRETS | {
            "TAPEWIRE_KAFKA": kafka.bootstrap, "TAPEWIRE_REDIS": redis.url, "TAPEWIRE_PREFIX": self.names.prefix,
            "TAPEWIRE_WATCHES": str(folder / "watches.toml"), "TAPEWIRE_EMBEDDED": "true",
            "TAPEWIRE_SLACK_URL": "http://127.0.0.1:1/api/", "TAPEWIRE_HEALTH": f"127.0.0.1:{self.port}",
            "TAPEWIRE_LOG_LEVEL": "debug", "TAPEWIRE_LOG_FORMAT": "json",
        } | settings  # fmt: skip
        self.out, self.err = folder / "out", folder / "err"
        with self.out.open("wb") as out, self.err.open("wb") as err:
            command = [sys.executable, "-m", "streams.cli", "worker"]
            self.process = subprocess.Popen(
                command, env=self.environment, stdout=out, stderr=err, cwd=Path(__file__).parents[2]
            )

    def ask(self, what: str) -> tuple[bool, list[str]]:
        """What it says of itself."""
        return ask("127.0.0.1", self.port, SECRETS["TAPEWIRE_HEALTH_TOKEN"], what)

    def until(self, what: str, well: bool, words: str = "") -> list[str]:
        """The reasons, once it says so."""
        end = time.monotonic() + 60
        while True:
            found, reasons = self.ask(what)
            if found is well and words in " ".join(reasons):
                return reasons
            assert time.monotonic() < end, (reasons, self.err.read_text()[-1_500:])
            time.sleep(0.1)

    def sum(self, name: str, **labels: str) -> float:
        """All series of a metric with these labels."""
        token = SECRETS["TAPEWIRE_HEALTH_TOKEN"]
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/metrics", headers={"Authorization": f"Bearer {token}"}
        )
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
            families = text_string_to_metric_families(answer.read().decode())
        return sum(
            s.value for f in families for s in f.samples if s.name == name and labels.items() <= s.labels.items()
        )

    def publish(self) -> None:
        """Sixty articles."""

        async def sending() -> None:
            publisher = Publisher(self.kafka.bootstrap)
            raws = enumerate(wire(ARTICLES)[:ARTICLES])
            await publisher.publish([Record(topic=self.names.articles, key=str(n).encode(), value=r) for n, r in raws])
            await publisher.stop()

        asyncio.run(sending())


@pytest.fixture
def redis() -> Iterator[EmbeddedRedis]:
    """A Redis that may be killed."""
    with EmbeddedRedis() as made:
        yield made


def test_a_worker_can_be_watched_and_keeps_its_secrets(
    tmp_path: Path, embedded_kafka: EmbeddedKafka, redis: EmbeddedRedis
) -> None:
    """Ready; the sums are those of the wire; Redis gone makes it unready and not dead; the log tells no secret."""
    worker = Operated(tmp_path, embedded_kafka, redis)
    try:
        worker.until("ready", well=True)
        worker.publish()
        _until(lambda: worker.sum("tapewire_articles_total") == ARTICLES, worker)
        assert worker.sum("tapewire_decisions_total") >= ARTICLES
        _until(lambda: worker.sum("tapewire_committed_offset", topic=worker.names.articles) == ARTICLES, worker)
        _until(lambda: worker.sum("tapewire_lag_articles") == 0, worker)
        assert worker.sum("tapewire_conservation_gap") == 0
        assert worker.sum("tapewire_assigned_partitions", topic=worker.names.articles) == 4
        assert worker.sum("tapewire_watches") == 2
        _until(lambda: worker.sum("tapewire_posts_total", channel="slack", answer="refused") > 0, worker)
        _until(lambda: worker.sum("tapewire_deliveries", state="pending") > 0, worker)
        checked = [sys.executable, "-m", "streams.cli", "health"]
        assert subprocess.run(checked, env=worker.environment, capture_output=True, check=False).returncode == 0
        redis.kill()
        worker.until("ready", well=False, words="Redis: ")
        assert worker.ask("live")[0]
        assert subprocess.run(checked, env=worker.environment, capture_output=True, check=False).returncode == 1
    finally:
        worker.process.terminate()
        code = worker.process.wait(60)
    assert code == 0
    assert worker.out.read_bytes() == b""
    _judge_the_log(worker.err.read_text())


def test_a_worker_waits_for_kafka_and_can_be_stopped_while_it_does(
    tmp_path: Path, embedded_kafka: EmbeddedKafka, redis: EmbeddedRedis
) -> None:
    """Alive and not ready, with the reason; it ends at once, with code 0, when it is told to."""
    worker = Operated(tmp_path, embedded_kafka, redis, TAPEWIRE_KAFKA="127.0.0.1:1")
    try:
        worker.until("ready", well=False, words="waiting to begin: Kafka: ")
        assert worker.ask("live")[0]
    finally:
        worker.process.terminate()
        code = worker.process.wait(60)
    assert code == 0
    assert "Traceback" not in worker.err.read_text()


def _judge_the_log(log: str) -> None:
    lines = [json.loads(line) for line in log.splitlines()]
    decided = [line for line in lines if line["logger"] == "tapewire.decisions"]
    assert len({line["origin"] for line in decided}) == ARTICLES
    assert any("127.0.0.1" in line["message"] or "not connected" in line["message"] for line in lines)
    for secret in SECRETS.values():
        assert secret not in log
    titles = [json.loads(raw)["title"] for raw in wire(ARTICLES)[:ARTICLES]]
    assert [t for t in titles if t in log] == []


def _until(holds: Callable[[], bool], worker: Operated) -> None:
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end, worker.err.read_text()[-1_500:]
        time.sleep(0.2)
