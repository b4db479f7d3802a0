"""`tapewire sources`: what an address gives, what is ill, and the league of a real ledger."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from streams.basics.times import DAY, HOUR, WallClock
from streams.cli import main
from streams.names import Names
from streams.sources.base import Source, Taken, Visit
from streams.sources.health import Health, learn
from streams.sources.redis_book import RedisBook
from tests.attacks.server import Answers, serving

pytestmark = pytest.mark.live


@pytest.fixture
def answers() -> Iterator[Answers]:
    """The attack server, in a thread: the command runs a loop of its own."""
    ready, stop, found = threading.Event(), asyncio.Event(), []
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        async with serving() as made:
            found.append(made)
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    ready.wait(10)
    yield found[0]
    loop.call_soon_threadsafe(stop.set)
    thread.join(10)
    loop.close()


def test_an_address_is_read_as_ingest_would(answers: Answers, capsys: pytest.CaptureFixture[str]) -> None:
    """What came, what would enter, what is missing; a private address only when it is said to be one."""
    url = f"http://127.0.0.1:{answers.port}/good"
    assert main(["sources", "test", url]) == 1
    assert "not public" in capsys.readouterr().out
    assert main(["sources", "test", url, "--private"]) == 0
    out = capsys.readouterr().out
    assert "rss: 1 articles" in out
    assert "Harbour opens" in out
    assert "missing: `url` in 1 of 1" in out
    assert "missing: `published` in 1 of 1" in out
    assert main(["sources", "test", url, "--private", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["form"], found["enter"], found["newest"][0]["title"]) == ("rss", 1, "Harbour opens")


def test_what_is_no_feed_says_what_it_is(answers: Answers, capsys: pytest.CaptureFixture[str]) -> None:
    """So that the next try is a better one."""
    assert main(["sources", "test", f"http://127.0.0.1:{answers.port}/bomb", "--private"]) == 1
    assert "when unpacked" in capsys.readouterr().out
    assert main(["sources", "test", "file:///etc/passwd"]) == 1
    assert "only http" in capsys.readouterr().out
    assert main(["sources", "test"]) == 2


@pytest.fixture
def desk(tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A prefix with three sources: one well, one dead for a week, one never visited."""
    prefix = f"t{uuid4().hex[:8]}."
    names = ("alive", "dead", "new")
    tables = [f'[[source]]\nname = "{n}"\nurl = "https://{n}.example/feed"\n' for n in names]
    (tmp_path / "sources.toml").write_text("\n".join(tables))
    for name, value in (("REDIS", redis_url), ("PREFIX", prefix), ("SOURCES", str(tmp_path / "sources.toml"))):
        monkeypatch.setenv(f"TAPEWIRE_{name}", value)

    async def note() -> None:
        now = WallClock().now()
        book = RedisBook(Redis.from_url(redis_url), Names(prefix).sources)
        for name, last in (("alive", now), ("dead", now - 7 * DAY)):
            source = Source(name=name, kind="feed", outlet=name)
            health = Health()
            dated = tuple(last - i * HOUR for i in range(800))
            learn(health, Visit(at=last, taken=Taken(new=800, arrived=dated, form="rss", listed=800)), source)
            learn(health, Visit(at=now), source)
            await book.note(name, health.encode())
        await book.close()

    asyncio.run(note())
    return prefix


def test_the_ill_are_told_and_the_well_are_not(desk: str, capsys: pytest.CaptureFixture[str]) -> None:
    """list shows all, check the ill; both say so by their code."""
    assert desk
    assert main(["sources", "list", "--json"]) == 1
    rows = {r["source"]: r for r in json.loads(capsys.readouterr().out)["sources"]}
    assert set(rows["dead"]["ills"]) == {"silent"}
    assert rows["alive"]["ills"] == rows["new"]["ills"] == {}
    assert rows["alive"]["an_hour"] == pytest.approx(1.0, abs=0.1)
    assert main(["sources", "list"]) == 1
    assert main(["sources", "check"]) == 1
    out = capsys.readouterr().out
    assert "3 sources, no fault" in out


def test_faults_of_the_file_are_told(desk: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With file and line, and code 2."""
    assert desk
    (tmp_path / "sources.toml").write_text('[[source]]\nname = "a"\nurl = "gopher://a"\n')
    assert main(["sources", "check"]) == 2
    assert "sources.toml:3: `url`" in capsys.readouterr().err
    assert main(["ingest"]) == 2
