"""A running `tapewire ingest` takes over a changed sources.toml, over real HTTP, and keeps the old when the new is bad."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from aiohttp import web

from streams.embedded import EmbeddedKafka, free_port
from streams.health.ask import ask
from streams.kafka.reader import TopicReader
from streams.names import Names

pytestmark = pytest.mark.live

KEYS = "the-first-key-of-a-test", "the-second-key-of-a-test"
ROOT = Path(__file__).parents[2]
PAGE = 20


@dataclass
class Wire:
    """Feeds that bring one more article at every request, and take their time."""

    port: int = 0
    begun: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)  # answered to the last byte
    still: bool = False  # nothing new any more
    numbers: Counter[str] = field(default_factory=Counter)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """A page."""
        name = request.match_info["name"]
        self.begun[name] += 1
        self.numbers[name] += not self.still
        newest = self.numbers[name]
        items = "".join(
            f"<item><title>Article {name}-{n}</title><guid>{name}-{n}</guid><link>https://{name}.example/{n}</link></item>"
            for n in range(max(1, newest - PAGE + 1), newest + 1)
        )
        await asyncio.sleep(1.0)
        self.ended[name] += 1
        return web.Response(text=f"<rss><channel>{items}</channel></rss>", content_type="application/rss+xml")


@asynccontextmanager
async def serving() -> AsyncIterator[Wire]:
    """On a free port of 127.0.0.1; a client that hangs up ends the answer."""
    made, app = Wire(), web.Application()
    app.router.add_get("/{name}", made.answer)
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.port = runner.addresses[0][1]
    try:
        yield made
    finally:
        await runner.cleanup()


@dataclass
class Desk:
    """A real ingest process, its files, and what it says of itself."""

    kafka: EmbeddedKafka
    redis: str
    folder: Path
    wire: Wire
    prefix: str = field(default_factory=lambda: f"t{uuid4().hex[:8]}.")
    door: int = field(default_factory=free_port)
    health: int = field(default_factory=free_port)
    life: subprocess.Popen[bytes] = field(init=False)

    @property
    def file(self) -> Path:
        """Its sources."""
        return self.folder / "sources.toml"

    def text(self, *feeds: str, private: bool = True) -> str:
        """These feeds, and a door."""
        head = f'[ingest]\npace = "0s"\nprivate = {[f"127.0.0.1:{self.wire.port}"] if private else []}\n'
        door = f'[[source]]\nname = "door"\nkind = "push"\nlisten = "127.0.0.1:{self.door}"\nkeys = ["file:key"]\n'
        tables = [
            f'[[source]]\nname = "{f}"\nurl = "http://127.0.0.1:{self.wire.port}/{f}"\nevery = "5s"\n' for f in feeds
        ]
        return head + door + "".join(tables)

    def environment(self) -> dict[str, str]:
        """Its settings; files are looked at five times a second."""
        mine = {k: v for k, v in os.environ.items() if "proxy" not in k.lower() and not k.startswith("TAPEWIRE_")}
        return mine | {
            "TAPEWIRE_KAFKA": self.kafka.bootstrap, "TAPEWIRE_REDIS": self.redis, "TAPEWIRE_PREFIX": self.prefix,
            "TAPEWIRE_SOURCES": str(self.file), "TAPEWIRE_RELOAD": "200ms",
            "TAPEWIRE_HEALTH": f"127.0.0.1:{self.health}",
        }  # fmt: skip

    def start(self) -> None:
        """A life of it."""
        with (self.folder / "ingest.log").open("ab") as log:
            command = [sys.executable, "-m", "streams.cli", "ingest"]
            self.life = subprocess.Popen(command, env=self.environment(), stdout=log, stderr=log, cwd=ROOT)

    def log(self) -> str:
        """What it said."""
        return (self.folder / "ingest.log").read_text(errors="replace")

    def notes(self) -> list[str]:
        """Of its health."""
        return ask("127.0.0.1", self.health, "", "ready")[1]

    async def metric(self, series: str) -> float:
        """What a series stands at; -1 when there is none."""
        async with httpx.AsyncClient(trust_env=False) as client:
            text = (await client.get(f"http://127.0.0.1:{self.health}/metrics")).text
        found = [line.rpartition(" ")[2] for line in text.splitlines() if line.startswith(f"tapewire_{series} ")]
        return float(found[0]) if found else -1.0

    async def push(self, key: str, title: str) -> int:
        """The status; 0 when nobody answers."""
        async with httpx.AsyncClient(trust_env=False) as client:
            try:
                url = f"http://127.0.0.1:{self.door}/articles"
                sent = {"authorization": f"Bearer {key}"}
                return (await client.post(url, json={"title": f"Article {title}"}, headers=sent)).status_code
            except httpx.TransportError:
                return 0

    async def told(self) -> Counter[str]:
        """Articles on the topic."""
        found: Counter[str] = Counter()
        async with TopicReader(self.kafka.bootstrap) as reader:
            async for records in reader.read(await reader.ranges(Names(self.prefix).articles)):
                found.update(json.loads(r.value)["title"].split()[1] for r in records)
        return found

    async def until(self, what: Callable[[], bool], why: str) -> None:
        """Patiently."""
        for _ in range(900):
            if await asyncio.to_thread(what):
                return
            await asyncio.sleep(0.1)
        raise AssertionError(f"{why}\n{self.log()[-2_000:]}")


@pytest.fixture
async def desk(tmp_path: Path, redis_url: str, embedded_kafka: EmbeddedKafka) -> AsyncIterator[Desk]:
    """Two feeds and a door, running."""
    async with serving() as wire:
        made = Desk(embedded_kafka, redis_url, tmp_path, wire)
        embedded_kafka.create(Names(made.prefix).articles, Names(made.prefix).alerts)
        (tmp_path / "key").write_text(KEYS[0])
        made.file.write_text(made.text("stays", "goes"))
        made.start()
        yield made
        wire.still = True
        expected = {f"{name}-{n}" for name in ("stays", "new") for n in range(1, wire.numbers[name] + 1)}
        for _ in range(300):
            told = await made.told()
            if expected <= told.keys():
                break
            await asyncio.sleep(0.2)
        made.life.send_signal(signal.SIGTERM)
        try:
            code = await asyncio.to_thread(made.life.wait, 90)
        finally:
            made.life.kill()
        assert code == 0, made.log()[-2_000:]
        assert expected - told.keys() == set() and [k for k, n in told.items() if n > 1] == []
        assert "Traceback" not in made.log()


async def test_sources_come_go_and_change_without_a_restart(desk: Desk) -> None:
    """In a storm of signals, while a feed is being fetched: its answer is read to the end, nobody else notices."""
    wire = desk.wire
    await desk.until(lambda: wire.ended["goes"] > 0 and wire.begun["stays"] > wire.ended["stays"], "nobody asks")
    under_way = wire.begun["stays"]
    desk.file.with_suffix(".new").write_text(desk.text("stays", "new"))
    desk.file.with_suffix(".new").rename(desk.file)
    for _ in range(100):
        desk.life.send_signal(signal.SIGHUP)
    await desk.until(lambda: wire.ended["new"] > 0, "the new one is not asked")
    asked = wire.begun["goes"]
    await desk.until(lambda: wire.begun["stays"] >= under_way + 2, "who stays is asked no more")
    assert wire.begun["goes"] == asked
    assert wire.ended["stays"] >= wire.begun["stays"] - 1, "an answer was thrown away"
    assert "new: new; gone: goes" in desk.log()


async def test_a_key_and_a_private_host_are_taken_for_the_next_request(desk: Desk) -> None:
    """A key that is replaced in its own file; a host that is no longer allowed, though a connection to it is open."""
    await desk.until(lambda: desk.wire.ended["stays"] > 0, "nobody asks")
    assert [await desk.push(key, "door-1") for key in KEYS] == [202, 401]
    (desk.folder / "key").write_text(KEYS[1])
    await desk.until(lambda: "changed: door" in desk.log(), "the key is not taken")
    assert [await desk.push(key, "door-2") for key in KEYS] == [401, 202]
    desk.file.write_text(desk.text("stays", private=False))
    await desk.until(lambda: "[ingest] changed" in desk.log(), "the manners are not taken")
    before = desk.wire.begun["stays"]
    for _ in range(200):
        if await desk.metric('source_failures_total{source="stays"}') >= 1:
            break
        await asyncio.sleep(0.1)
    assert desk.wire.begun["stays"] == before
    desk.file.write_text(desk.text("stays"))
    await desk.until(lambda: desk.wire.begun["stays"] > before, "who is allowed again is not asked")


async def test_a_bad_file_keeps_the_old_and_says_so(desk: Desk) -> None:
    """Half a file, an empty one: log, health, metric and `tapewire check` name it; mended, it is taken."""
    await desk.until(lambda: desk.wire.ended["stays"] > 0, "nobody asks")
    whole = desk.text("stays", "new")
    for text, words in ((whole[:-8], "sources.toml:16: no TOML"), ("", "sources.toml: no [[source]] in it")):
        desk.file.write_text(text)
        note = "sources on disk is refused, the old one stays in use: "
        await desk.until(lambda note=note, words=words: any(note in n and words in n for n in desk.notes()), words)  # type: ignore[misc]
        assert await desk.metric('reload_ok{what="sources"}') == 0
        assert f"refused, the old sources stay in use: {desk.file.parent / words}" in desk.log()
        command = [sys.executable, "-m", "streams.cli", "check"]
        checked = await asyncio.to_thread(
            subprocess.run, command, env=desk.environment(), cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert checked.returncode == 2 and words in checked.stderr
    before = desk.wire.begun["stays"]
    await desk.until(lambda: desk.wire.begun["stays"] > before, "the old one is asked no more")
    assert await desk.push(KEYS[0], "door-3") == 202
    desk.file.write_text(whole)
    await desk.until(lambda: desk.wire.begun["new"] > 0 and desk.notes() == [], "the mended file is not taken")
    assert await desk.metric('reload_ok{what="sources"}') == 1
