"""The full path beside two bare loops, and its latency from append to Slack's answer."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from streams.topics import TopicReader
from streams.worker.publish import Publisher, Record
from tests.live.desk import LiveDesk, wire
from tests.slack_server.client import SlackProcess

ROOT = Path(__file__).parents[2]
ARTICLES = 20_000
RATES = (50, 500)
SECONDS = 20


async def measure(broker: Any, redis_url: str, *, embedded: bool) -> dict[str, Any]:
    """Articles a second of each loop, ratios, and latency percentiles in milliseconds."""
    found: dict[str, Any] = {"broker": "embedded" if embedded else "apache", "articles": ARTICLES}
    with tempfile.TemporaryDirectory() as folder:
        async with SlackProcess(journal=Path(folder) / "slack.jsonl", rate=0, ws_rate=0) as slack:
            desk = LiveDesk(broker, redis_url, slack, Path(folder), f"b{time.time_ns()}.", embedded=embedded)
            desk.open()
            broker.create("bench.faust", "bench.aiokafka")
            await desk.publish(_mixed(ARTICLES))
            try:
                found |= await _rates(desk, embedded=embedded)
                found["latency_ms"] = await _latencies(broker, redis_url, slack, Path(folder), embedded=embedded)
            finally:
                desk.close()
    return found


def _mixed(count: int) -> list[bytes]:
    """One article in ten relevant, as on a mixed wire."""
    relevant = [a for a in wire(count) if b"invest" in a][: count // 10]
    everyday = [a for a in wire(count * 2) if b"parking" in a][: count - len(relevant)]
    step = max(1, len(everyday) // max(1, len(relevant)))
    out: list[bytes] = []
    for n, article in enumerate(everyday):
        out.append(article)
        if n % step == 0 and relevant:
            out.append(relevant.pop())
    return out[:count]


async def _rates(desk: LiveDesk, *, embedded: bool) -> dict[str, Any]:
    flag, source = str(embedded).lower(), desk.names.articles
    where = desk.broker.bootstrap
    rates = {
        "aiokafka": await _rate(
            where, "bench.aiokafka", _process("tests.bench.bare_aiokafka", where, source, "bench.aiokafka")
        ),
        "faust": await _rate(
            where, "bench.faust", _process("tests.bench.bare_faust", where, source, "bench.faust", flag)
        ),
        "tapewire": await _rate(where, desk.names.decisions, desk.start_worker()),
    }
    ratios = {f"tapewire/{k}": round(rates["tapewire"] / rates[k], 3) for k in ("faust", "aiokafka")}
    return {"articles_per_second": {k: round(v) for k, v in rates.items()}, "ratios": ratios}


def _process(module: str, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", module, *arguments], cwd=ROOT, stderr=subprocess.DEVNULL)


async def _rate(bootstrap: str, target: str, process: subprocess.Popen[bytes]) -> float:
    """Output records a second between the first tenth and the last."""
    low = high = 0.0
    end_at = time.monotonic() + 120
    async with TopicReader(bootstrap) as reader:
        while time.monotonic() < end_at:
            written = sum(end for _, end in (await reader.ranges(target)).values())
            now = time.monotonic()
            if not low and written >= ARTICLES // 10:
                low, low_count = now, written
            if written >= ARTICLES * 0.99:
                high = now
                break
            await asyncio.sleep(0.02)
    process.kill()
    process.wait()
    if not high:
        raise RuntimeError(f"{target}: not finished in 120 s")
    return float((written - low_count) / (high - low))


async def _latencies(
    broker: Any, redis_url: str, slack: SlackProcess, folder: Path, *, embedded: bool
) -> dict[str, dict[str, int]]:
    found = {}
    for rate in RATES:
        desk = LiveDesk(broker, redis_url, slack, folder, f"l{rate}{time.time_ns()}.", embedded=embedded)
        desk.open()
        worker = desk.start_worker()
        await desk.publish([b'{"title": "Warm up"}'])
        await desk.until_done(1)
        before = len(slack.journal("post"))
        appended = await _feed(desk, rate)
        await asyncio.sleep(3)
        posts = slack.journal("post")[before:]
        waits = [p["t"] * 1_000 - appended[t] for p in posts if (t := _number(p)) in appended]
        worker.kill()
        worker.wait()
        p50, p99 = np.percentile(waits, [50, 99]) if waits else (float("nan"), float("nan"))
        found[f"{rate}/s"] = {"alerts": len(waits), "p50": round(float(p50)), "p99": round(float(p99))}
    return found


async def _feed(desk: LiveDesk, rate: int) -> dict[str, float]:
    """Articles at a steady rate; returns when each relevant one was appended (milliseconds), by its number."""
    publisher = Publisher(desk.broker.bootstrap, linger_ms=0)
    appended: dict[str, float] = {}
    articles = _mixed(rate * SECONDS)
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


def _number(post: dict[str, Any]) -> str:
    blocks = post.get("blocks") or [{}]
    section = (blocks[0].get("elements") or [{}])[0]
    return str((section.get("elements") or [{}, {}])[-1].get("text", ""))
