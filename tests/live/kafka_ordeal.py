"""The ordeal on a real Kafka: every alert through its topic, the Faust deliver agent, the book and the sender.

python -m tests.live.kafka_ordeal [ALERTS]     1,000 unless said otherwise, then the naive control; prints the table
"""

from __future__ import annotations

import asyncio
import logging
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import uuid4

from streams.embedded import EmbeddedRedis
from streams.kafka.publish import Publisher, Record
from streams.kafka.reader import TopicReader
from streams.ledger.receipts import Receipts
from streams.ledger.topic import read_entries
from streams.names import Names
from streams.records import Alert, Kind, Receipt
from streams.wire import encode_alert
from tests.apache_kafka import ApacheKafka
from tests.live.faulty_deliver import POINTS
from tests.live.faulty_sender import Orders
from tests.live.ordeal import SCALE, Ordeal
from tests.live.ordeal_judge import markers
from tests.slack_server.client import SlackProcess


@dataclass
class KafkaOrdeal(Ordeal):
    """See `Ordeal`; the broker dies and comes back too."""

    kafka: ApacheKafka | None = None
    broker_kills: int = 0
    points: Sequence[str] = POINTS
    module: str = "tests.live.faulty_deliver"
    receipts: Receipts = field(default_factory=Receipts)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.names = Names(f"{self.orders.prefix}.")
        self.publisher = Publisher(self.orders.kafka)
        self._broker.create(self.names.alerts, self.names.dead, self.names.decisions)

    @property
    def _broker(self) -> ApacheKafka:
        if self.kafka is None:
            raise ValueError("this ordeal needs a broker")
        return self.kafka

    def _orders(self) -> Orders:
        plain = super()._orders()
        return replace(plain, kafka=self._broker.bootstrap, prefix=f"{plain.prefix}-{uuid4().hex[:8]}")

    async def _put(self, batch: Sequence[Alert]) -> None:
        await self.publisher.publish(
            [Record(topic=self.names.alerts, key=a.channel.encode(), value=encode_alert(a)) for a in batch]
        )

    def _troubles(self) -> list[str]:
        return super()._troubles() + ["broker kills"] * self.broker_kills

    async def _strike(self, how: str) -> None:
        if how == "broker kills":
            await asyncio.to_thread(self._broker.restart)
        else:
            await super()._strike(how)

    async def _balance(self, seconds: float) -> None:
        """And until the ledger knows of each."""
        await super()._balance(seconds)
        wanted = {a.alert_id for a in self.alerts if a.kind is not Kind.ECHO}
        end = time.monotonic() + 60
        while not wanted <= self.receipts.by_alert.keys() and time.monotonic() < end:
            await asyncio.sleep(0.5)
            self.receipts = await receipts_on(self.orders.kafka, self.names)

    def verdict(self) -> dict[str, int]:
        """And from the ledger: alerts without a receipt, and receipts that do not name the message that tells it."""
        told = self.slack.journal("post")
        stand = {(mark, post["ts"]) for post in told for mark in markers(post)}
        wanted = {a.alert_id for a in self.alerts if a.kind is not Kind.ECHO}
        known = self.receipts.by_alert
        wrong = sum((own, r.ts) not in stand for own, r in known.items())
        return super().verdict() | {"without receipt": len(wanted - known.keys()), "wrong receipt": wrong}

    async def run(self, seconds: float) -> None:
        """See `Ordeal.run`."""
        try:
            await super().run(seconds)
        finally:
            await self.publisher.stop()


async def receipts_on(where: str, names: Names) -> Receipts:
    """The ledger's."""
    found = Receipts()
    async with TopicReader(where) as reader:
        async for entries in read_entries(reader, await reader.ranges(names.decisions)):
            for entry in entries:
                if isinstance(entry, Receipt):
                    found.enter(entry)
    return found


def table(rows: Sequence[tuple[str, Ordeal, dict[str, int]]]) -> str:
    """One line per run."""
    columns = ("sender kills", "sender crashes", "pauses", "redis kills", "flushes", "broker kills", "slack faults")
    lines = [f"{'run':28}{'alerts':>7}" + "".join(f"{c:>15}" for c in columns) + "  verdict"]
    for name, ordeal, verdict in rows:
        numbers = "".join(f"{ordeal.tally[c]:15}" for c in columns)
        lines.append(f"{name:28}{ordeal.count:7}{numbers}  {', '.join(f'{k} {v}' for k, v in verdict.items())}")
    return "\n".join(lines)


def _room(folder: Path) -> Path:
    (folder / "redis").mkdir(parents=True)
    return folder / "redis"


def exits(folder: Path) -> Counter[str]:
    """Why processes ended by themselves, to be started again: what a supervisor would read in their log."""
    lines = (folder / "sender.log").read_text(errors="replace").splitlines()
    return Counter(line[:110] for line in lines if line.startswith("tapewire: "))


async def ordeal(folder: Path, kafka: ApacheKafka, count: int, *, naive: bool = False) -> KafkaOrdeal:
    """One run, to its end: `count` alerts under everything there is (a naive sender meets only kills and Slack)."""
    with EmbeddedRedis(persistent=_room(folder)) as redis:
        async with SlackProcess(
            journal=folder / "slack.jsonl", timescale=SCALE, history_lag=0.3, metadata="drop"
        ) as slack:
            made = KafkaOrdeal(
                folder, slack, redis, count, seed=7, naive=naive, stops=not naive, rounds=0 if naive else 1 + count // 700,
                redis_kills=0 if naive else 2, flushes=0 if naive else 1, rate=12, kafka=kafka,
                broker_kills=0 if naive else 1 + count // 700,
            )  # fmt: skip
            await made.run(600)
            made.outcome = made.verdict()
            return made


async def _main(count: int) -> None:
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # it tells of every second without a broker
    kafka = ApacheKafka()
    rows: list[tuple[str, Ordeal, dict[str, int]]] = []
    try:
        with tempfile.TemporaryDirectory() as folder:
            for name, many, naive in (("Apache Kafka", count, False), ("naive sender (control)", 100, True)):
                done = await ordeal(Path(folder) / name.split()[0], kafka, many, naive=naive)
                rows.append((name, done, done.outcome))
                print(dict(exits(done.folder)))
                print({k: v for k, v in sorted(done.tally.items()) if k.startswith("kill ")}, done.counts, flush=True)
    finally:
        kafka.stop()
    print(table(rows))


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000))
