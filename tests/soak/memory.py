"""Whether a worker's memory grows: under load and faults, once a backlog has shown it the most it ever holds at a time.

A worker that has only seen a trickle still rises to its high-water mark with each fault, as the batches behind it are
larger than any before; a line through that says nothing of leaks.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

from tests.soak.crew import Crew
from tests.soak.faults import Planned, Trouble, calendar
from tests.soak.feed import Feed
from tests.soak.gauges import Gauges, rss
from tests.soak.report import Report
from tests.soak.rig import Rig
from tests.soak.stand import Stand

EVERY_S = 30.0
SETTLED_S = 20.0
FLAT = 0.1  # MiB a minute


async def memory(*, articles: int = 60_000, rate: float = 200, seconds: float = 300) -> Report:
    """A backlog of `articles`, then `seconds` at `rate` while everything around the worker dies."""
    report = Report(
        f"memory: a backlog of {articles}, then {seconds / 60:g} minutes at {rate:g} articles/s with faults"
    )
    async with Rig(8) as rig:
        await Feed(rig, 1e9).run(articles / 1e9)
        crew = Crew(rig)
        at = Stand(rig, crew, Gauges(rig, crew))
        try:
            await _lived(report, at, rate, seconds)
        finally:
            crew.end()
            at.gauges.close()
    return report


async def _lived(report: Report, at: Stand, rate: float, seconds: float) -> None:
    pid = at.crew.hire(0).process.pid
    while (await at.gauges.read()).lag != 0:  # noqa: ASYNC110 - another process reads
        await asyncio.sleep(1.0)
    report.row("after the backlog, MiB", round(rss(pid), 1))
    at.crew.hire(1)
    await asyncio.sleep(SETTLED_S)
    reading = asyncio.create_task(at.gauges.run())
    trouble = Trouble(at.rig, at.crew)
    feeding = asyncio.create_task(Feed(at.rig, rate).run(seconds))
    await trouble.run(time.time(), _plan(seconds))
    await feeding
    reading.cancel()
    held = at.gauges.memory(0, 0.0)
    report.row("faults meanwhile", ", ".join(sorted(d.what for d in trouble.done)))
    report.row("after them, MiB", round(held.held, 1))
    grew = f"{held.slope:+.2f} over {held.minutes:.1f} min"
    report.row("growth, MiB a minute", grew, holds=abs(held.slope) < FLAT)


def _plan(seconds: float) -> list[Planned]:
    """Only the other worker dies, so that this one lives through it all."""
    plan = calendar(seconds, EVERY_S, redis=2, brokers=2, rebalances=1)
    return [replace(p, victim=1) if p.victim == 0 else p for p in plan]
