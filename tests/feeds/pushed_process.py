"""`tapewire ingest` as a process of its own, with one source of kind push."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.feeds.porch import KEY


class PushedIngest:
    """Can be killed and started again."""

    def __init__(self, kafka: Any, redis: str, folder: Path, port: int, extra: str = "") -> None:
        prefix = f"p{uuid4().hex[:8]}."
        self.topic, self.url, self._port = f"{prefix}articles", f"http://127.0.0.1:{port}", port
        kafka.create(self.topic)
        self._log = folder / "ingest.log"
        sources = folder / "sources.toml"
        sources.write_text(
            f'[[source]]\nname = "desk-push"\nkind = "push"\nlisten = "127.0.0.1:{port}"\nkeys = ["env:PUSH_KEY"]\n{extra}'
        )
        self._env = os.environ | {
            "TAPEWIRE_KAFKA": kafka.bootstrap, "TAPEWIRE_REDIS": redis, "TAPEWIRE_PREFIX": prefix,
            "TAPEWIRE_SOURCES": str(sources), "PUSH_KEY": KEY,
        }  # fmt: skip
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self, seconds: float = 90) -> None:
        """Until it listens."""
        with self._log.open("ab") as log:
            command = [sys.executable, "-m", "streams.cli", "ingest"]
            self._process = await asyncio.to_thread(subprocess.Popen, command, stdout=log, stderr=log, env=self._env)
        async with asyncio.timeout(seconds):
            while True:
                if self._process.poll() is not None:
                    raise RuntimeError(self._log.read_text()[-2_000:])
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", self._port)
                except OSError:
                    await asyncio.sleep(0.1)
                else:
                    writer.close()
                    return

    def cpu_seconds(self) -> float:
        """Of the living process, all of its threads."""
        if self._process is None:
            return 0.0
        ticks = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()[11:13]
        return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")

    def kill(self) -> None:
        """SIGKILL."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """As a service manager would; its exit code."""
        return self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> int:
        if self._process is None:
            return 0
        self._process.send_signal(how)
        return self._process.wait(20)
