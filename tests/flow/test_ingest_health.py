"""What an ingest says of itself over HTTP: /ready and /metrics agree, through every outage."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import aiohttp
import pytest

from streams.commands.ingest import _serve
from streams.embedded import EmbeddedRedis, free_port
from streams.metrics.names import ALL, Kind
from streams.settings.record import Settings
from streams.sources import ingest, writer
from streams.sources.assemble import Live, live
from streams.sources.ingest import run_ingest
from streams.sources.registry import KINDS
from streams.sources.settings import read_sources
from streams.sources.tape import MemoryTape


class Asked:
    """An ingest without sources, and its answers."""

    def __init__(self, parts: Live, port: int) -> None:
        self.parts, self.base = parts, f"http://127.0.0.1:{port}"

    async def ready(self) -> tuple[int, list[str]]:
        """Whether, and the reasons against."""
        async with aiohttp.ClientSession(self.base) as client, client.get("/ready") as answer:
            return answer.status, (await answer.json())["reasons"]

    async def metrics(self) -> dict[str, float]:
        """Series of ours that have no labels."""
        async with aiohttp.ClientSession(self.base) as client, client.get("/metrics") as answer:
            rows = [line.split() for line in (await answer.text()).splitlines() if line.startswith("tapewire_")]
        return {name: float(value) for name, value in rows if "{" not in name}

    async def until(self, status: int, words: str) -> None:
        """It says so, and its metrics say the same."""
        async with asyncio.timeout(20):
            while True:
                try:
                    found, reasons = await self.ready()
                except aiohttp.ClientConnectorError:
                    found, reasons = 0, []
                if found == status and words in "".join(reasons):
                    break
                await asyncio.sleep(0.05)
        assert (await self.metrics())["tapewire_ready"] == (status == 200)


@pytest.fixture
async def asked(redis: EmbeddedRedis, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Asked]:
    """At a Kafka that is not there."""
    monkeypatch.setattr(writer, "_AGAIN", 100)
    monkeypatch.setattr(ingest, "LEASE", 800)
    port = free_port()
    settings = Settings(kafka="127.0.0.1:1", redis=redis.url, health=f"127.0.0.1:{port}")
    async with live(settings, read_sources("source = []", "sources.toml", KINDS)) as parts:
        parts.writer.settle = 0
        tasks = [asyncio.create_task(_serve(settings, parts)), asyncio.create_task(run_ingest(parts, _never))]
        yield Asked(parts, port)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _never() -> None:
    await asyncio.Event().wait()


@pytest.fixture
def redis() -> Iterator[EmbeddedRedis]:
    """One that may be killed."""
    with EmbeddedRedis() as server:
        yield server


async def test_ready_and_metrics_tell_the_same_of_every_outage(asked: Asked, redis: EmbeddedRedis) -> None:
    """Kafka away, though no source brings anything; all there; Redis away, and back again."""
    await asked.until(503, "holding: Kafka: ")
    asked.parts.writer.tape = MemoryTape()
    await asked.until(200, "")
    redis.kill()
    await asked.until(503, "holding: Redis: ")
    redis.start()
    await asked.until(200, "")


async def test_a_healthy_ingest_says_nothing_of_what_it_does_not_look_at(asked: Asked) -> None:
    """A 0 of Redis, of readiness, of a gap that nobody measured wakes somebody for nothing; counters begin at 0."""
    asked.parts.writer.tape = MemoryTape()
    await asked.until(200, "")
    found = await asked.metrics()
    assert found["tapewire_ready"] == 1
    assert {m.full for m in ALL if m.kind is Kind.GAUGE} & found.keys() == {"tapewire_ready"}
    assert found["tapewire_slack_rate_limited_total"] == found["tapewire_decided_seconds_count"] == 0
