"""The judge: one JSON line per fact, on disk before anybody hears of it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import orjson

from tests.slack_server.basics import JSON, Clock


class Journal:
    """Appends facts and keeps them; a file that exists is continued, its torn last line (a crash) cut off."""

    def __init__(self, path: Path | None, clock: Clock) -> None:
        self._clock = clock
        self._file: int | None = None
        self.entries: list[JSON] = []
        if path is not None:
            self.entries = read_journal(path) if path.exists() else []
            self._file = _opened(path)

    def write(self, ev: str, **facts: Any) -> JSON:
        """The fact, durable when this returns (`kill -9` and power loss included)."""
        entry = {"ev": ev, "t": self._clock(), **facts}
        if self._file is not None:
            os.write(self._file, orjson.dumps(entry, default=str) + b"\n")
            os.fsync(self._file)
        self.entries.append(entry)
        return entry

    def close(self) -> None:
        """Lets go of the file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def read_journal(path: Path) -> list[JSON]:
    """Every whole line of a journal; safe while the server writes, and after it was killed."""
    lines = path.read_bytes().split(b"\n")
    return [orjson.loads(line) for line in lines[:-1]]  # after the last newline there is nothing, or a torn line


def _opened(path: Path) -> int:
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
    whole = path.read_bytes().rfind(b"\n") + 1
    os.ftruncate(file, whole)
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)  # else a new file's name may be lost with the power
    os.close(folder)
    return file
