"""Triage and deliver in processes of their own: the ledger of the one knows when the other's alerts were told."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest

from streams.cli import main
from streams.ledger.receipts import Receipts
from streams.records import Proof, Receipt
from tests.live.desk import CHANNEL, LiveDesk, wire

pytestmark = pytest.mark.live
ROOT = Path(__file__).parents[2]
WATCHES = f"""
[[watch]]
name = "china"
channel = "slack:{CHANNEL}"
companies = ["BABA", "0700.HK", "NVDA", "INTC", "ASML", "BIDU"]

[[watch]]
name = "rounds"
channel = "console"
categories = ["capex"]
"""


def role(desk: LiveDesk, name: str) -> None:
    """A process with this role, as it is started in life."""
    with (desk.folder / f"{name}.log").open("ab") as log:
        command = [sys.executable, "-m", "streams.cli", "worker", "--role", name]
        worker = subprocess.Popen(command, env=desk.environment(), stdout=log, stderr=log, cwd=ROOT)
    desk.workers.append(worker)


def times(desk: LiveDesk) -> dict[str, str]:
    """The ts under which Slack stored each alert."""
    return {
        str(block["block_id"])[2:].split(":")[0]: post["ts"]
        for post in desk.slack.journal("post")
        for block in post.get("blocks") or ()
        if str(block.get("block_id", "")).startswith("d:")
    }


def first(receipts: Receipts, place: str) -> list[Receipt]:
    """Those of one channel."""
    return [r for r in receipts.by_alert.values() if r.channel == place]


async def test_the_ledger_knows_when_slack_and_the_console_had_each_alert(
    desk: LiveDesk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the very time under which Slack stored it; `why` says so, `ledger` sums it up, conservation holds."""
    (desk.folder / "watches.toml").write_text(WATCHES)
    raws = wire(40)
    await desk.publish(raws)
    for name in ("triage", "deliver"):
        role(desk, name)
    end = asyncio.get_running_loop().time() + 90
    ledger = await desk.until_told(90)
    while len(ledger.articles()) < len(raws):
        assert asyncio.get_running_loop().time() < end
        ledger = await desk.until_told(90)
    stored = times(desk)
    mine, console = first(ledger.receipts, f"slack:{CHANNEL}"), first(ledger.receipts, "console")
    assert {r.alert_id: r.ts for r in mine} == stored and len(stored) >= 8 and len(console) >= 8
    assert {r.proof for r in (*mine, *console)} <= {Proof.SENT, Proof.FOLDED}
    assert all(abs(r.at - float(r.ts) * 1_000) <= 1 for r in mine)
    told = [d for d in ledger.decisions() if d.sent]
    assert len(told) == len(mine) + len(console) and all(d.sent and d.sent >= d.seen for d in told)
    for name, value in (("KAFKA", desk.broker.bootstrap), ("PREFIX", desk.prefix)):
        monkeypatch.setenv(f"TAPEWIRE_{name}", value)
    monkeypatch.setenv("TAPEWIRE_WATCHES", str(desk.folder / "watches.toml"))
    capsys.readouterr()
    assert await asyncio.to_thread(main, ["ledger", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["gaps"] == [] and said["delivery"]["sent"] + said["delivery"]["folded"] == len(told)
    assert said["delivery"]["seen_to_sent"]["p50"] >= 0 and not said["delivery"]["waiting"]
    assert await asyncio.to_thread(main, ["why", "k5"]) == 0
    lines = capsys.readouterr().out.split("the ledger (what the live run decided)")[1]
    assert "Slack had it" in lines and "the console had it" in lines and "after it was seen" in lines
