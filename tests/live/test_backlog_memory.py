"""After an outage the broker has more to give than a worker's memory can hold."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from streams.basics.times import WallClock, iso
from tests.live.desk import LiveDesk

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(sys.platform != "linux", reason="reads a process's peak of memory from /proc"),
]

ARTICLES, LETTERS = 2_500, 100_000
BACKLOG_MIB = ARTICLES * LETTERS / 2**20
AHEAD_MIB = 160  # the buffer's 64, a fetch of each partition, and the batches in work


@pytest.mark.parametrize("desk", ["apache"], indirect=True)
async def test_a_backlog_of_long_articles_does_not_fill_the_memory(desk: LiveDesk) -> None:
    """Nor does the bound slow it to a standstill: all is decided, though the buffer fills again and again."""
    await desk.publish([_long(0)])
    first = desk.start_worker()
    await desk.until_done(1)
    empty = _peak_mib(first)
    desk.close()
    for at in range(1, ARTICLES, 500):
        await desk.publish([_long(n) for n in range(at, min(at + 500, ARTICLES))])
    second = desk.start_worker()
    ledger = await desk.until_done(ARTICLES)
    assert await desk.faults(ledger) == {"lost": 0, "doubled": 0, "unexpected": 0, "gaps": 0}
    assert _peak_mib(second) - empty < AHEAD_MIB < BACKLOG_MIB / 1.4


def _long(number: int) -> bytes:
    text = "The market was calm today and nobody wished to say why. "
    fields = {"id": str(number), "title": f"Quiet day {number} at the lake", "text": text * (LETTERS // len(text))}
    return json.dumps(fields | {"lang": "en", "source": "Desk", "published": iso(WallClock().now())}).encode()


def _peak_mib(worker: subprocess.Popen[bytes]) -> float:
    lines = Path(f"/proc/{worker.pid}/status").read_text(encoding="utf-8").splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1_024
