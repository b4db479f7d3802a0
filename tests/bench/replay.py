"""Replaying an archive from a real broker, beside a bare consumer loop on the same topic in the same run.

python -m tests.bench.replay [ARTICLES]
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from streams.replay.output import read_decisions
from streams.sample import WATCHES
from streams.times import DAY, HOUR, WallClock
from streams.topics import TopicReader
from streams.worker.publish import Publisher, Record
from tests.apache_kafka import ApacheKafka, NoKafkaError
from tests.bench.archive import archive

ROOT = Path(__file__).parents[2]
TOPIC = "bench.archive"
SAMPLES_S = 1.0
DAYS = 5
"""Less than a broker's default retention, which goes by the articles' times."""


async def fill(bootstrap: str, count: int) -> None:
    """The archive onto the topic, each article at its time."""
    publisher = Publisher(bootstrap)
    articles = archive(count, begin=WallClock().now() - DAYS * DAY - HOUR, days=DAYS)
    number = 0
    while batch := list(islice(articles, 5_000)):
        records = []
        for seen, raw in batch:
            records.append(Record(topic=TOPIC, key=str(number).encode(), value=raw, timestamp=seen))
            number += 1
        await publisher.publish(records)
    await publisher.stop()


async def bare(bootstrap: str, expected: int) -> float:
    """Articles a second of a loop that only reads and decodes."""
    started, count = time.perf_counter(), 0
    async with TopicReader(bootstrap) as reader:
        async for records in reader.read(await reader.ranges(TOPIC)):
            for record in records:
                orjson.loads(record.value)
            count += len(records)
    if count != expected:
        raise RuntimeError(f"{count} of {expected} articles read")
    return count / (time.perf_counter() - started)


def replayed(bootstrap: str, out: Path) -> tuple[float, float, list[int]]:
    """Seconds of `tapewire replay`, CPU seconds of all its processes, its resident megabytes sampled each second."""
    command = [sys.executable, "-m", "streams.cli", "replay", "--topic", TOPIC, "--out", str(out)]
    started, used = time.perf_counter(), _used()
    process = subprocess.Popen(
        [*command, "--watches", str(WATCHES), "--quiet"],
        cwd=ROOT,
        env=_environment(bootstrap),
        stdout=subprocess.DEVNULL,
    )
    sizes = []
    while process.poll() is None:
        sizes.append(_resident(process.pid))
        time.sleep(SAMPLES_S)
    if process.returncode:
        raise RuntimeError(f"the replay ended with {process.returncode}")
    return time.perf_counter() - started, _used() - used, sizes


def _used() -> float:
    """CPU seconds of every process that this one waited for, and of those that they waited for."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _environment(bootstrap: str) -> dict[str, str]:
    mine = {k: v for k, v in os.environ.items() if not k.startswith("TAPEWIRE_")}
    return mine | {"TAPEWIRE_KAFKA": bootstrap}


def _resident(pid: int) -> int:
    """Megabytes of a process and its children."""
    total = 0
    for child in (pid, *_children(pid)):
        try:
            pages = int(Path(f"/proc/{child}/statm").read_text().split()[1])
        except (OSError, IndexError):
            continue
        total += pages * resource.getpagesize() // 1_000_000
    return total


def _children(pid: int) -> list[int]:
    try:
        return [int(c) for c in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def measure(broker: Any, count: int) -> dict[str, Any]:
    """Rates, their ratio, and memory at a quarter of the run and at its end."""
    broker.create(TOPIC)
    asyncio.run(fill(broker.bootstrap, count))
    loop = asyncio.run(bare(broker.bootstrap, count))
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "decisions.jsonl"
        seconds, used, sizes = replayed(broker.bootstrap, out)
        offsets = set()
        lines = 0
        for decision in read_decisions(out):
            offsets.add(decision.at)
            lines += 1
    if len(offsets) != count:
        raise RuntimeError(f"{len(offsets)} of {count} articles decided")
    rate = count / seconds
    return {
        "articles": count, "decisions": lines, "seconds": round(seconds, 1), "articles_per_second": round(rate),
        "cpu_us_per_article": round(used / count * 1e6), "load_average": round(os.getloadavg()[0], 1),
        "bare_loop_per_second": round(loop), "ratio": round(rate / loop, 3),
        "resident_mb": {"quarter": sizes[len(sizes) // 4], "end": sizes[-1], "most": max(sizes)},
    }  # fmt: skip


def main() -> int:
    """Print the measurement as JSON; 2 when there is no Kafka here."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    try:
        broker = ApacheKafka()
    except NoKafkaError as missing:
        print(missing, file=sys.stderr)
        return 2
    try:
        print(json.dumps(measure(broker, count), indent=1))
    finally:
        broker.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
