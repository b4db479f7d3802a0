"""Replaying an archive from a real broker, beside a bare consumer loop on the same topic in the same run.

python -m tests.bench.replay [--articles 1000000] [--cores 2]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from streams.basics.times import DAY, HOUR, WallClock
from streams.kafka.publish import Publisher, Record
from streams.kafka.reader import TopicReader
from streams.sample import WATCHES
from tests.apache_kafka import ApacheKafka, NoKafkaError
from tests.bench.archive import archive
from tests.bench.processes import resident_mb

ROOT = Path(__file__).parents[2]
TOPIC = "bench.archive"
SAMPLES_S = 0.5
DAYS = 30
MARKS = (0.1, 0.25, 0.5, 0.75, 0.95)


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


Sample = tuple[int, int]  # bytes written, resident megabytes


def replayed(bootstrap: str, out: Path, cores: str) -> tuple[float, float, list[Sample]]:
    """Seconds of `tapewire replay`, CPU seconds of all its processes, and its size as its output grew."""
    command = [sys.executable, "-m", "streams.cli", "replay", "--topic", TOPIC, "--out", str(out), "--cores", cores]
    started, used = time.perf_counter(), _used()
    process = subprocess.Popen(
        [*command, "--watches", str(WATCHES), "--quiet"],
        cwd=ROOT,
        env=_environment(bootstrap),
        stdout=subprocess.DEVNULL,
    )
    samples = []
    while process.poll() is None:
        samples.append((_written(out), resident_mb(process.pid)))
        time.sleep(SAMPLES_S)
    if process.returncode:
        raise RuntimeError(f"the replay ended with {process.returncode}")
    return time.perf_counter() - started, _used() - used, samples


def _written(out: Path) -> int:
    """Bytes of the output, or of what it is until it is whole."""
    try:
        return sum(path.stat().st_size for path in out.parent.glob(f"{out.name}*"))
    except FileNotFoundError:  # whole at this very moment
        return out.stat().st_size


def _used() -> float:
    """CPU seconds of every process that this one waited for, and of those that they waited for."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _environment(bootstrap: str) -> dict[str, str]:
    mine = {k: v for k, v in os.environ.items() if not k.startswith("TAPEWIRE_")}
    return mine | {"TAPEWIRE_KAFKA": bootstrap}


def memory(samples: Sequence[Sample]) -> dict[str, int]:
    """Resident megabytes when these shares of the output were written, and the most."""
    last = samples[-1][0]
    marks = {f"{mark:.0%}": next(mb for size, mb in samples if size >= mark * last) for mark in MARKS}
    return marks | {"most": max(mb for _, mb in samples)}


def decided(out: Path) -> tuple[int, int]:
    """Articles decided, and decisions. An article's lines stand together."""
    articles = lines = 0
    before: tuple[int, int] | None = None
    with out.open("rb") as file:
        for raw in file:
            line = orjson.loads(raw)
            at = line["partition"], line["offset"]
            articles += at != before
            lines += 1
            before = at
    return articles, lines


def measure(broker: Any, count: int, cores: str) -> dict[str, Any]:
    """Rates, their ratio, and memory along the run."""
    broker.create(TOPIC)
    asyncio.run(fill(broker.bootstrap, count))
    loop = asyncio.run(bare(broker.bootstrap, count))
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "decisions.jsonl"
        seconds, used, samples = replayed(broker.bootstrap, out, cores)
        articles, lines = decided(out)
    if articles != count:
        raise RuntimeError(f"{articles} of {count} articles decided")
    rate = count / seconds
    return {
        "articles": count, "decisions": lines, "cores": cores, "seconds": round(seconds, 1),
        "articles_per_second": round(rate), "cpu_us_per_article": round(used / count * 1e6),
        "load_average": round(os.getloadavg()[0], 1), "bare_loop_per_second": round(loop),
        "ratio": round(rate / loop, 3), "resident_mb": memory(samples),
    }  # fmt: skip


def main() -> int:
    """Print the measurement as JSON; 2 when there is no Kafka here."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.replay")
    parser.add_argument("--articles", type=int, default=200_000)
    parser.add_argument("--cores", choices=("1", "2"), default="2")
    options = parser.parse_args()
    try:
        broker = ApacheKafka()
    except NoKafkaError as missing:
        print(missing, file=sys.stderr)
        return 2
    try:
        print(json.dumps(measure(broker, options.articles, options.cores), indent=1))
    finally:
        broker.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
