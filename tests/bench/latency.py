"""How long an alert takes from the article's append to Slack's answer, at steady rates."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from streams.kafka.publish import Publisher, Record
from tests.bench.processes import cpu_seconds, end
from tests.live.desk import LiveDesk, wire
from tests.slack_server.client import SlackProcess

RATES = (50, 500)
SECONDS = 20


async def latencies(
    broker: Any, redis_url: str, slack: SlackProcess, folder: Path, *, embedded: bool
) -> dict[str, dict[str, int]]:
    """Per rate: alerts, percentiles in milliseconds, and the share of a core that the worker used."""
    found = {}
    for rate in RATES:
        desk = LiveDesk(broker, redis_url, slack, folder, f"l{rate}{time.time_ns()}.", embedded=embedded)
        desk.open()
        worker = desk.start_worker()
        await desk.publish([b'{"title": "Warm up"}'])
        await desk.until_done(1)
        before, used = len(slack.journal("post")), cpu_seconds(worker.pid)
        appended = await _feed(desk, rate)
        used = cpu_seconds(worker.pid) - used
        await asyncio.sleep(3)
        posts = slack.journal("post")[before:]
        waits = [p["t"] * 1_000 - appended[t] for p in posts if (t := _title(p)) in appended]
        end(worker)
        p50, p99 = np.percentile(waits, [50, 99]) if waits else (float("nan"), float("nan"))
        found[f"{rate}/s"] = {
            "alerts": len(waits), "p50": round(float(p50)), "p99": round(float(p99)),
            "cpu_percent": round(100 * used / SECONDS),
        }  # fmt: skip
    return found


def _steady(count: int) -> list[bytes]:
    """One article in ten relevant, each with a headline of its own."""
    relevant = [a for a in wire(count) if b"invest" in a][: count // 10]
    everyday = iter([a for a in wire(count * 2) if b"parking" in a])
    return [relevant[n // 10] if n % 10 == 0 and n // 10 < len(relevant) else next(everyday) for n in range(count)]


async def _feed(desk: LiveDesk, rate: int) -> dict[str, float]:
    """Articles at a steady rate; returns when each relevant one was appended (milliseconds), by its headline."""
    publisher = Publisher(desk.broker.bootstrap, linger_ms=0)
    appended: dict[str, float] = {}
    articles = _steady(rate * SECONDS)
    start = time.monotonic()
    for at in range(0, len(articles), max(1, rate // 50)):
        chunk: Sequence[bytes] = articles[at : at + max(1, rate // 50)]
        await asyncio.sleep(max(0.0, start + at / rate - time.monotonic()))
        now = time.time() * 1_000
        for raw in chunk:
            if b"invest" in raw:
                appended[json.loads(raw)["title"]] = now
        await publisher.publish(
            [Record(topic=desk.names.articles, key=str(at + i).encode(), value=raw) for i, raw in enumerate(chunk)]
        )
    await publisher.stop()
    return appended


def _title(post: dict[str, Any]) -> str:
    blocks = post.get("blocks") or [{}]
    section = (blocks[0].get("elements") or [{}])[0]
    return str((section.get("elements") or [{}, {}])[-1].get("text", ""))
