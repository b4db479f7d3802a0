"""What is read twice a second: how far behind each group is, and how much memory each worker holds."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections import Counter
from collections.abc import Sequence
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


@dataclass(frozen=True, slots=True)
class Memory:
    """What a process holds at the end (MiB), and how that grew: MiB a minute over these minutes, and over their latter half."""

    held: float
    slope: float
    late: float
    minutes: float


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

    def memory(self, number: int, settled_s: float) -> Memory:
        """Of the process that lived longest at this place, without its first `settled_s` seconds of load."""
        lives = Counter(s.memory[number][0] for s in self.samples if number in s.memory)
        born = max(lives, key=lives.__getitem__, default=0.0)
        since = max(born, self.samples[0].at if self.samples else 0.0)
        life = [(s.at - since, s.memory[number][1]) for s in self.samples if s.memory.get(number, (0.0,))[0] == born]
        life = [(age, held) for age, held in life if age >= settled_s and held > 0]
        late = [(age, held) for age, held in life if age >= (settled_s + life[-1][0]) / 2]
        minutes = (life[-1][0] - life[0][0]) / 60 if life else 0.0
        return Memory(life[-1][1] if life else float("nan"), _slope(life), _slope(late), minutes)


def _slope(life: Sequence[tuple[float, float]]) -> float:
    """MiB a minute by least squares; a line through fewer than ten readings says nothing."""
    if len(life) < 10:
        return float("nan")
    age, held = np.array(life).T
    return float(np.polyfit(age / 60, held, 1)[0])


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
