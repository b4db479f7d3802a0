"""Pushes against the real `tapewire ingest`: how fast, and whether a 202 ever lied.

python -m tests.feeds.push [--rate 2000] [--seconds 20] [--each 20] [--kills 0] [--apache]

Articles of about a kilobyte, `--each` a request, at a fixed rate whatever the answers take; with `--kills N`, the
process is ended with SIGKILL N times on the way and every unanswered request is sent again.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from aiohttp import ClientError, ClientSession, ClientTimeout

from streams.embedded import EmbeddedKafka, EmbeddedRedis, free_port
from streams.kafka.reader import TopicReader
from tests.apache_kafka import ApacheKafka
from tests.feeds.porch import KEY
from tests.feeds.pushed_process import PushedIngest

WORDS = "The harbour company said on Friday that its second plant will make chips for cars and ships. " * 9


@dataclass
class Run:
    """What was pushed, and what was said."""

    each: int
    rate: int
    seconds: float
    sent: int = 0
    acknowledged: set[str] = field(default_factory=set)
    waits: list[float] = field(default_factory=list)
    statuses: Counter[Any] = field(default_factory=Counter)

    async def push(self, session: ClientSession, url: str, number: int) -> None:
        """One request, again and again until it is answered with 202."""
        ids = [f"a-{number * self.each + i}" for i in range(self.each)]
        body = orjson.dumps([_article(own) for own in ids])
        began = time.perf_counter()
        while True:
            try:
                async with session.post(url, data=body) as answer:
                    await answer.read()
                    self.statuses[answer.status] += 1
                    if answer.status == 202:
                        break
            except (ClientError, TimeoutError, OSError) as fault:
                self.statuses[type(fault).__name__] += 1
            await asyncio.sleep(0.2)
        self.acknowledged.update(ids)
        self.waits.append(time.perf_counter() - began)

    async def all(self, url: str) -> float:
        """Everything at its time; how long until the last answer."""
        headers = {"authorization": f"Bearer {KEY}", "content-type": "application/json"}
        count = round(self.rate * self.seconds / self.each)
        async with ClientSession(headers=headers, timeout=ClientTimeout(60)) as session, asyncio.TaskGroup() as tasks:
            await self.push(session, f"{url}/articles", -1)  # a new process looks at the topic for two seconds first
            self.waits.clear()
            self.acknowledged.clear()
            began = time.perf_counter()
            for number in range(count):
                await asyncio.sleep(max(0.0, began + number * self.each / self.rate - time.perf_counter()))
                tasks.create_task(self.push(session, f"{url}/articles", number))
                self.sent += self.each
        return time.perf_counter() - began


def _article(own: str) -> dict[str, Any]:
    return {
        "id": own, "title": f"Harbour company {own} to build a second plant", "text": WORDS,
        "url": f"https://harbourwire.example/{own}", "published": "2026-01-09T12:00:00Z", "lang": "en",
    }  # fmt: skip


async def lie_on(bootstrap: str, topic: str) -> tuple[Counter[str], int]:
    """How often each article lies on the topic, by its number; and how many records the broker has let go."""
    found: Counter[str] = Counter()
    async with TopicReader(bootstrap) as reader:
        ranges = await reader.ranges(topic)
        async for records in reader.read(ranges):
            found.update(orjson.loads(r.value)["url"].rpartition("/")[2] for r in records)
    return found, sum(first for first, _ in ranges.values())


async def measured(kafka: Any, redis: str, folder: Path, run: Run, kills: int = 0) -> dict[str, Any]:
    """The figures."""
    process = PushedIngest(kafka, redis, folder, free_port())
    await process.start()
    before = process.cpu_seconds()
    pushing = asyncio.create_task(run.all(process.url))
    for n in range(kills):
        await asyncio.sleep(run.seconds / (kills + 1) if not n else 2)
        process.kill()
        await process.start()
    took = await pushing
    cpu = process.cpu_seconds() - (0 if kills else before)
    process.stop()
    on_topic, let_go = await lie_on(kafka.bootstrap, process.topic)
    waits = sorted(run.waits)
    return {
        "articles": run.sent, "acknowledged": len(run.acknowledged), "seconds": round(took, 2),
        "articles a second": round(len(run.acknowledged) / took), "p50 ms": round(1_000 * waits[len(waits) // 2]),
        "p99 ms": round(1_000 * waits[int(len(waits) * 0.99)]), "cpu µs an article": round(1e6 * cpu / run.sent),
        "acknowledged and missing": len(run.acknowledged - on_topic.keys()),
        "let go by the broker": let_go,  # the embedded one keeps 5 MB a partition: use --apache for long runs
        "on the topic twice": sum(1 for n in on_topic.values() if n > 1), "answers": dict(run.statuses),
    }  # fmt: skip


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=2_000)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--each", type=int, default=20)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--apache", action="store_true")
    told = parser.parse_args()
    kafka: Any = ApacheKafka() if told.apache else EmbeddedKafka()
    run = Run(told.each, told.rate, told.seconds)
    with tempfile.TemporaryDirectory() as folder, EmbeddedRedis() as redis:
        print(json.dumps(asyncio.run(measured(kafka, redis.url, Path(folder), run, told.kills)), ensure_ascii=False))
    if told.apache:
        kafka.stop()


if __name__ == "__main__":
    main()
