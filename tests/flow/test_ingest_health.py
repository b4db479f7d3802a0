"""What an ingest says of itself over HTTP: /ready and /metrics agree, through every outage."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence

import aiohttp
import pytest

from streams.basics.times import MINUTE
from streams.commands.ingest import _serve
from streams.embedded import EmbeddedRedis, free_port
from streams.metrics.names import ALL, Kind
from streams.ports import Clocked
from streams.records import Away
from streams.settings.record import Settings
from streams.sources import ingest, writer
from streams.sources.assemble import Live, live
from streams.sources.base import Page, Source
from streams.sources.ingest import run_ingest
from streams.sources.registry import KINDS
from streams.sources.settings import read_sources
from streams.sources.tape import MemoryTape, Written
from tests.build import NOON

FEED = Source(name="wire", kind="feed", outlet="Wire", url="https://wire.example/rss")


class Refusing(MemoryTape):
    """Can be read, and takes nothing: a broker too few is in sync, or the right to write is missing."""

    async def write(self, records: Sequence[Written]) -> None:
        """See `Tape.write`."""
        raise Away("Kafka: articles: NotEnoughReplicasError")


class Hanging(MemoryTape):
    """Never says how far it reaches, as a broker that hangs."""

    async def ends(self) -> dict[int, int]:
        """See `Tape.ends`."""
        await asyncio.Event().wait()
        return {}


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

    async def take(self, title: str) -> None:
        """A page with this headline is brought."""
        item = f"<item><title>{title}</title><guid>{title}</guid></item>"
        await self.parts.take(FEED, Page(body=f"<rss><channel>{item}</channel></rss>".encode(), seen=1, url=FEED.url))

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
async def asked(
    redis: EmbeddedRedis, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> AsyncIterator[Asked]:
    """At the topic that the test names, or at a Kafka that is not there."""
    monkeypatch.setattr(writer, "_AGAIN", 100)
    monkeypatch.setattr(ingest, "LEASE", 800)
    port = free_port()
    settings = Settings(kafka="127.0.0.1:1", redis=redis.url, health=f"127.0.0.1:{port}")
    async with live(settings, read_sources("source = []", "sources.toml", KINDS)) as parts:
        parts.writer.settle, parts.writer.tape = 0, getattr(request, "param", parts.writer.tape)
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


async def test_what_can_only_be_read_is_no_topic_to_write_to(asked: Asked) -> None:
    """Neither looks nor pages without news end it; a write does, or a minute in which nobody brings any."""
    clock = asked.parts.writer.clock = Clocked([NOON])
    asked.parts.writer.tape = MemoryTape()
    await asked.until(200, "")
    await asked.take("known")
    asked.parts.writer.tape = Refusing()
    with pytest.raises(Away):
        await asked.take("news")
    for _ in range(5):
        await asyncio.sleep(0.15)
        await asked.take("known")
        assert await asked.ready() == (503, ["holding: Kafka: articles: NotEnoughReplicasError"])
    clock.set(NOON + MINUTE)
    await asked.until(200, "")
    with pytest.raises(Away):
        await asked.take("news")
    asked.parts.writer.tape = MemoryTape()
    await asked.take("news")
    assert (await asked.ready())[0] == 200


@pytest.mark.parametrize("asked", [Hanging()], indirect=True)
async def test_it_is_not_ready_before_it_knows_what_it_wrote(asked: Asked) -> None:
    """Until then nothing is written, however long Kafka takes to say."""
    await asked.until(503, "holding: Kafka: what was written before is read back")


async def test_a_healthy_ingest_says_nothing_of_what_it_does_not_look_at(asked: Asked) -> None:
    """A 0 of Redis, of readiness, of a gap that nobody measured wakes somebody for nothing; counters begin at 0."""
    asked.parts.writer.tape = MemoryTape()
    await asked.until(200, "")
    found = await asked.metrics()
    assert found["tapewire_ready"] == 1
    assert {m.full for m in ALL if m.kind is Kind.GAUGE} & found.keys() == {"tapewire_ready"}
    assert found["tapewire_slack_rate_limited_total"] == found["tapewire_decided_seconds_count"] == 0
