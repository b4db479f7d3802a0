"""What people do in Slack reaches every worker, survives them all, and a replay judges by it as the live run did."""

from __future__ import annotations

import asyncio
import signal
import time
from collections import Counter
from pathlib import Path

import pytest

from streams.cli import main
from streams.desk.feedback import GRACE, Act
from streams.desk.kafka import read_feedback
from streams.ledger.sums import Ledger
from streams.records import Reason
from tests.live.desk import CHANNEL, LiveDesk, wire
from tests.live.test_replay import live_decisions, replayed_decisions
from tests.slack_server.workspace import APP_TOKEN

pytestmark = pytest.mark.live

ELSE = "C0ELSE"
NEW_WATCH = "nvda@C0ELSE"


async def heard(desk: LiveDesk, count: int) -> None:
    """Until so many sockets are open."""
    async with asyncio.timeout(40):
        while (await desk.slack.state())["sockets"] != count:  # noqa: ASYNC110 - another process has them
            await asyncio.sleep(0.1)


async def acted(desk: LiveDesk) -> str:
    """A mute of Alibaba by its button, a watch by its command; returns when both are acknowledged."""
    post = next(p for p in desk.slack.journal("post") if p["channel"] == CHANNEL and "Alibaba" in p["text"])
    value = next(o["value"] for o in post["blocks"][-1]["elements"][0]["options"] if o["value"].startswith("good:"))
    muted = await desk.slack.click(CHANNEL, post["ts"], "mute", value=value, wait=3)
    again = await desk.slack.ctl("click", payload=muted["payload"], wait=3)  # delivered twice
    watched = await desk.slack.command("/tapewire", "watch NVDA name=nvda", channel=ELSE, wait=3)
    assert muted["ack"] and again["ack"] and watched["ack"]
    return str(value).partition(":")[2]


def reasons(ledger: Ledger, watch: str, company: str, first: int) -> Counter[Reason]:
    """How articles of the second half that name a company ended for a watch."""
    mine = [d for d in ledger.newest.values() if d.watch == watch and d.title.startswith(company)]
    return Counter(d.reason for d in mine if int(d.article_id.strip("kb")) >= first)


@pytest.mark.kafka
@pytest.mark.parametrize("desk", ["apache"], indirect=True)
async def test_mutes_and_watches_reach_all_workers_and_outlive_them(
    desk: LiveDesk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One worker is told, all are killed, two others begin: both judge by what was said, and so does a replay."""
    desk.extra["TAPEWIRE_SLACK_APP_TOKEN"] = APP_TOKEN
    raws, half = wire(360), 180
    await desk.slack.ctl("channel", id=ELSE)
    worker = desk.start_worker()
    await heard(desk, 2)
    await desk.publish(raws[:1])
    await desk.until_done(1)  # alone, so that its alert is a message with buttons: a crowd may go out as digests
    await desk.publish(raws[1:half])
    await desk.until_done(half)
    alert_id = await acted(desk)
    told_at = time.monotonic()
    worker.send_signal(signal.SIGKILL)
    worker.wait()

    desk.start_worker()
    desk.start_worker()
    await heard(desk, 4)
    await asyncio.sleep(max(0.0, told_at + GRACE / 1_000 + 0.5 - time.monotonic()))
    await desk.publish(raws[half:])
    ledger = await desk.until_done(len(raws))

    feedback = await read_feedback(desk.broker.bootstrap, desk.names.feedback)
    assert [f.act for f in feedback] == [Act.MUTE, Act.WATCH]
    assert feedback[0].subject is not None and feedback[0].subject.alert_id == alert_id
    silent, others = reasons(ledger, "china", "Alibaba", half), reasons(ledger, "china", "Tencent", half)
    fresh = reasons(ledger, NEW_WATCH, "Nvidia", half)
    assert set(silent) == {Reason.MUTED} and silent.total() >= 5
    assert Reason.MUTED not in others and others[Reason.ALERTED] + others[Reason.UPDATED] >= 5
    assert fresh[Reason.ALERTED] and fresh[Reason.ALERTED] + fresh[Reason.UPDATED] >= 5
    assert len(desk.posts()) == len(await desk.wanted_posts()) and max(desk.posts().values()) == 1
    assert {p["channel"] for p in desk.slack.journal("post")} >= {CHANNEL, ELSE}

    monkeypatch.setenv("TAPEWIRE_KAFKA", desk.broker.bootstrap)
    monkeypatch.setenv("TAPEWIRE_PREFIX", desk.prefix)
    watches = ["--watches", str(desk.folder / "watches.toml")]
    arguments = ["replay", "--order", "ledger", "--out", str(tmp_path / "out"), "--quiet", *watches]
    assert await asyncio.to_thread(main, arguments) == 0
    live, replayed = live_decisions(ledger), replayed_decisions(tmp_path / "out")
    assert replayed.keys() == live.keys()
    assert {k: (live[k], replayed[k]) for k in live if live[k] != replayed[k]} == {}
    with capsys.disabled():
        print(f"\nmuted {silent.total()}, new watch {dict(fresh)}, {len(live)} decisions live and replayed: 0 differ")
