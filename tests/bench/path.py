"""The full path beside bare loops on the same broker and articles: articles a second, and CPU time of each."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from streams.basics.times import WallClock
from streams.kafka.reader import TopicReader
from tests.bench.archive import archive
from tests.bench.latency import latencies
from tests.bench.processes import cpu_seconds, end
from tests.live.desk import LiveDesk
from tests.slack_server.client import SlackProcess

ROOT = Path(__file__).parents[2]
ARTICLES = int(os.environ.get("TAPEWIRE_BENCH_ARTICLES", "20000"))
FROM, TO = 0.1, 0.99  # the share of the work that is timed: a loop's start and its last empty wait are not
QUIET_S = 3.0
TRICKLE = 0.02  # of all articles, within so many seconds: the work is done
SLACKS_PACE = {"TAPEWIRE_SLACK_PACE": "1s", "TAPEWIRE_SLACK_TEAM_PACE": "250ms"}
"""As in life: the test desk's 20 ms would have the senders look for work all the time."""
BESIDE = {"TAPEWIRE_BESIDE": "true"}
LONGEST_S = 150.0


async def measure(broker: Any, redis_url: str, *, embedded: bool) -> dict[str, Any]:
    """Articles a second of each loop, ratios, and latency percentiles in milliseconds."""
    found: dict[str, Any] = {"broker": "embedded" if embedded else "apache", "articles": ARTICLES}
    with tempfile.TemporaryDirectory() as folder:
        async with SlackProcess(journal=Path(folder) / "slack.jsonl", rate=0, ws_rate=0) as slack:
            desks = [
                LiveDesk(
                    broker, redis_url, slack, Path(folder), f"{name}{time.time_ns()}.", embedded, SLACKS_PACE | more
                )
                for name, more in (("b", {}), ("c", BESIDE))
            ]
            broker.create("bench.faust", "bench.repaired", "bench.aiokafka")
            for desk in desks:
                desk.open()
                await desk.publish(mixed(ARTICLES))
            try:
                found |= await _loops(*desks, embedded=embedded)
            finally:
                for desk in desks:
                    desk.close()
            found["latency_ms"] = await latencies(broker, redis_url, slack, Path(folder), embedded=embedded)
    return found


def mixed(count: int) -> list[bytes]:
    """One article in ten relevant, in two languages, with names that nobody saw before: title and lead."""
    return [raw for _, raw in archive(count, begin=WallClock().now(), days=0)]


@dataclass(frozen=True, slots=True)
class Speed:
    """Of one loop, over the timed share of the articles."""

    per_second: float
    cpu_us: float  # of its processes, an article


async def _loops(desk: LiveDesk, two: LiveDesk, *, embedded: bool) -> dict[str, Any]:
    flag, source, where = str(embedded).lower(), desk.names.articles, desk.broker.bootstrap
    speeds = {
        "aiokafka": await _speed(where, "bench.aiokafka", _process("bare_aiokafka", where, source, "bench.aiokafka")),
        "faust": await _speed(
            where, "bench.faust", _process("bare_faust", where, source, "bench.faust", flag, "false")
        ),
        "faust, repaired": await _speed(
            where, "bench.repaired", _process("bare_faust", where, source, "bench.repaired", flag, "true")
        ),
        "tapewire": await _speed(where, desk.names.decisions, desk.start_worker()),
        "tapewire, beside": await _speed(where, two.names.decisions, two.start_worker()),
    }
    return {
        "articles_per_second": {k: round(v.per_second) for k, v in speeds.items()},
        "cpu_us_per_article": {k: round(v.cpu_us) for k, v in speeds.items()},
        "ratios": {
            f"{ours}/{bare}": round(speeds[ours].per_second / speeds[bare].per_second, 3)
            for ours in ("tapewire", "tapewire, beside")
            for bare in ("faust", "faust, repaired", "aiokafka")
        },
    }


def _process(module: str, *arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", f"tests.bench.{module}", *arguments]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)


Sample = tuple[float, int, float]  # wall clock, records written, CPU seconds


async def _speed(bootstrap: str, target: str, process: subprocess.Popen[bytes]) -> Speed:
    """An article can leave more than one record, evenly over the wire: what counts is the share of all records.

    Receipts come at Slack's pace, long after: they are no share of the work, and nobody waits for the last.
    """
    samples: list[Sample] = []
    began = time.time()
    async with TopicReader(bootstrap) as reader:
        while time.time() - began < LONGEST_S:
            written = sum(last for _, last in (await reader.ranges(target)).values())
            now = time.time()
            if not samples or written != samples[-1][1]:
                samples.append((now, written, cpu_seconds(process.pid)))
            quiet = next(n for at, n, _ in reversed(samples) if at <= now - QUIET_S or n == samples[0][1])
            if written >= ARTICLES and written - quiet < TRICKLE * ARTICLES:
                break
            await asyncio.sleep(0.05)
        receipts = await _receipts(reader, target)
    end(process)
    return _timed([(at, n - bisect_right(receipts, at), cpu) for at, n, cpu in samples], target)


async def _receipts(reader: TopicReader, target: str) -> list[float]:
    """When each was written, in order."""
    times = [
        record.timestamp / 1_000
        async for records in reader.read(await reader.ranges(target))
        for record in records
        if b'"kind":"receipt"' in record.value
    ]
    return sorted(times)


def _timed(samples: Sequence[Sample], target: str) -> Speed:
    total = samples[-1][1]
    if total < ARTICLES:
        raise RuntimeError(f"{target}: {total} of {ARTICLES} articles in {LONGEST_S:.0f} s")
    first = next(s for s in samples if s[1] >= FROM * total)
    last = next(s for s in samples if s[1] >= TO * total)
    articles = (last[1] - first[1]) / total * ARTICLES
    return Speed(articles / (last[0] - first[0]), (last[2] - first[2]) / articles * 1e6)
