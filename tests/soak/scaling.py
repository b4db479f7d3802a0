"""One, two and four workers on a full topic: articles a second, and what each part pays for an article in CPU time.

Wall time depends on who else uses the machine, CPU time hardly: the arithmetic of `deploy/scaling.md` is done with the latter.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from tests.soak.crew import Crew
from tests.soak.feed import backlog
from tests.soak.gauges import Gauges, cpu
from tests.soak.report import Report
from tests.soak.rig import Rig

PARTITIONS = 8
WITHIN_S = 900.0


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment: how much is left, and what everyone has used of the CPU by then."""

    at: float
    left: int
    cpu: dict[str, float]


async def scaling(*, articles: int = 20_000, crews: tuple[int, ...] = (1, 2, 4), stories: int = 5) -> Report:
    """A topic filled beforehand, emptied by crews of each size; measured between a tenth and the last twentieth."""
    report = Report(
        f"scaling: {articles} articles waiting on {PARTITIONS} partitions, {stories} in a thousand relevant"
    )
    for size in crews:
        async with Rig(PARTITIONS) as rig:
            await backlog(rig, articles, stories=stories)
            first, last = await _emptied(rig, size, articles)
        done = first.left - last.left
        report.row(f"{size} workers, articles/s", round(done / (last.at - first.at)))
        for name, used in last.cpu.items():
            report.row(f"{size} workers, {name}, CPU ms an article", round((used - first.cpu[name]) / done * 1_000, 3))
    return report


async def _emptied(rig: Rig, size: int, articles: int) -> tuple[Mark, Mark]:
    crew = Crew(rig)
    gauges = Gauges(rig, crew)
    try:
        for number in range(size):
            crew.hire(number)
        first = await _when(rig, crew, gauges, articles * 0.9)
        return first, await _when(rig, crew, gauges, articles * 0.05)
    finally:
        crew.end()
        gauges.close()


async def _when(rig: Rig, crew: Crew, gauges: Gauges, left: float) -> Mark:
    """The moment at which no more than so much is left."""
    end = time.monotonic() + WITHIN_S
    while True:
        sample = await gauges.read()
        if 0 <= sample.lag <= left:
            return Mark(time.monotonic(), sample.lag, _used(rig, crew))
        if time.monotonic() > end:
            raise AssertionError(f"{sample.lag} articles left after {WITHIN_S:.0f} s: {crew.log()}")
        await asyncio.sleep(0.1)


def _used(rig: Rig, crew: Crew) -> dict[str, float]:
    workers = [w.process.pid for w in crew.workers.values()]
    return {"all workers": sum(map(cpu, workers))} | {name: cpu(pid) for name, pid in rig.servers().items()}
