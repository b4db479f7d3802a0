"""Health: what makes a worker dead or not ready, and who may read why."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from streams.basics import limits
from streams.cli import main
from streams.embedded import free_port
from streams.health.ask import ask
from streams.health.server import HealthServer
from streams.health.signs import Signs, Verdict, judge

WELL = {"looked": 100.0, "joined": True}


def signs(**changes: object) -> Signs:
    """A worker that is well, but for these changes."""
    made = Signs(role="all", stall_s=120)
    for name, value in (WELL | changes).items():
        setattr(made, name, value)
    return made


def test_a_worker_that_is_well_has_nothing_against_it() -> None:
    """Whether it has partitions is not asked: a spare waits for its turn."""
    assert judge(signs(), 101) == Verdict()


@pytest.mark.parametrize(
    ("changes", "live", "ready"),
    [
        ({"looked": 0.0}, "", "waiting to begin: not a member of the consumer group yet"),
        ({"looked": 0.0, "waiting": "Kafka: gone"}, "", "waiting to begin: Kafka: gone"),
        ({"joined": False}, "", "waiting to begin: not a member of the consumer group yet"),
        ({"missing": ["articles"]}, "", "no topic articles: run `tapewire topics apply`"),
        ({"looked": 60.0}, "nobody has looked at this worker for 41 s", "nobody has looked at this worker for 41 s"),
        ({"standing": ("articles/3", 40.0)}, "", "articles/3 has not moved for 40 s"),
        ({"standing": ("articles/3", 140.0)}, "articles/3 has not moved for 140 s", "articles/3 has not moved"),
        ({"standing": ("articles/3", 140.0), "away": lambda: "Redis: gone"}, "", "holding: Redis: gone"),
        ({"redis": "refused"}, "", "Redis: refused"),
        ({"delay": 3.0}, "", "the event loop is 3.0 s late"),
        ({"delay": 25.0}, "the event loop is 25 s late", "the event loop is 25 s late"),
        ({"held": {"slack": "token_revoked"}}, "", "slack takes nothing: token_revoked"),
    ],
)
def test_each_trouble_has_its_reason(changes: dict[str, object], live: str, ready: str) -> None:
    """What a restart would mend is against living; everything that keeps alerts back is against being ready."""
    verdict = judge(signs(**changes), 101)
    assert len(verdict.ready) == 1
    assert verdict.ready[0].startswith(ready)
    assert list(verdict.live) == ([live] if live else [])


def test_slack_is_no_business_of_triage_and_a_refused_file_only_a_note() -> None:
    """A worker that speaks to nobody is ready while Slack is not; a bad file keeps the old one working."""
    assert judge(signs(role="triage", held={"slack": "x"}), 101) == Verdict()
    verdict = judge(signs(refused={"watches": "line 3"}), 101)
    assert verdict.ready == ()
    assert verdict.notes == ("watches on disk is refused, the old one stays in use: line 3",)


@asynccontextmanager
async def served(token: str, verdict: Callable[[], Verdict]) -> AsyncIterator[tuple[int, aiohttp.ClientSession]]:
    """A health server on a free port, and a client."""
    port = free_port()
    server = HealthServer("127.0.0.1", port, token, verdict=verdict, metrics=lambda: b"tapewire_ready 1.0\n")
    task = asyncio.create_task(server.run())
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as client:
        for _ in range(200):
            try:
                await (await client.get("/live")).read()
                break
            except aiohttp.ClientConnectorError:
                await asyncio.sleep(0.02)
        yield port, client
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_the_server_answers_with_reasons_and_metrics() -> None:
    """200 for yes, 503 for no; nothing else is there."""
    now = [Verdict()]
    async with served("", lambda: now[0]) as (port, client):
        async with client.get("/ready") as answer:
            assert (answer.status, await answer.json()) == (200, {"ready": True, "reasons": [], "notes": []})
        now[0] = Verdict(ready=("Redis: gone",), notes=("n",))
        async with client.get("/ready") as answer:
            assert (answer.status, (await answer.json())["reasons"]) == (503, ["Redis: gone"])
        async with client.get("/live") as answer:
            assert answer.status == 200
        async with client.get("/metrics") as answer:
            assert await answer.text() == "tapewire_ready 1.0\n"
            assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        for path, method in (("/", "GET"), ("/stop", "POST"), ("/ready", "POST"), ("/metrics", "DELETE")):
            async with client.request(method, path) as answer:
                assert answer.status in (404, 405)
        assert await asyncio.to_thread(ask, "127.0.0.1", port, "", "ready") == (False, ["Redis: gone", "n"])
        assert await asyncio.to_thread(ask, "0.0.0.0", port, "", "live") == (True, ["n"])  # noqa: S104


async def test_with_a_token_only_its_bearer_reads_more_than_yes_or_no() -> None:
    """A probe needs no token; reasons and numbers do."""
    async with served("s3cret", lambda: Verdict(ready=("Redis: at 10.0.0.7",))) as (port, client):
        async with client.get("/ready") as answer:
            assert (answer.status, await answer.json()) == (503, {"ready": False})
        for wrong in ({}, {"Authorization": "Bearer nope"}, {"Authorization": "Bearer "}, {"Authorization": "\udcff"}):
            async with client.get("/metrics", headers=wrong) as answer:
                assert (answer.status, await answer.read()) == (401, b"")
        async with client.get("/metrics", headers={"Authorization": "Bearer s3cret"}) as answer:
            assert answer.status == 200
        assert await asyncio.to_thread(ask, "127.0.0.1", port, "s3cret", "ready") == (False, ["Redis: at 10.0.0.7"])


async def test_who_never_ends_a_request_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Silent or with half a head, they hold no descriptor for long; a byte that is no letter is no error of ours."""
    monkeypatch.setattr(limits, "SILENT_MS", 1_000)
    async with served("s3cret", Verdict) as (port, _):
        for sent, said in ((b"", b""), (b"GET /live HTTP/1.1\r\nX-Slow: ", b""),
                           (b"GET /metrics HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \xff\r\n\r\n", b"HTTP/1.1 401")):  # fmt: skip
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(sent)
            async with asyncio.timeout(5):
                assert (await reader.read())[:12] == said
            writer.close()


async def test_a_port_that_is_taken_is_served_when_it_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second worker on one machine goes on without, and takes over when the first is gone."""
    monkeypatch.setattr("streams.health.server._TAKEN_S", 0.05)
    async with served("", Verdict) as (port, _):
        second = HealthServer("127.0.0.1", port, "", verdict=lambda: Verdict(live=("second",)), metrics=lambda: b"")
        task = asyncio.create_task(second.run())
        await asyncio.sleep(0.2)
        assert (await asyncio.to_thread(ask, "127.0.0.1", port, "", "live"))[0]
    for _ in range(100):
        _, words = await asyncio.to_thread(ask, "127.0.0.1", port, "", "live")
        if words == ["second"]:
            break
        await asyncio.sleep(0.05)
    assert words == ["second"]
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def test_the_command_ends_with_0_1_or_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a container's health check needs; it says why."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TAPEWIRE_HEALTH", f"127.0.0.1:{free_port()}")
    assert main(["health"]) == 1
    assert "no worker answers on 127.0.0.1" in capsys.readouterr().out
    monkeypatch.setenv("TAPEWIRE_HEALTH", "off")
    assert main(["health"]) == 2
    monkeypatch.setenv("TAPEWIRE_HEALTH", "nowhere")
    assert main(["health"]) == 2


@pytest.mark.parametrize("said", ['{"reasons": null, "ready": true}', '{"reasons": 5}', "[]", "null", "no json"])
async def test_whatever_answers_is_no_traceback(said: str) -> None:
    """Another program may listen there."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {len(said)}\r\n\r\n{said}".encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    well, words = await asyncio.to_thread(ask, "127.0.0.1", port, "", "ready")
    assert not well
    assert "no worker answers on 127.0.0.1" in words[0]
    server.close()


def test_asking_loads_nothing_heavy() -> None:
    """A health check runs every few seconds: no Faust, numpy, Redis or web client."""
    script = (
        "import sys, json\nfrom streams.cli import main\nmain(['health'])\n"
        "print(json.dumps([m for m in ('faust','numpy','redis','aiohttp','aiokafka','rich') if m in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout.splitlines()[-1]) == []
