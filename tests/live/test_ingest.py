"""Feeds over real HTTP into a real broker and Redis, with kill -9 around every await that matters.

python -m tests.live.test_ingest [FEEDS] [SECONDS]        200 feeds for a minute, with the figures
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import pytest

from streams.basics.times import HOUR
from streams.embedded import EmbeddedKafka, EmbeddedRedis
from streams.kafka.reader import TopicReader
from streams.names import Names
from tests.feeds.day import BEGIN
from tests.feeds.server import FeedServer, serving
from tests.feeds.wire import PAGE, Feed, wire
from tests.live.killable_ingest import POINTS

pytestmark = pytest.mark.live

FACTOR = 300
"""Five minutes of the feeds' time in one second of ours."""
ROOT = Path(__file__).parents[2]


@dataclass(slots=True)
class LiveIngest:
    """One desk's ingest, begun again and again."""

    kafka: str
    redis: str
    folder: Path
    prefix: str = field(default_factory=lambda: f"t{uuid4().hex[:8]}.")
    cpu: float = 0.0
    memory: int = 0

    def write(self, feeds: list[Feed], port: int, every: str) -> None:
        """Its sources.toml."""
        text = f'[ingest]\nprivate = ["127.0.0.1:{port}"]\npace = "0s"\nat_once = 100\nalerts = "console"\n'
        for feed in feeds:
            table = feed.table()
            text += (
                table.replace(f"https://{feed.host}/feed", f"http://127.0.0.1:{port}/{feed.name}").replace(
                    f'every = "{feed.every}ms"', f'every = "{every}"'
                )
                + "\n"
            )
        (self.folder / "sources.toml").write_text(text)

    def start(self, point: str = "none", nth: int = 1) -> subprocess.Popen[bytes]:
        """A life of it."""
        mine = {k: v for k, v in os.environ.items() if "proxy" not in k.lower() and not k.startswith("TAPEWIRE_")}
        told = {
            "TAPEWIRE_KAFKA": self.kafka, "TAPEWIRE_REDIS": self.redis, "TAPEWIRE_PREFIX": self.prefix,
            "TAPEWIRE_SOURCES": str(self.folder / "sources.toml"),
        }  # fmt: skip
        command = [sys.executable, "-m", "tests.live.killable_ingest", point, str(nth)]
        with (self.folder / "ingest.log").open("ab") as log:
            return subprocess.Popen(command, env=mine | told, stdout=log, stderr=log, cwd=ROOT)

    async def watched(self, life: subprocess.Popen[bytes], seconds: float) -> bool:
        """Whether it died by itself within this time; its CPU and memory are added up."""
        end, cpu = time.monotonic() + seconds, 0.0
        while time.monotonic() < end and life.poll() is None:
            used, resident = usage(life.pid)
            cpu, self.memory = max(cpu, used), max(self.memory, resident)
            await asyncio.sleep(0.1)
        self.cpu += cpu
        return life.poll() is not None

    async def told(self) -> Counter[tuple[str, str, int]]:
        """What the topic holds: article, status, number of the telling."""
        found: Counter[tuple[str, str, int]] = Counter()
        async with TopicReader(self.kafka) as reader:
            async for records in reader.read(await reader.ranges(Names(self.prefix).articles)):
                rows = [json.loads(r.value) for r in records]
                found.update((r["title"].split()[1], r.get("status", "new"), r.get("revision", 1)) for r in rows)
        return found

    def log(self) -> str:
        """What it said."""
        return (self.folder / "ingest.log").read_text(errors="replace")


def usage(pid: int) -> tuple[float, int]:
    """Seconds of CPU and bytes of memory of a process; nothing where the system does not tell so."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0, 0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"), int(fields[21]) * os.sysconf("SC_PAGE_SIZE")


def readable(feeds: list[Feed], server: FeedServer) -> set[str]:
    """Articles that stand on their pages now, and those that stood there since the first visit."""
    names = set()
    for feed in feeds:
        if not feed.lost:
            shown = [s for s in feed.stories if s.at <= server.now()][-PAGE:]
            names |= {f"{feed.name}-{s.number}" for s in shown if not s.gone}
    return names


async def ordeal(desk: LiveIngest, feeds: list[Feed], seconds: float, every: str = "5s") -> dict[str, object]:
    """Die at every point, then live on; what was lost, what came twice."""
    async with serving(feeds, BEGIN, FACTOR) as server:
        desk.write(feeds, server.port, every)
        died = 0
        for number, point in enumerate(POINTS):
            life = desk.start(point, 1 + number % 2)
            died += await desk.watched(life, 90)
            life.kill()
            life.wait()
        begun, life = time.monotonic(), desk.start()
        before = desk.cpu
        await desk.watched(life, seconds)
        server.stopped = server.now()  # the pages stand still, so that the last ones can be compared
        used, lasted = desk.cpu - before, time.monotonic() - begun
        missing, end = {"?"}, time.monotonic() + 240
        while missing and time.monotonic() < end:
            await desk.watched(life, 2)
            told = await desk.told()
            missing = readable(feeds, server) - {name for name, status, _ in told if status == "new"}
        alive = life.poll() is None
        life.send_signal(signal.SIGTERM)
        code = life.wait(20)
        return {
            "kills": died, "records": told.total(), "missing": sorted(missing), "twice": [k for k, n in told.items() if n > 1],
            "alive": alive, "code": code, "requests": dict(server.answers), "cpu share": round(used / lasted, 3),
            "memory MB": desk.memory // 2**20,
        }  # fmt: skip


async def test_killed_at_every_await_every_article_enters_once(
    embedded_kafka: EmbeddedKafka, redis_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Four deaths, then a life: nothing missing, nothing twice, and a clean stop."""
    desk = LiveIngest(embedded_kafka.bootstrap, redis_url, tmp_path)
    embedded_kafka.create(Names(desk.prefix).articles, Names(desk.prefix).alerts)
    feeds = [f for f in wire(25, BEGIN, 24 * HOUR) if f.vice != "flapping"]
    found = await ordeal(desk, feeds, 6)
    with capsys.disabled():
        print(f"\ningest, {len(feeds)} feeds over HTTP: {found}")
    assert (found["missing"], found["twice"]) == ([], []), desk.log()[-2_000:]
    assert found["kills"] == len(POINTS)
    assert (found["alive"], found["code"]) == (True, 0), desk.log()[-2_000:]
    assert "Traceback" not in desk.log()


def main() -> None:
    """Two hundred feeds, and the figures."""
    count = int(sys.argv[1]) if sys.argv[1:] else 200
    seconds = float(sys.argv[2]) if sys.argv[2:] else 60.0
    kafka = EmbeddedKafka()
    with EmbeddedRedis() as redis, tempfile.TemporaryDirectory() as folder:
        desk = LiveIngest(kafka.bootstrap, redis.url, Path(folder))
        kafka.create(Names(desk.prefix).articles, Names(desk.prefix).alerts)
        found = asyncio.run(ordeal(desk, wire(count, BEGIN, 24 * HOUR), seconds, "10s"))
        for name, value in found.items():
            print(f"{name}: {value}")
        print(desk.log()[-1_500:])


if __name__ == "__main__":
    main()
