"""The runs: soak, takeover, rolling restart, the burst at eight, latency at a steady rate, one to four workers."""

from __future__ import annotations

import asyncio
import time

from tests.soak.crew import Crew
from tests.soak.faults import Done, Trouble, calendar
from tests.soak.feed import Feed
from tests.soak.gauges import Gauges
from tests.soak.report import Report
from tests.soak.shares import shares
from tests.soak.stand import Stand, stand
from tests.soak.verdict import Verdict, judge, percentiles

SETTLE_S = 240.0  # lease, settle time and two reads of an alert in doubt, and the queue behind it
BACK_S = 1.5  # seconds of intake that count as no lag: a batch, and the commit interval
SETTLED_S = 20.0  # of a worker's life under load that says nothing of its memory
LONG_MIN = 5.0  # minutes of life from which on memory must be
FLAT = 0.1  # MiB a minute


async def soak(
    *, minutes: float = 30, rate: float = 200, every: float = 60, back: float = 30, behind: int = 0, **others: int
) -> Report:
    """A backlog, then load and faults at once. `others` says how many Redis restarts, broker restarts and rebalances."""
    report = Report(f"soak: {minutes:g} minutes at {rate:g} articles/s, a worker ended every {every:g} s")
    seconds = minutes * 60
    async with stand(behind=behind) as at:
        feed, trouble = Feed(at.rig, rate, first=behind), Trouble(at.rig, at.crew)
        plan = calendar(seconds, every, **others)
        feeding = asyncio.create_task(feed.run(seconds))
        await trouble.run(time.time(), plan)
        await feeding
        report.row("drained after the feed ended, s", round(await at.drained(at.behind + feed.count, SETTLE_S), 1))
        verdict = await judge(at.rig, feed.began)
        report.row("of them a backlog before the load", at.behind)
        _conservation(report, verdict)
        _recoveries(report, at.gauges, trouble.done, rate, back)
        _memory(report, at.gauges, at.crew)
    return report


def _conservation(report: Report, verdict: Verdict) -> None:
    report.row("articles on the topic", verdict.articles)
    report.row("messages in Slack tell", f"{verdict.told} alerts")
    for name, count in verdict.faults.items():
        report.row(name, count if name != "gap" or not count else verdict.gaps[:3], holds=count == 0)
    report.row("decisions", ", ".join(f"{r} {n}" for r, n in verdict.reasons.most_common()))
    for name, values in (("append to decision, ms", verdict.decided), ("append to Slack, ms", verdict.posted)):
        report.row(name, percentiles(v[-1] for v in values))


def _recoveries(report: Report, gauges: Gauges, done: list[Done], rate: float, back: float) -> None:
    ordered = sorted(done, key=lambda d: d.ended)
    for n, fault in enumerate(ordered):
        until = ordered[n + 1].began if n + 1 < len(ordered) else fault.ended + back
        took = gauges.back_after(fault.ended, until, round(BACK_S * rate))
        report.row(f"lag back after {fault.what}, s", round(took, 1), holds=took <= back)


def _memory(report: Report, gauges: Gauges, crew: Crew) -> None:
    for number in sorted(crew.workers):
        m = gauges.memory(number, SETTLED_S)
        grew = f"{m.slope:+.2f} MiB/min over {m.minutes:.1f} min, {m.late:+.2f} over the latter half"
        flat = m.minutes < LONG_MIN or abs(m.slope) < FLAT  # in a short life caches still fill
        report.row(f"memory of worker {number}", f"{m.held:.0f} MiB, {grew}", holds=flat)
    report.row("ends of workers", dict(crew.ends), holds=not any(e.startswith("exit") for e in crew.ends))


async def takeover(*, rate: float = 200, bound: float = 15) -> Report:
    """`kill -9` of one of two: how long the articles of its partitions wait at most."""
    report = Report(f"takeover: kill -9 of one of two workers at {rate:g} articles/s, shipped settings")
    async with stand() as at:
        feed = Feed(at.rig, rate)
        feeding = asyncio.create_task(feed.run(45))
        await asyncio.sleep(10)
        at.crew.workers[0].wanted = False  # nobody comes back: the other one must take over
        killed = time.time()
        at.crew.kill(0)
        await feeding
        await at.drained(feed.count, SETTLE_S)
        verdict = await judge(at.rig, feed.began)
        before = verdict.latest(killed - 8, killed - 2)
        took = verdict.latest(killed - 1)
        report.row("longest wait for a decision before, s", round(before, 2))
        report.row("longest wait of any article after, s", round(took, 2), holds=took < bound)
        _conservation(report, verdict)
    return report


async def rolling(*, rate: float = 200, bound: float = 10) -> Report:
    """An upgrade: each worker in turn gets SIGTERM and is started again."""
    report = Report(f"rolling restart of two workers at {rate:g} articles/s")
    async with stand() as at:
        feed = Feed(at.rig, rate)
        feeding = asyncio.create_task(feed.run(75))
        await asyncio.sleep(10)
        began = time.time()
        for number in (0, 1):
            left = await at.crew.term(number)
            report.row(f"worker {number} left after SIGTERM, s", round(left, 2))
            await at.ready(2)
        report.row("both new after, s", round(time.time() - began, 1))
        await feeding
        await at.drained(feed.count, SETTLE_S)
        verdict = await judge(at.rig, feed.began)
        late = verdict.latest(began - 1)
        told = verdict.latest_post(began - 1)
        report.row("longest wait of any article, s", round(late, 2), holds=late <= bound)
        report.row("longest wait of any alert, s", round(told, 2), holds=told <= bound)
        _conservation(report, verdict)
    return report


async def burst(*, articles: int = 20_000, seconds: float = 60, within: float = 60) -> Report:
    """Eight o'clock: a day's news in a minute, one in fifty a story, then quiet."""
    report = Report(f"burst: {articles} articles in {seconds:g} s, then quiet; two workers")
    async with stand() as at:
        feed = Feed(at.rig, articles / seconds, stories=20)
        await feed.run(seconds)
        lag = at.gauges.samples[-1].lag
        report.row("lag when the burst ended, articles", lag)
        cleared = await _cleared(at, 4 * within)
        report.row("lag cleared after, s", round(cleared, 1), holds=cleared <= within)
        await at.drained(feed.count, 4 * SETTLE_S)
        verdict = await judge(at.rig, feed.began)
        report.row("urgent alerts that one less urgent overtook", verdict.overtaken, holds=verdict.overtaken == 0)
        _conservation(report, verdict)
    return report


async def _cleared(at: Stand, seconds: float) -> float:
    began = time.time()
    while time.time() - began < seconds:
        sample = await at.gauges.read()
        if sample.lag == 0 and sample.waiting == 0:
            return time.time() - began
        await asyncio.sleep(0.2)
    return float("inf")


async def steady(*, rate: float = 200, seconds: float = 60, workers: int = 2) -> Report:
    """No faults: latency from append to Slack, and where the time goes."""
    report = Report(f"steady: {rate:g} articles/s for {seconds:g} s, {workers} workers, Slack at its own pace")
    async with stand(workers) as at:
        feed = Feed(at.rig, rate)
        await feed.run(seconds)
        await at.drained(feed.count, SETTLE_S)
        verdict = await judge(at.rig, feed.began)
        _conservation(report, verdict)
        report.row("of which until decided, ms", percentiles(d for _, d, _ in verdict.posted))
        report.row("of which decided to Slack, ms", percentiles(t - d for _, d, t in verdict.posted))
        report.rows += shares(at.crew, feed.count)
    return report
