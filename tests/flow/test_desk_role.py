"""The role `desk`: it serves how it does as every role, is ready while a click would be heard, and takes a reload."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import aiohttp
import pytest

from streams import assemble
from streams.desk.click import Hears, MemoryEar
from streams.desk.kafka import Follower
from streams.embedded import free_port
from streams.kafka.publish import Publisher
from streams.settings.record import Settings
from streams.worker.alone import alone
from streams.worker.assemble import jobs_of, observing
from streams.worker.desk import DeskService, desk_service
from streams.worker.observe import Observer
from tests.unit.test_reload import WATCH

ROOT = Path(__file__).parents[2]


@dataclass(slots=True)
class Followed(Follower):
    """A topic that can be away."""

    there: bool = False

    async def run(self) -> None:
        """See `Follower.run`."""
        while True:
            self.as_of = self.clock.now() if self.there else self.as_of
            await asyncio.sleep(0.02)


class Open(MemoryEar):
    """Hears nothing for ever."""

    async def run(self, desk: Hears) -> None:
        """See `Ear.run`."""
        await asyncio.Event().wait()


class Connected(Publisher):
    """Has its broker."""

    async def start(self) -> None:
        """See `Publisher.start`."""


async def asked(port: int, what: str) -> tuple[int, str]:
    """Status and words."""
    address = f"http://127.0.0.1:{port}"
    async with aiohttp.ClientSession(address) as client, client.get(f"/{what}") as answer:
        return answer.status, await answer.text()


async def until(port: int, what: str, status: int, words: str = "") -> str:
    """Waits for that answer."""
    said: tuple[int, str] = 0, ""
    try:
        async with asyncio.timeout(30):
            while said[0] != status or not re.search(words, said[1]):
                await asyncio.sleep(0.05)
                with suppress(aiohttp.ClientConnectorError):
                    said = await asked(port, what)
    except TimeoutError:
        raise AssertionError(said) from None
    return said[1]


@dataclass(slots=True)
class Desk:
    """One that runs in this process."""

    service: DeskService
    observer: Observer
    port: int
    told: asyncio.Event
    running: asyncio.Task[None]


@pytest.fixture
async def desk(tmp_path: Path, redis_url: str) -> AsyncIterator[Desk]:
    """Kafka is not there yet."""
    watches, port = tmp_path / "watches.toml", free_port()
    watches.write_text(WATCH.format("first", "BABA"))
    settings = Settings(
        redis=redis_url, watches=watches, health=f"127.0.0.1:{port}", reload=50, slack_app_token="xapp-1"
    )
    live = assemble.live(settings)
    service = desk_service(settings, live, hears=True)
    service.follower = Followed("127.0.0.1:1", "feedback", live.desk, live.clock)
    service.publisher, service.ear, service.planned = Connected("127.0.0.1:1"), Open(), None
    observer, told = observing(settings, live, (), "desk", service), asyncio.Event()
    jobs = jobs_of(settings, live, (), observer, desk=service, config=None)
    made = Desk(service, observer, port, told, asyncio.create_task(alone(service, jobs, told)))
    yield made
    told.set()
    await asyncio.wait_for(made.running, 5)


async def test_ready_means_that_a_click_would_be_heard_and_recorded(desk: Desk) -> None:
    """Not before the desk is read, nor without a socket to Slack, nor when Kafka is lost again; it lives all the time."""
    followed, ear = cast("Followed", desk.service.follower), cast("Open", desk.service.ear)
    await until(desk.port, "ready", 503, "holding: Kafka: the desk (was not read yet|is not up to date)")
    assert (await asked(desk.port, "live"))[0] == 200
    followed.there = True
    await until(desk.port, "ready", 200)
    await until(desk.port, "metrics", 200, r"(?m)^tapewire_ready 1\.0")
    ear.deaf = "Slack: no socket: invalid_auth"
    await until(desk.port, "ready", 503, "holding: Slack: no socket: invalid_auth")
    numbers = await until(desk.port, "metrics", 200, r"(?m)^tapewire_ready 0\.0")
    assert re.search(r'tapewire_build_info{[^}]*role="desk"', numbers)
    assert "\ntapewire_redis_up 1.0" in numbers and "\ntapewire_conservation_gap " not in numbers
    ear.deaf, followed.there = "", False
    await until(desk.port, "ready", 503, "holding: Kafka: the desk is not up to date")
    await until(desk.port, "metrics", 200, r'tapewire_away{part="kafka"} 1\.0')
    assert (await asked(desk.port, "live"))[0] == 200


async def test_it_answers_by_new_watches_and_says_what_it_refused(desk: Desk, tmp_path: Path) -> None:
    """As every role; files on disk that are refused are no reason to hear nothing."""
    desk.service.follower.there = True  # type: ignore[attr-defined]
    (tmp_path / "watches.toml").write_text(WATCH.format("second", "NVDA"))
    async with asyncio.timeout(10):
        while desk.service.clerk.desk.names != ("second",):  # noqa: ASYNC110 - another task reads it
            await asyncio.sleep(0.02)
    (tmp_path / "watches.toml").write_text("[[watch]")
    await until(desk.port, "ready", 200, "watches on disk is refused")


async def test_a_process_of_that_role_serves_reloads_and_leaves(tmp_path: Path, redis_url: str) -> None:
    """As a supervisor sees it, before Kafka is there: alive, not ready, reloaded at SIGHUP, code 0 at SIGTERM."""
    port = free_port()
    (tmp_path / "watches.toml").write_text(WATCH.format("first", "BABA").replace("console", "slack:C0DESK"))
    process = started(tmp_path, TAPEWIRE_SLACK_APP_TOKEN="xapp-1", TAPEWIRE_SLACK_TOKEN="xoxb-1", TAPEWIRE_RELOAD="0s",
                      TAPEWIRE_REDIS=redis_url, TAPEWIRE_HEALTH=f"127.0.0.1:{port}")  # fmt: skip
    try:
        await until(port, "live", 200)
        await until(port, "ready", 503, "holding: Kafka: ")
        (tmp_path / "watches.toml").write_text(WATCH.format("second", "NVDA"))
        process.send_signal(signal.SIGHUP)
        await until(port, "metrics", 200, r'tapewire_reloads_total{result="taken",what="watches"} 2\.0')
        process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(process.wait, 20) == 0
    finally:
        process.kill()
        _, said = process.communicate()
    assert "Traceback" not in said


async def test_what_cannot_go_on_ends_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rather than look alive."""
    words: list[str] = []
    told = asyncio.Event()

    def die(why: str) -> None:
        words.append(why)
        told.set()

    async def broken() -> None:
        raise ValueError("no desk")

    monkeypatch.setattr("streams.worker.jobs.exit_now", die)
    await asyncio.wait_for(alone(cast("DeskService", SimpleNamespace(run=broken)), (), told), 5)
    assert words == ["desk: ValueError('no desk')"]


def test_without_an_ear_it_says_so_and_ends_with_2(tmp_path: Path) -> None:
    """It has nothing else to do."""
    (tmp_path / "watches.toml").write_text(WATCH.format("first", "BABA"))
    process = started(tmp_path)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 2
    assert said.splitlines() == ["the role `desk` hears clicks: give `slack_app_token`"]


def started(folder: Path, **settings: str) -> subprocess.Popen[str]:
    """A worker of this role, at a Kafka that is not there."""
    mine = {k: v for k, v in os.environ.items() if "proxy" not in k.lower() and not k.startswith("TAPEWIRE_")}
    mine |= {"PYTHONPATH": str(ROOT), "TAPEWIRE_KAFKA": "127.0.0.1:1", "TAPEWIRE_SLACK_URL": "http://127.0.0.1:1/"}
    return subprocess.Popen(
        [sys.executable, "-m", "streams.cli", "worker", "--role", "desk"], cwd=folder, env=mine | settings, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
