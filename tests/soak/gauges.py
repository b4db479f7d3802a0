"""What is read twice a second: how far behind each group is, and how much memory each worker holds."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from confluent_kafka import Consumer, KafkaException, TopicPartition

from tests.soak.crew import Crew
from tests.soak.rig import Rig

_PAGE = os.sysconf("SC_PAGE_SIZE")
BEAT_S = 0.5


@dataclass(frozen=True, slots=True)
class Sample:
    """One reading; `lag` is -1 when Kafka did not answer."""

    at: float
    lag: int
    waiting: int  # alerts on the outbox that the delivery book has not taken yet
    memory: dict[int, tuple[float, float]]  # place in the crew: when its process was born, MiB it holds


@dataclass
class Gauges:
    """Samples until it is stopped. Lag counts records that are appended and not committed."""

    rig: Rig
    crew: Crew
    group: str = "worker"
    samples: list[Sample] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._consumer = Consumer(
            {"bootstrap.servers": self.rig.kafka.bootstrap, "group.id": self.rig.names.group(self.group),
             "enable.auto.commit": False, "log_level": 0}
        )  # fmt: skip

    async def run(self) -> None:
        """Read until cancelled."""
        while True:
            self.samples.append(await self.read())
            await asyncio.sleep(BEAT_S)

    async def read(self) -> Sample:
        """One reading now."""
        names = self.rig.names
        lag = await asyncio.to_thread(self._behind, names.articles)
        waiting = await asyncio.to_thread(self._behind, names.alerts)
        memory = {w.number: (w.born, rss(w.process.pid)) for w in self.crew.workers.values() if w.alive}
        return Sample(time.time(), lag, waiting, memory)

    def _behind(self, topic: str) -> int:
        tps = [TopicPartition(topic, p) for p in range(self.rig.partitions)]
        with contextlib.suppress(KafkaException):
            done = self._consumer.committed(tps, timeout=2.0)
            ends = [self._consumer.get_watermark_offsets(tp, timeout=2.0) for tp in tps]
            return sum(high - max(tp.offset, low) for tp, (low, high) in zip(done, ends, strict=True))
        return -1

    def close(self) -> None:
        """End the connection."""
        self._consumer.close()

    def back_after(self, at: float, until: float, slack: int) -> float:
        """Seconds from `at` until the lag was at or under `slack` for good; what is still up at `until` is followed."""
        last, up = at, False
        for sample in self.samples:
            if sample.at < at:
                continue
            if sample.at >= until and not up:
                break
            up = not 0 <= sample.lag <= slack
            if up:
                last = sample.at + BEAT_S
        return last - at

    def slope(self, number: int, settled_s: float) -> tuple[float, float, float]:
        """Of the last process at this place: MiB at the end, MiB a minute by least squares, minutes looked at.

        The first `settled_s` seconds of its life, in which caches fill, do not count.
        """
        born = max((s.memory[number][0] for s in self.samples if number in s.memory), default=0.0)
        life = [(s.at, s.memory[number][1]) for s in self.samples if s.memory.get(number, (0.0,))[0] == born]
        life = [(t, m) for t, m in life if t >= born + settled_s and m > 0]
        if len(life) < 10:  # a line through fewer says nothing
            return (life[-1][1] if life else float("nan"), float("nan"), 0.0)
        minutes = np.array([(t - born) / 60 for t, _ in life])
        held = np.array([m for _, m in life])
        return float(held[-1]), float(np.polyfit(minutes, held, 1)[0]), float(minutes[-1] - minutes[0])


def rss(pid: int) -> float:
    """MiB of memory that a process holds; 0 when it is gone."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * _PAGE / 2**20


def cpu(pid: int) -> float:
    """Seconds of CPU that a process has used; 0 when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
