"""Delivery under every fault at once: 0 lost, 0 doubled, and a naive sender as the control that fails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from streams.delivery.upkeep import Upkeep
from streams.embedded import EmbeddedRedis
from tests.live.ordeal import FAULTS, SCALE, SINGLY, Ordeal
from tests.slack_server.client import SlackProcess

pytestmark = pytest.mark.live

CLEAN = {"lost": 0, "doubled": 0, "unexpected": 0, "out of order": 0, "too fast": 0, "lints": 0}


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[EmbeddedRedis]:
    """A Redis with an append-only file, to be killed and flushed."""
    folder = tmp_path / "redis"
    folder.mkdir()
    with EmbeddedRedis(persistent=folder) as server:
        yield server


@asynccontextmanager
async def slack(folder: Path, **settings: object) -> AsyncIterator[SlackProcess]:
    """The strict server, its pace scaled down."""
    plain = {"timescale": SCALE, "history_lag": 0.3, "metadata": "drop"}
    async with SlackProcess(journal=folder / "slack.jsonl", **plain | settings) as server:
        yield server


def table(rows: list[tuple[str, Ordeal, dict[str, int]]]) -> str:
    """One line per run."""
    lines = [f"{'run':34}{'alerts':>7}{'kills':>6}{'redis':>6}{'flush':>6}{'pauses':>7}{'faults':>7}  verdict"]
    for name, ordeal, verdict in rows:
        t = ordeal.tally
        lines.append(
            f"{name:34}{ordeal.count:7}{t['sender kills']:6}{t['redis kills']:6}{t['flushes']:6}{t['pauses']:7}"
            f"{t['slack faults']:7}  {', '.join(f'{k} {v}' for k, v in verdict.items())}"
        )
    return "\n".join(lines)


async def test_all_faults_at_once_lose_and_double_nothing(
    tmp_path: Path, redis: EmbeddedRedis, capsys: pytest.CaptureFixture[str]
) -> None:
    """500 alerts, senders killed at every await, stopped past their lease, Redis killed and flushed, Slack faulty."""
    async with slack(tmp_path) as server:
        ordeal = Ordeal(tmp_path, server, redis, 500, seed=1, stops=True, redis_kills=3, flushes=1, rate=55)
        await ordeal.run(500)  # 60 s on two idle cores; a busy machine may take its time
        verdict = ordeal.verdict()
    with capsys.disabled():
        print("\n" + table([("all faults at once", ordeal, verdict)]))
        print({k: v for k, v in sorted(ordeal.tally.items()) if k.startswith("kill ")}, ordeal.counts)
    assert verdict == CLEAN
    assert ordeal.tally["sender kills"] >= 20
    assert ordeal.tally["sender crashes"] == 0


async def test_digests_lose_and_double_nothing_either(
    tmp_path: Path, redis: EmbeddedRedis, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same with crowds folding into digests, and a flush after which each line is found by its own marker."""
    rules = replace(SINGLY, crowd=6, patience=3_000, between=1_500)
    async with slack(tmp_path) as server:
        ordeal = Ordeal(
            tmp_path,
            server,
            redis,
            200,
            seed=2,
            rules=rules,
            redis_kills=1,
            flushes=1,
            rate=100,
            channels=3,
            faulty=0.08,
            rounds=1,
        )
        await ordeal.run(300)
        verdict, digests = ordeal.verdict(), [p for p in server.journal("post") if "alerts, " in p["text"]]
    with capsys.disabled():
        print("\n" + table([(f"crowds, {len(digests)} digests", ordeal, verdict)]))
    assert verdict == CLEAN
    assert digests


async def test_a_naive_sender_doubles_under_the_same_faults(
    tmp_path: Path, redis: EmbeddedRedis, capsys: pytest.CaptureFixture[str]
) -> None:
    """The control: who takes an error for "not sent" and never reads back tells people twice."""
    async with slack(tmp_path) as server:
        ordeal = Ordeal(tmp_path, server, redis, 100, seed=3, naive=True, rate=60)
        await ordeal.run(300)
        verdict = ordeal.verdict()
    with capsys.disabled():
        print("\n" + table([("naive sender (control)", ordeal, verdict)]))
    assert verdict["doubled"] > 5


async def test_a_double_stored_after_the_settle_time_is_found_and_deleted(
    tmp_path: Path, redis: EmbeddedRedis, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only evidence that comes later than every read doubles an alert, and the audit deletes the second message."""
    late = [FAULTS["stored late"] | {"s": 4.0, "hang": 2}]
    async with slack(tmp_path) as server:
        ordeal = Ordeal(
            tmp_path, server, redis, 60, seed=4, rounds=0, faults=late, faulty=0.15, rate=60, echoes=0, replies=0
        )
        await ordeal.run(300)
        await server.until("post", 60 + round(0.15 * 60), 10)
        await asyncio.sleep(0.5)  # the history lags
        before = ordeal.verdict()
        channel = ordeal.orders.channel()
        upkeep = Upkeep(book=ordeal.book, channels={"slack": channel}, lease=1_000)
        for _ in range(3):  # ten channels a round
            await upkeep.audit()
        after = ordeal.verdict()
        await channel.close()
        await ordeal.book.close()
    with capsys.disabled():
        print("\n" + table([("stored after settle, no audit", ordeal, before), ("... audited", ordeal, after)]))
    assert before == CLEAN | {"doubled": 9}
    assert after == CLEAN
