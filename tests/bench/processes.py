"""What a process and its children use, as Linux tells it."""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Iterator
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_USER = 11  # fields of /proc/PID/stat behind the name in brackets


def family(pid: int) -> Iterator[int]:
    """A process and all that it started, as far as they live."""
    yield pid
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in _read(thread).split():
            yield from family(int(child))


def cpu_seconds(pid: int) -> float:
    """CPU time of a process and its living children."""
    stats = [_read(Path(f"/proc/{one}/stat")).rpartition(")")[2].split() for one in family(pid)]
    return sum(int(s[_USER]) + int(s[_USER + 1]) for s in stats if s) / _TICKS


def resident_mb(pid: int) -> int:
    """Megabytes of a process and its children."""
    pages = [_read(Path(f"/proc/{one}/statm")).split() for one in family(pid)]
    return sum(int(p[1]) for p in pages if p) * resource.getpagesize() // 1_000_000


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill it, and wait."""
    process.kill()
    process.wait()


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
