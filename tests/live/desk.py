"""A whole desk for live tests: a broker, Redis, the strict Slack server, workers that can be killed, and the judge."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from streams.basics.times import WallClock, iso
from streams.kafka.publish import Publisher, Record
from streams.kafka.reader import TopicReader
from streams.ledger.sums import Ledger
from streams.ledger.topic import read_ledger
from streams.names import Names
from streams.records import SPOKE, Kind
from streams.wire import decode_alert
from tests.live.ordeal_judge import markers
from tests.slack_server.client import SlackProcess
from tests.slack_server.workspace import BOT_TOKEN

CHANNEL = "C0ALERTS"
WATCHES = f"""
[[watch]]
name = "china"
channel = "slack:{CHANNEL}"
companies = ["BABA", "0700.HK", "NVDA", "INTC", "ASML", "BIDU"]
categories = ["capex", "export_controls", "funding_rounds"]

[[watch]]
name = "rounds"
channel = "slack:C0OPS"
categories = ["funding_rounds"]
"""


class Broker(Protocol):
    """Embedded or real."""

    bootstrap: str

    def create(self, *topics: str) -> None:
        """Make topics."""
        ...


@dataclass
class LiveDesk:
    """Everything a worker needs, under one prefix."""

    broker: Broker
    redis_url: str
    slack: SlackProcess
    folder: Path
    prefix: str
    embedded: bool
    extra: dict[str, str] = field(default_factory=dict)  # further settings
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def names(self) -> Names:
        """Topics and keys."""
        return Names(self.prefix)

    def open(self) -> None:
        """Make the topics and write the watches."""
        self.broker.create(*self.names.topics)
        (self.folder / "watches.toml").write_text(WATCHES)

    def environment(self) -> dict[str, str]:
        """Settings with times scaled down, so that doubt is settled in seconds."""
        mine = {k: v for k, v in os.environ.items() if "proxy" not in k.lower() and not k.startswith("TAPEWIRE_")}
        return mine | {
            "TAPEWIRE_KAFKA": self.broker.bootstrap,
            "TAPEWIRE_REDIS": self.redis_url,
            "TAPEWIRE_PREFIX": self.prefix,
            "TAPEWIRE_WATCHES": str(self.folder / "watches.toml"),
            "TAPEWIRE_SLACK_TOKEN": BOT_TOKEN,
            "TAPEWIRE_SLACK_URL": self.slack.api_url,
            "TAPEWIRE_SLACK_PACE": "20ms",
            "TAPEWIRE_SLACK_TEAM_PACE": "0ms",
            "TAPEWIRE_SLACK_TIMEOUT": "1s",
            "TAPEWIRE_LEASE": "2500ms",
            "TAPEWIRE_SETTLE": "500ms",
            "TAPEWIRE_REREAD": "300ms",
            "TAPEWIRE_EMBEDDED": str(self.embedded).lower(),
            "TAPEWIRE_HEALTH": "off",
            "TAPEWIRE_SESSION_TIMEOUT": "3s",  # a dead worker is missed sooner
            **self.extra,
        }

    def start_worker(self, point: str = "none", nth: int = 1) -> subprocess.Popen[bytes]:
        """A worker that dies at the nth passing of `point`."""
        command = [sys.executable, "-m", "tests.live.killable", point, str(nth)]
        root = Path(__file__).parents[2]
        with (self.folder / "worker.log").open("ab") as log:
            worker = subprocess.Popen(command, env=self.environment(), stdout=log, stderr=log, cwd=root)
        self.workers.append(worker)
        return worker

    async def died(self, worker: subprocess.Popen[bytes], seconds: float) -> bool:
        """Whether it killed itself in time; a worker that did not is killed from outside."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if worker.poll() is not None:
                return True
            await asyncio.sleep(0.05)
        worker.kill()
        worker.wait()
        return False

    async def publish(self, raws: Sequence[bytes]) -> None:
        """Articles onto the topic, spread over the partitions."""
        publisher = Publisher(self.broker.bootstrap)
        records = [Record(topic=self.names.articles, key=str(n).encode(), value=raw) for n, raw in enumerate(raws)]
        for at in range(0, len(records), 100):
            await publisher.publish(records[at : at + 100])
        await publisher.stop()

    async def until_done(self, articles: int, seconds: float = 90.0) -> Ledger:
        """The ledger, once every article is decided and every alert has been posted.

        Fails when nothing more was decided or posted for so many seconds: a crowd may wait a minute for its digest.
        """
        before, end = (0, 0), time.monotonic() + seconds
        while True:
            ledger, _ = await read_ledger(self.broker.bootstrap, self.names)
            wanted = await self.wanted_posts()
            done = len(ledger.articles()), len(self.posts())
            if done[0] >= articles and done[1] >= len(wanted):
                return ledger
            if done != before:
                before, end = done, time.monotonic() + seconds
            if time.monotonic() > end:
                tail = (self.folder / "worker.log").read_text(errors="replace")[-1_500:]
                raise AssertionError(f"{done[0]} of {articles} decided, {done[1]} of {len(wanted)} posted: {tail}")
            await asyncio.sleep(0.3)

    async def until_told(self, seconds: float = 90.0) -> Ledger:
        """The ledger, once it knows of every alert what became of it."""
        end = time.monotonic() + seconds
        while True:
            ledger, _ = await read_ledger(self.broker.bootstrap, self.names)
            if not ledger.receipts.missing(ledger.newest.values()):
                return ledger
            assert time.monotonic() < end, dict(ledger.receipts.sums(ledger.newest.values()))
            await asyncio.sleep(0.3)

    async def wanted_posts(self) -> set[str]:
        """Alert ids on the outbox that must become a message."""
        found = set()
        async with TopicReader(self.broker.bootstrap) as reader:
            async for records in reader.read(await reader.ranges(self.names.alerts)):
                alerts = [decode_alert(r.value) for r in records]
                found |= {a.alert_id for a in alerts if a.kind is not Kind.ECHO}
        return found

    def posts(self) -> Counter[str]:
        """Messages that Slack stored, by the alert id in their marker."""
        return Counter(m for entry in self.slack.journal("post") for m in markers(entry))

    async def faults(self, ledger: Ledger) -> dict[str, int]:
        """The judge: what is lost, doubled or unexpected, and gaps in the ledger."""
        wanted, posted = await self.wanted_posts(), self.posts()
        async with TopicReader(self.broker.bootstrap) as reader:
            ranges = await reader.ranges(self.names.articles)
        spoke = {d.alert_id for d in ledger.newest.values() if d.reason in SPOKE}
        return {
            "lost": len((wanted | spoke) - set(posted)),
            "doubled": sum(n - 1 for n in posted.values()),
            "unexpected": len(set(posted) - wanted),
            "gaps": len(ledger.gaps(ranges, ["china", "rounds"])),
        }

    def close(self) -> None:
        """End every worker."""
        for worker in self.workers:
            if worker.poll() is None:
                worker.send_signal(signal.SIGKILL)
                worker.wait()


COMPANIES = ("Alibaba", "Tencent", "Nvidia", "Intel", "ASML", "Baidu")
SITES = (
    "Brazil", "Texas", "Saxony", "Osaka", "Lyon", "Ohio", "Johor", "Turin", "Leipzig", "Bavaria", "Arizona", "Penang", "Krakow",
    "Dresden", "Norway", "Quebec", "Chile", "Kenya", "Hanoi", "Perth", "Bilbao", "Porto", "Ghent", "Malmo", "Tampere",
)  # fmt: skip


def wire(count: int) -> list[bytes]:
    """Articles of our own: one in five is relevant and each of those tells another story, every seventh is told twice."""
    now = WallClock().now()
    out: list[bytes] = []
    for n in range(count):
        if n % 5 == 0:
            who, where = COMPANIES[n // 5 % len(COMPANIES)], SITES[n // 30 % len(SITES)]
            title = f"{who} to invest ${n + 2} billion in new data centre in {where}"
            text = f"{who} said it would spend ${n + 2} billion on a data centre campus in {where}, lot {n}."
            out.append(_article(f"k{n}", title, text, now))
            if n % 7 == 0:
                out.append(_article(f"k{n}b", title, text, now, source="Second Desk"))
        else:
            out.append(
                _article(f"k{n}", f"Town council number {n} debates parking rules", f"Item {n} of the agenda.", now)
            )
    return out


def _article(name: str, title: str, text: str, now: int, source: str = "First Desk") -> bytes:
    fields = {"id": name, "title": title, "text": text, "source": source, "lang": "en", "published": iso(now)}
    return json.dumps(fields).encode()
