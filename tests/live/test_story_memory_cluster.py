"""The story memory on Redis Cluster: its keys share one hash tag, so the node that holds it can run the scripts."""

from __future__ import annotations

import asyncio
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


async def _until_answered(redis: Any, command: Sequence[Any], expected: bytes) -> None:
    end = time.monotonic() + 20
    while True:
        try:
            if expected in await redis.execute_command(*command):
                return
        except RedisError:
            pass
        if time.monotonic() > end:
            pytest.fail(f"{command[:2]} did not come to {expected!r}")
        await asyncio.sleep(0.1)


def _start(binary: str, folder: Path) -> tuple[subprocess.Popen[bytes], int]:
    port = free_port()
    while port > 55_000:  # the nodes talk to each other on a port 10,000 higher
        port = free_port()
    folder.mkdir()
    place = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", ""]
    server = subprocess.Popen([binary, *place, "--cluster-enabled", "yes"], stdout=subprocess.DEVNULL)
    return server, port


@pytest.fixture
async def nodes(tmp_path: Path) -> AsyncIterator[list[Any]]:
    """A cluster of two nodes: the first holds our slot alone, the second all others."""
    binary = shutil.which("redis-server")
    if binary is None:
        absent("no redis-server on the PATH; the one in a wheel may lack cluster support")
    started = [_start(str(binary), tmp_path / name) for name in ("ours", "others")]
    clients = [Redis(port=port) for _, port in started]
    ours, others = clients
    await _until_answered(ours, ["CLUSTER", "ADDSLOTS", OURS], b"OK")
    await _until_answered(others, ["CLUSTER", "ADDSLOTS", *(s for s in range(16_384) if s != OURS)], b"OK")
    await _until_answered(others, ["CLUSTER", "MEET", "127.0.0.1", started[0][1]], b"OK")
    for client in clients:
        await _until_answered(client, ["CLUSTER", "INFO"], b"cluster_state:ok")
    yield clients
    for client, (server, _) in zip(clients, started, strict=True):
        await client.aclose()
        server.kill()
        server.wait()


async def test_the_memory_runs_on_the_node_that_holds_its_keys(nodes: list[Any]) -> None:
    """Relating, claiming, releasing and measuring."""
    memory = RedisStories(nodes[0], PREFIX)
    [link] = await memory.relate([FIRST])
    [ruling] = await memory.claim([Claim(watch="lasers", story_id=link.id, article_id=FIRST.article_id)])
    await memory.release([FIRST.article_id])
    assert (ruling.kind, (await memory.size())["articles"]) == (Kind.NEW, 1)


async def test_another_node_is_refused_with_the_right_address(nodes: list[Any]) -> None:
    """No article is buried for it: the memory is away, and says where it would be."""
    port = nodes[0].connection_pool.connection_kwargs["port"]
    with pytest.raises(Away, match=f"{PREFIX}.*give its address") as refused:
        await RedisStories(nodes[1], PREFIX).relate([FIRST])
    assert str(port) in str(refused.value)
