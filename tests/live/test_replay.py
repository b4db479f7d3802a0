"""live = replay: what workers decided, killed and started again, a replay of their topic decides reason by reason."""

from __future__ import annotations

import asyncio
from pathlib import Path

import orjson
import pytest

from streams.cli import main
from streams.ledger.sums import Ledger
from tests.live.desk import LiveDesk, wire

pytestmark = pytest.mark.live

ARTICLES = {True: 600, False: 5_000}
"""On the embedded broker, on Apache Kafka."""
KILLS = ("relate:after", "claim_story:after", "claim_story:before", "publish:after")
NTH = {True: 1, False: 2}
"""At which passing a worker dies: the few articles of the embedded run may come in a single batch."""


def live_decisions(ledger: Ledger) -> dict[tuple[int, int, str], tuple[str, ...]]:
    """Place and watch -> everything that was decided, but for clocks."""
    return {
        (d.origin.partition, d.origin.offset, d.watch or ""): (d.reason.value, d.detail, d.story_id, d.alert_id)
        for d in ledger.newest.values()
    }


def replayed_decisions(out: Path) -> dict[tuple[int, int, str], tuple[str, ...]]:
    """The same of a replay's output."""
    rows = [orjson.loads(line) for line in out.read_bytes().splitlines()]
    return {
        (r["partition"], r["offset"], r["watch"] or ""): (r["reason"], r["detail"], r["story"], r["alert"])
        for r in rows
    }


async def test_the_replay_of_a_topic_decides_as_the_live_run_did(
    desk: LiveDesk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Workers die between relating, claiming and publishing; then two share the partitions; the replay agrees."""
    raws = wire(ARTICLES[desk.embedded])
    size = -(-len(raws) // (len(KILLS) + 1))
    slices = [raws[at : at + size] for at in range(0, len(raws), size)]
    deaths = 0
    for point, fresh in zip(KILLS, slices, strict=False):
        await desk.publish(fresh)  # something new for each worker to die of
        deaths += await desk.died(desk.start_worker(point, NTH[desk.embedded]), 25)
    desk.start_worker()
    await desk.publish(slices[-1])
    await asyncio.sleep(1.0)
    desk.start_worker()  # a rebalance
    ledger = await desk.until_done(len(raws), 300.0)
    assert await desk.faults(ledger) == {"lost": 0, "doubled": 0, "unexpected": 0, "gaps": 0}
    monkeypatch.setenv("TAPEWIRE_KAFKA", desk.broker.bootstrap)
    monkeypatch.setenv("TAPEWIRE_PREFIX", desk.prefix)
    found = {}
    for order in ("ledger", "time"):
        out = tmp_path / order
        arguments = ["replay", "--order", order, "--out", str(out), "--watches", str(desk.folder / "watches.toml")]
        assert await asyncio.to_thread(main, [*arguments, "--quiet"]) == 0
        found[order] = replayed_decisions(out)
    live = live_decisions(ledger)
    other = {order: sum(live[k] != found[order][k] for k in live) for order in found}
    with capsys.disabled():
        broker = "embedded" if desk.embedded else "Apache Kafka"
        print(
            f"\nlive = replay, {broker}: {len(raws)} articles, {len(live)} decisions, {deaths} kills; differing {other}"
        )
    assert deaths >= len(KILLS) - 1
    assert found["ledger"].keys() == live.keys()
    assert {k: (live[k], found["ledger"][k]) for k in live if live[k] != found["ledger"][k]} == {}
