"""Workers under a supervisor, as in production: whoever ends is started again."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from streams.embedded import free_port
from tests.soak.rig import Rig

RESTART_S = 1.0  # as `RestartSec=` of the unit file
ROOT = Path(__file__).parents[2]


@dataclass
class Worker:
    """One place in the crew, and the process that fills it now."""

    number: int
    process: subprocess.Popen[bytes]
    born: float
    health: int  # the port its metrics are at
    wanted: bool = True

    @property
    def alive(self) -> bool:
        """Whether its process runs."""
        return self.process.poll() is None


@dataclass
class Crew:
    """Starts workers, starts them again, and counts how they ended."""

    rig: Rig
    workers: dict[int, Worker] = field(default_factory=dict)
    ends: Counter[str] = field(default_factory=Counter)
    _nurses: list[asyncio.Task[None]] = field(default_factory=list)

    def hire(self, number: int) -> Worker:
        """A worker at this place, kept alive until it is dismissed."""
        health = free_port()
        worker = Worker(number, self._start(health), time.time(), health)
        self.workers[number] = worker
        self._nurses.append(asyncio.create_task(self._nurse(worker)))
        return worker

    def _start(self, health: int) -> subprocess.Popen[bytes]:
        environment = self.rig.environment() | {"TAPEWIRE_HEALTH": f"127.0.0.1:{health}"}
        with (self.rig.folder / "workers.log").open("ab") as log:
            command = [sys.executable, "-m", "streams.cli", "worker"]
            return subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=ROOT)

    async def _nurse(self, worker: Worker) -> None:
        while worker.wanted:
            self.ends[_ending(await asyncio.to_thread(worker.process.wait))] += 1
            await asyncio.sleep(RESTART_S)
            if worker.wanted:
                worker.process, worker.born = self._start(worker.health), time.time()

    def kill(self, number: int) -> None:
        """`kill -9`."""
        self.workers[number].process.send_signal(signal.SIGKILL)

    async def term(self, number: int, seconds: float = 60.0) -> float:
        """SIGTERM; how many seconds it took to leave. Raises when it stays."""
        worker, began = self.workers[number], time.monotonic()
        process = worker.process
        process.send_signal(signal.SIGTERM)
        while process.poll() is None:
            if time.monotonic() - began > seconds:
                raise AssertionError(f"worker {number} ignores SIGTERM: {self.log()}")
            await asyncio.sleep(0.05)
        return time.monotonic() - began

    async def dismiss(self, number: int) -> None:
        """SIGTERM, and nobody takes its place."""
        self.workers[number].wanted = False
        await self.term(number)
        del self.workers[number]

    def end(self) -> None:
        """End everyone at once."""
        for nurse in self._nurses:
            nurse.cancel()
        for worker in self.workers.values():
            if worker.alive:
                worker.process.kill()
            worker.process.wait()

    def log(self, last: int = 1_500) -> str:
        """The end of what they wrote."""
        return (self.rig.folder / "workers.log").read_text(errors="replace")[-last:]


def _ending(code: int) -> str:
    """SIGTERM ends a worker that has not begun yet by its default; 1 is Faust's when the broker is away at the start."""
    known = {
        -signal.SIGKILL: "kill -9",
        0: "SIGTERM",
        -signal.SIGTERM: "SIGTERM at the start",
        1: "no broker at the start",
    }
    return (known | {70: "cut short (70)"}).get(code, f"exit {code}")
