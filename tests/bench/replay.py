"""Replaying an archive from a real broker, beside a bare consumer loop on the same topic in the same run.

python -m tests.bench.replay [ARTICLES]
"""

from __future__ import annotations

import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from streams.sample import WATCHES
from streams.topics import TopicReader
from streams.worker.publish import Publisher, Record
from tests.apache_kafka import ApacheKafka, NoKafkaError
from tests.bench.archive import archive
from tests.build import NOON

ROOT = Path(__file__).parents[2]
TOPIC = "bench.archive"
SAMPLES_S = 1.0


async def fill(bootstrap: str, count: int) -> None:
    """The archive onto the topic, each article at its time."""
    publisher = Publisher(bootstrap)
    articles = archive(count, begin=NOON)
    number = 0
    while batch := list(islice(articles, 5_000)):
        records = []
        for seen, raw in batch:
            records.append(Record(topic=TOPIC, key=str(number).encode(), value=raw, timestamp=seen))
            number += 1
        await publisher.publish(records)
    await publisher.stop()


async def bare(bootstrap: str) -> float:
    """Articles a second of a loop that only reads and decodes."""
    started, count = time.perf_counter(), 0
    async with TopicReader(bootstrap) as reader:
        async for records in reader.read(await reader.ranges(TOPIC)):
            for record in records:
                orjson.loads(record.value)
            count += len(records)
    return count / (time.perf_counter() - started)


def replayed(bootstrap: str, out: Path) -> tuple[float, list[int]]:
    """Seconds of `tapewire replay`, and its resident megabytes, sampled each second."""
    command = [sys.executable, "-m", "streams.cli", "replay", "--topic", TOPIC, "--out", str(out)]
    started = time.perf_counter()
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
    return time.perf_counter() - started, sizes


def _environment(bootstrap: str) -> dict[str, str]:
    import os  # noqa: PLC0415 - for this alone

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
    loop = asyncio.run(bare(broker.bootstrap))
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "decisions.jsonl"
        seconds, sizes = replayed(broker.bootstrap, out)
        lines = sum(1 for _ in out.open("rb"))
    rate = count / seconds
    return {
        "articles": count, "decisions": lines, "seconds": round(seconds, 1), "articles_per_second": round(rate),
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
