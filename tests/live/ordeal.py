"""The ordeal: alerts under every fault there is."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from redis.asyncio import Redis

from streams.basics.times import WallClock
from streams.delivery.rules import Rules
from streams.delivery.sender import Timing
from streams.embedded import EmbeddedRedis
from streams.records import Alert, Away, Kind
from streams.wire import encode_alert
from tests.build import alert
from tests.live.faulty_sender import POINTS, Orders
from tests.live.ordeal_judge import judge
from tests.slack_server.client import SlackProcess

SCALE = 0.02  # real seconds per Slack second, for Slack's pace
TIMING = Timing(lease=1_300, timeout=500, settle=900, reread=400, pace=24, probe=500, audit=600_000)
SINGLY = Rules(settle=900, team_pace=5, team_burst=4, read_pace=26, read_burst=10, crowd=10**9, patience=10**9,
               edit_gap=1_000, edit_pace=30, breaker_wait=300, breaker_most=1_000)  # fmt: skip

FAULTS: dict[str, dict[str, Any]] = {
    "500 before": {"do": "status", "status": 500},
    "500 after": {"do": "status", "status": 500, "when": "after"},
    "503 page before": {"do": "html", "status": 503},
    "503 page after": {"do": "html", "status": 503, "when": "after"},
    "internal_error before": {"do": "error", "error": "internal_error"},
    "fatal_error after": {"do": "error", "error": "fatal_error", "when": "after"},
    "closed before": {"do": "close"},
    "closed after": {"do": "close", "when": "after"},
    "reset after": {"do": "rst", "when": "after"},
    "cut body after": {"do": "truncate", "when": "after"},
    "hang after": {"do": "hang", "s": 2, "when": "after"},
    "hang before": {"do": "hang", "s": 2},
    "stored late": {"do": "late_accept", "s": 0.8, "hang": 2},
    "429 json": {"do": "status", "status": 429, "retry_after": 1, "hold": True},
    "429 text": {"do": "text429", "retry_after": 1, "hold": True},
    "ratelimited, 200": {"do": "error", "error": "ratelimited", "retry_after": 1},
    "invalid_blocks": {"do": "error", "error": "invalid_blocks"},
}
# A limit pauses a whole channel, or all of them, for one real second: one in five of the others.
_LIMITS = [how for name, how in FAULTS.items() if "429" in name or "ratelimited" in name]
MIXED = (*[how for how in FAULTS.values() if how not in _LIMITS] * 4, *_LIMITS)


@dataclass
class Ordeal:
    """One run. `rounds`, `redis_kills` and `flushes` say how often."""

    folder: Path
    slack: SlackProcess
    redis: EmbeddedRedis
    count: int
    seed: int
    rules: Rules = SINGLY
    timing: Timing = TIMING
    naive: bool = False
    senders: int = 3
    rounds: int = 2  # how often every point kills
    stops: bool = False
    redis_kills: int = 0
    flushes: int = 0
    faulty: float = 0.25
    channels: int = 12
    replies: float = 0.2
    echoes: float = 0.1
    faults: Sequence[dict[str, Any]] = MIXED
    rate: float = 60.0  # alerts entered a second
    points: Sequence[str] = POINTS
    module: str = "tests.live.faulty_sender"
    tally: Counter[str] = field(default_factory=Counter)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _bombs: int = 0
    _struck: bool = False  # every trouble has come

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.outbox = self.folder / "outbox.jsonl"
        self.outbox.touch()
        self.orders = self._orders()
        self.file = self.orders.write(self.folder / "orders.json")
        self.book = self.orders.book()
        self.alerts = self._alerts()

    def _orders(self) -> Orders:
        return Orders(
            redis=self.redis.url, prefix=f"ordeal{self.seed}", slack=self.slack.api_url, outbox=str(self.outbox),
            rules=self.rules, timing=self.timing, naive=self.naive,
        )  # fmt: skip

    def _alerts(self) -> list[Alert]:
        made: list[Alert] = []
        roots: list[Alert] = []
        now = WallClock().now()
        for n in range(self.count):
            luck = self.random.random()
            own = alert(
                n, channel=f"slack:C{n % self.channels:03d}", decided=now, seen=now - 40, source=f"Wire {n % 9}"
            )
            if roots and luck < self.replies + self.echoes:
                kind = Kind.UPDATE if luck < self.replies else Kind.ECHO
                root = self.random.choice(roots[-40:])
                own = replace(own, kind=kind, root_id=root.alert_id, channel=root.channel, story_id=root.story_id)
            else:
                roots.append(own)
            made.append(own)
        return made

    async def run(self, seconds: float) -> None:
        """Everything at once until the book balances; then the processes end."""
        for n in range(self.channels):
            await self.slack.ctl("channel", id=f"C{n:03d}")
        await self._arm()
        await self.book.begin()
        nurses = [asyncio.create_task(self._nurse()) for _ in range(self.senders)]
        trouble = asyncio.create_task(self._trouble())
        try:
            await self._enter()
            await self._balance(seconds)
        finally:
            for task in (*nurses, trouble):
                task.cancel()
            await asyncio.gather(*nurses, trouble, return_exceptions=True)
            self._end()
            await self.book.close()

    async def _arm(self) -> None:
        told = [a for a in self.alerts if a.kind is not Kind.ECHO]
        for n, unlucky in enumerate(self.random.sample(told, round(self.faulty * len(told)))):
            how = dict(self.faults[n % len(self.faults)])
            await self.slack.fault(how.pop("do"), contains=f'"d:{unlucky.alert_id}:@', **how)
            self.tally["slack faults"] += 1

    async def _enter(self) -> None:
        for at in range(0, len(self.alerts), 10):
            batch = self.alerts[at : at + 10]
            while True:
                try:
                    await self._put(batch)
                    break
                except Away:
                    await asyncio.sleep(0.05)
            await asyncio.sleep(10 / self.rate)

    async def _put(self, batch: Sequence[Alert]) -> None:
        """The outbox first: it is the truth."""
        with self.outbox.open("ab") as out:
            out.write(b"".join(encode_alert(a) + b"\n" for a in batch))
        await self.book.intend(batch)

    async def _nurse(self) -> None:
        """Keeps one sender alive; each life ends at the next point of the list."""
        while True:
            number, self._bombs = self._bombs, self._bombs + 1
            point = self.points[number % len(self.points)] if number < self.rounds * len(self.points) else "none"
            process = self._start(point, self.random.randint(1, 3))
            await asyncio.to_thread(process.wait)
            if process.returncode == -signal.SIGKILL:
                self.tally["sender kills"] += 1
                self.tally[f"kill {point}"] += 1
            else:
                self.tally["sender crashes"] += 1
                await asyncio.sleep(1)  # as a supervisor would

    _entered_all = False

    def _start(self, point: str, nth: int) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", self.module, str(self.file), point, str(nth)]
        mine = {k: v for k, v in os.environ.items() if "proxy" not in k.lower()}
        with (self.folder / "sender.log").open("ab") as log:
            process = subprocess.Popen(command, env=mine, stdout=log, stderr=log, cwd=Path(__file__).parents[2])
        self.processes.append(process)
        return process

    async def _trouble(self) -> None:
        """Redis dies or forgets, senders stand still past their lease: in an order of the seed's choosing."""
        what = self._troubles()
        self.random.shuffle(what)
        for number, how in enumerate(what, 1):
            await self._told(number / (len(what) + 1) * self.count)
            self.tally[how] += 1
            await self._strike(how)
            if self.stops:
                await self._stop_one()
        self._struck = True
        while self.stops and not self._entered_all:
            await asyncio.sleep(1.0)
            await self._stop_one()

    async def _told(self, count: float) -> None:
        """Until so many alerts are told: trouble comes by progress, so that a slow machine does not pile it up."""
        while True:
            with contextlib.suppress(Away):
                counts = await self.book.counts()
                if sum(counts.get(state, 0) for state in ("sent", "folded", "dead")) >= count:
                    return
            await asyncio.sleep(0.1)

    def _troubles(self) -> list[str]:
        return ["redis kills"] * self.redis_kills + ["flushes"] * self.flushes

    async def _strike(self, how: str) -> None:
        if how == "redis kills":
            self.redis.kill()
            await asyncio.sleep(0.2)
            await asyncio.to_thread(self.redis.start)
            return
        redis = Redis.from_url(self.redis.url)
        await redis.flushall()
        await redis.aclose()

    async def _stop_one(self) -> None:
        alive = [p for p in self.processes if p.poll() is None]
        if not alive:
            return
        chosen = self.random.choice(alive)
        with contextlib.suppress(ProcessLookupError):
            os.kill(chosen.pid, signal.SIGSTOP)
            self.tally["pauses"] += 1
            await asyncio.sleep(self.timing.lease / 1_000 * self.random.uniform(1.1, 2.0))
            os.kill(chosen.pid, signal.SIGCONT)

    async def _balance(self, seconds: float) -> None:
        """Until nothing is open. From here on senders are no more killed, but what was done must heal."""
        self._entered_all = True
        end = time.monotonic() + seconds
        counts: dict[str, int] = {}
        while time.monotonic() < end:
            with contextlib.suppress(Away):
                counts = dict(await self.book.counts())
                told = set(counts) <= {"sent", "dead", "folded"}
                if self._struck and told and sum(counts.values()) >= self.count:
                    self.counts = counts
                    return
            await asyncio.sleep(0.2)
        tail = (self.folder / "sender.log").read_text(errors="replace")[-2_000:]
        raise AssertionError(f"not balanced: {counts}\n{tail}")

    counts: dict[str, int] = field(default_factory=dict)
    outcome: dict[str, int] = field(default_factory=dict)

    def _end(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.kill()
                process.wait()

    def verdict(self) -> dict[str, int]:
        """From Slack's journal alone: what it stored, less what was deleted, against what had to be said."""
        return judge(self.slack.journal(), self.alerts)
