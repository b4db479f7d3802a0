"""`tapewire demo`: the real worker on embedded parts, fed with the sample wire."""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import IO

from rich.console import Console

from streams.basics.times import WallClock
from streams.commands.ledger import deliveries, print_deliveries, print_sums
from streams.embedded import EmbeddedKafka, EmbeddedRedis, NotInstalled
from streams.kafka.publish import Publisher, Record
from streams.kafka.reader import Ranges
from streams.knowledge import Knowledge
from streams.ledger.sums import Ledger
from streams.ledger.topic import read_ledger
from streams.names import Names
from streams.records import SPOKE
from streams.sample import WATCHES, sample_wire

_PATIENCE_S = 240.0  # a busy machine may take its time; an idle one needs twenty seconds


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing to choose."""
    parser.add_argument("--keep-log", type=Path, help="write the worker's log here")


def run(options: argparse.Namespace) -> int:
    """Exit code 0 when every article of the sample wire was decided and conservation holds; 2 without the extra."""
    try:
        return _shown(options)
    except NotInstalled as missing:
        print(missing, file=sys.stderr)
        return 2


def _shown(options: argparse.Namespace) -> int:
    console = Console()
    names = Names()
    console.rule("tapewire demo: embedded Kafka and Redis, the real worker, a sample wire (nothing is kept)")
    started = time.monotonic()
    with EmbeddedRedis() as redis, tempfile.TemporaryDirectory() as folder:
        kafka = EmbeddedKafka()
        kafka.create(*names.topics)
        log = options.keep_log or Path(folder) / "worker.log"
        worker = _start_worker(kafka.bootstrap, redis.url, log, console)
        try:
            done = asyncio.run(_watch_the_wire(console, kafka.bootstrap, names, worker))
        finally:
            worker.terminate()
            worker.wait(30)
    console.print(f"done in {time.monotonic() - started:.1f} s; the worker stopped with code {worker.returncode}")
    if not done:
        console.print(log.read_text(errors="replace")[-3_000:] if log.exists() else "", markup=False)
    return 0 if done and worker.returncode == 0 else 1


def _start_worker(kafka: str, redis: str, log: Path, console: Console) -> subprocess.Popen[bytes]:
    mine = {k: v for k, v in os.environ.items() if not k.startswith("TAPEWIRE_")}
    environment = mine | {
        "TAPEWIRE_KAFKA": kafka,
        "TAPEWIRE_REDIS": redis,
        "TAPEWIRE_WATCHES": str(WATCHES),
        "TAPEWIRE_EMBEDDED": "true",
        "TAPEWIRE_SLACK_PACE": "200ms",
        "COLUMNS": str(console.width),
        "PYTHONUNBUFFERED": "1",
    } | ({"FORCE_COLOR": "1"} if console.is_terminal else {})  # fmt: skip
    command = [sys.executable, "-m", "streams.cli", "worker", "--log-level", "info"]
    with log.open("wb") as file:
        worker = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=file)  # noqa: S603
    threading.Thread(target=_copy, args=(worker.stdout,), daemon=True).start()
    return worker


def _copy(source: IO[bytes]) -> None:
    """The worker's console channel prints on its standard output; pass it on as it comes."""
    for line in source:
        sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()


async def _watch_the_wire(console: Console, bootstrap: str, names: Names, worker: subprocess.Popen[bytes]) -> bool:
    wire = sample_wire(WallClock().now())
    publisher = Publisher(bootstrap)
    for _, raw in wire:  # one by one, so that each story is told in its order
        await publisher.publish([Record(topic=names.articles, key=b"sample", value=raw)])
    await publisher.stop()
    console.print(f"{len(wire)} records on topic `{names.articles}`; waiting for the worker ...")
    ledger, ranges = await _until_told(bootstrap, names, len(wire), worker)
    return _report(console, ledger, ranges)


async def _until_told(
    bootstrap: str, names: Names, most: int, worker: subprocess.Popen[bytes]
) -> tuple[Ledger, Ranges]:
    """Once every article is decided and the paced console channel has every alert."""
    end = time.monotonic() + _PATIENCE_S
    while True:
        ledger, ranges = await read_ledger(bootstrap, names)
        done = len(ledger.articles()) >= most and not ledger.receipts.missing(ledger.newest.values())
        if done or time.monotonic() > end or worker.poll() is not None:
            return ledger, ranges
        await asyncio.sleep(0.5)


def _report(console: Console, ledger: Ledger, ranges: Ranges) -> bool:
    console.rule("what did not fire, and why")
    for at in sorted(ledger.articles(), key=lambda a: a[2]):
        mine = [d for (offset, _), d in ledger.newest.items() if offset == at]
        if not any(d.reason in SPOKE for d in mine):
            first = mine[0]
            reasons = "; ".join(dict.fromkeys(f"{d.reason.value}: {d.detail}" for d in mine))
            console.print(
                f"{first.article_id:>10}  {first.title[:60]:60}  {reasons}"[:220], markup=False, highlight=False
            )
    watches = [w.name for w in Knowledge.load().desk(WATCHES).watches]
    faults = ledger.gaps(ranges, watches)
    print_sums(ledger.by_watch(watches), faults, {})
    print_deliveries(deliveries(ledger))
    return not faults
