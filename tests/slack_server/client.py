"""How tests start the server, order it about, and read what happened.

In a test, as a fixture, on a free port and in the test's own loop::

    @pytest.fixture
    async def slack() -> AsyncIterator[SlackServer]:
        async with SlackServer(history_lag=0.5) as server:
            yield server

As a process of its own, so that killing the product never kills the evidence::

    async with SlackProcess(journal=tmp_path / "slack.jsonl", rate=40) as server: ...
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.slack_server.basics import JSON, Clock
from tests.slack_server.handle import ControlError, Handle
from tests.slack_server.journal import read_journal
from tests.slack_server.server import Running, start
from tests.slack_server.settings import Settings
from tests.slack_server.world import World

__all__ = ["ControlError", "Handle", "SlackProcess", "SlackServer"]

ROOT = Path(__file__).resolve().parents[2]
_READY_WITHIN = 15.0


class SlackServer(Handle):
    """The server in this process and loop. Settings are those of `Settings`; `clock` may be virtual."""

    def __init__(self, *, journal: Path | None = None, clock: Clock = time.time, **settings: Any) -> None:
        super().__init__()
        self.world = World(Settings(**settings), journal, clock)
        self._running: Running | None = None

    async def __aenter__(self) -> Self:
        self._running = await start(self.world)
        self.port = self._running.port
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await self._hang_up()
        if self._running is not None:
            await self._running.stop()

    def _entries(self) -> list[JSON]:
        return self.world.journal.entries


class SlackProcess(Handle):
    """The server as a process; `kill` and `start` again, and it still has what it accepted."""

    def __init__(self, *, journal: Path, **settings: Any) -> None:
        super().__init__()
        self._journal = journal
        self._flags = [flag for name, value in settings.items() for flag in _flag(name, value)]
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Starts it, on the same port as before if it ran before; returns once it listens."""
        options = ["--port", str(self.port), "--journal", str(self._journal), *self._flags]
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.slack_server",
            *options,
            cwd=ROOT,  # where `tests` can be imported from
            stdout=asyncio.subprocess.PIPE,
        )
        self.port = await asyncio.wait_for(self._ready(self._process), _READY_WITHIN)

    @staticmethod
    async def _ready(process: asyncio.subprocess.Process) -> int:
        line = await process.stdout.readline() if process.stdout else b""
        if not line.startswith(b"ready "):
            raise ControlError(f"the server did not start: {line!r}")
        return int(line.split()[1])

    async def kill(self) -> None:
        """`kill -9`."""
        await self._end("kill")

    async def stop(self) -> None:
        """SIGTERM, and waits."""
        await self._end("terminate")

    async def _end(self, how: str) -> None:
        if self._process is not None and self._process.returncode is None:
            getattr(self._process, how)()
            await self._process.wait()
        self._process = None
        await self._hang_up()  # last, so that calls under way meet the end of the server, not of their session

    def _entries(self) -> list[JSON]:
        return read_journal(self._journal)


def _flag(name: str, value: Any) -> list[str]:
    if name == "strict":
        return [] if value else ["--lax"]
    flag = f"--{name.replace('_', '-')}"
    if isinstance(value, bool):
        return [flag] if value else []
    return [flag, str(value)]
