"""The story memory on Redis Cluster: its keys share one hash tag, so the node that holds it can run the scripts."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import subprocess
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis
from redis.crc import key_slot
from redis.exceptions import RedisError

from streams.embedded import free_port
from streams.ports import Claim
from streams.records import Away, Kind
from streams.stories.redis import RedisStories
from tests.conftest import absent
from tests.story_build import told

pytestmark = pytest.mark.live

PREFIX = "desk.stories"
OURS = key_slot(PREFIX.encode())
FIRST = told(1, "Lumenta Photonics raises $3.2bn in convertible bond sale")


async def _until_answered(redis: Any, command: Sequence[Any], expected: str) -> None:
    end = time.monotonic() + 60
    answer = ""
    while time.monotonic() < end:
        try:
            answer = str(await redis.execute_command(*command))
        except RedisError as fault:
            answer = str(fault)
        if expected in answer:
            return
        await asyncio.sleep(0.1)
    pytest.fail(f"{command[:2]} did not come to {expected!r}: {answer!r}")


def _ports() -> tuple[int, int]:
    """One for clients and one for the other node; both were free a moment ago."""
    return free_port(), free_port()


def _node(binary: str, folder: Path) -> tuple[subprocess.Popen[bytes], Any]:
    """A server that runs: with other ports when somebody else was quicker to take one."""
    folder.mkdir()
    for _ in range(5):
        port, bus = _ports()
        place = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", ""]
        cluster = ["--cluster-enabled", "yes", "--cluster-port", str(bus)]
        server = subprocess.Popen([binary, *place, *cluster], stdout=subprocess.DEVNULL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(1.0)
            continue
        return server, Redis(port=port)
    pytest.fail("redis-server does not stay: five times in a row it ended within a second")


async def _joined(ours: Any, others: Any) -> None:
    """The first holds our slot alone, the second all others."""
    for node in (ours, others):
        await _until_answered(node, ["PING"], "True")
    await ours.execute_command("CLUSTER", "ADDSLOTS", OURS)
    await others.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, OURS - 1, OURS + 1, 16_383)
    port = ours.connection_pool.connection_kwargs["port"]
    bus = (await ours.config_get("cluster-port"))["cluster-port"]
    await _until_answered(others, ["CLUSTER", "MEET", "127.0.0.1", port, bus], "OK")
    for node in (ours, others):
        await _until_answered(node, ["CLUSTER", "INFO"], "cluster_state:ok")


@pytest.fixture
async def nodes(tmp_path: Path) -> AsyncIterator[list[Any]]:
    """A cluster of two nodes."""
    binary = shutil.which("redis-server")
    if binary is None:
        absent("no redis-server on the PATH; the one in a wheel may lack cluster support")
    started: list[tuple[subprocess.Popen[bytes], Any]] = []
    try:
        for name in ("ours", "others"):  # each enters the list at once: the first must go when the second fails
            node = await asyncio.to_thread(_node, str(binary), tmp_path / name)
            started.append(node)
        await _joined(*(client for _, client in started))
        yield [client for _, client in started]
    finally:
        for server, client in started:
            await client.aclose()
            server.kill()
            server.wait()


async def test_the_memory_runs_on_the_node_that_holds_its_keys(nodes: list[Any]) -> None:
    """Relating, claiming, releasing and measuring."""
    memory = RedisStories(nodes[0], PREFIX)
    [link] = await memory.relate([FIRST])
    [ruling] = await memory.claim([Claim(watch="lasers", story_id=link.id, article_key=FIRST.article_key)])
    await memory.release([FIRST.article_key])
    assert (ruling.kind, (await memory.size())["articles"]) == (Kind.NEW, 1)


async def test_another_node_is_refused_with_the_right_address(nodes: list[Any]) -> None:
    """No article is buried for it: the memory is away, and says where it would be."""
    port = nodes[0].connection_pool.connection_kwargs["port"]
    with pytest.raises(Away, match=f"{PREFIX}.*give its address") as refused:
        await RedisStories(nodes[1], PREFIX).relate([FIRST])
    assert str(port) in str(refused.value)
