"""A running worker takes over a changed watch file, and keeps the old one when the new one is bad."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from streams.basics.times import WallClock, iso
from streams.embedded import EmbeddedKafka, free_port
from streams.health.ask import ask
from streams.ledger.topic import read_ledger
from streams.records import Reason
from tests.live.desk import CHANNEL, LiveDesk
from tests.slack_server.client import SlackProcess

pytestmark = pytest.mark.live

WATCH = """
[[watch]]
name = "{name}"
channel = "slack:{channel}"
companies = ["{company}"]
"""


@pytest.fixture
async def desk(tmp_path: Path, redis_url: str, embedded_kafka: EmbeddedKafka) -> AsyncIterator[LiveDesk]:
    """A desk that looks at its files five times a second."""
    async with SlackProcess(journal=tmp_path / "slack.jsonl", rate=0, ws_rate=0) as slack:
        await slack.ctl("channel", id=CHANNEL)
        made = LiveDesk(embedded_kafka, redis_url, slack, tmp_path, f"t{uuid4().hex[:8]}.", embedded=True)
        made.extra = {"TAPEWIRE_RELOAD": "200ms", "TAPEWIRE_HEALTH": f"127.0.0.1:{free_port()}"}
        made.open()
        watch(made, "first", "BABA")
        yield made
        made.close()


def watch(desk: LiveDesk, name: str, company: str) -> None:
    """Write the desk's only watch."""
    (desk.folder / "watches.toml").write_text(WATCH.format(name=name, channel=CHANNEL, company=company))


async def decisions(desk: LiveDesk, title: str) -> dict[str, Reason]:
    """An article on Nvidia, and what each watch made of it."""
    now = WallClock().now()
    await desk.publish([json.dumps({"title": title, "source": "Desk", "published": iso(now)}).encode()])
    end = time.monotonic() + 60
    while time.monotonic() < end:
        ledger, _ = await read_ledger(desk.broker.bootstrap, desk.names)
        if found := {d.watch or "": d.reason for d in ledger.newest.values() if d.title == title}:
            return found
        await asyncio.sleep(0.2)
    raise AssertionError((desk.folder / "worker.log").read_text()[-1_500:])


async def health(desk: LiveDesk, note: str) -> str:
    """The worker's note that holds these words."""
    host, port = desk.extra["TAPEWIRE_HEALTH"].split(":")
    words: list[str] = []
    for _ in range(150):
        _, words = await asyncio.to_thread(ask, host, int(port), "", "ready")
        if found := [w for w in words if note in w]:
            return found[0]
        await asyncio.sleep(0.2)
    raise AssertionError(words)


async def test_a_changed_watch_fires_without_a_restart_and_a_bad_file_keeps_the_old(desk: LiveDesk) -> None:
    """Nvidia is nobody's business, then it is; a company nobody knows changes nothing, and health says so."""
    worker = desk.start_worker()
    before = await decisions(desk, "Nvidia to invest $3 billion in chips plant in Ohio")
    assert Reason.ALERTED not in before.values()
    watch(desk, "second", "NVDA")
    await asyncio.sleep(2)
    assert await decisions(desk, "Nvidia to spend $5 billion on a campus in Texas") == {"second": Reason.ALERTED}
    watch(desk, "third", "NVDIA")
    assert "watches on disk is refused, the old one stays in use" in await health(desk, "nobody knows 'NVDIA'")
    assert await decisions(desk, "Washington denies licence for new Nvidia processors") == {"second": Reason.ALERTED}
    assert worker.poll() is None
