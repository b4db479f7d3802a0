"""Doors for pushes that come, go and change their keys under a running ingest, over real sockets of 127.0.0.1."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme

from streams.basics.times import WallClock
from streams.embedded import free_port
from streams.records import Away
from streams.sources.base import Source, World
from streams.sources.ingest import Ingest
from streams.sources.intake import Intake
from streams.sources.keys import Keys
from streams.sources.porter import Certificate
from streams.sources.registry import KINDS
from streams.sources.tape import MemoryTape
from streams.sources.writer import Writer
from tests.feeds.porch import KEY, Porch

NEXT = "another-key-of-a-test"


def door(port: int, *keys: str, name: str = "desk-push", tls: Certificate | None = None) -> Source:
    """A source that listens."""
    options = {"host": "127.0.0.1", "port": port, "keys": Keys.of(keys), "tls": tls}
    return Source(name=name, kind="push", outlet="Harbour Wire", options=options)


@asynccontextmanager
async def ingesting(*sources: Source, tape: Any = None) -> AsyncIterator[tuple[Ingest, Porch]]:
    """An ingest of these, and what is behind it."""
    made, clock = Porch(tape=tape or MemoryTape()), WallClock()
    writer = Writer(book=made.book, tape=made.tape, clock=clock, settle=0)
    world: Any = World(clock=clock, web=None, book=made.book)  # type: ignore[arg-type]
    ingest = Ingest(kinds=KINDS, world=world, take=Intake(KINDS, writer), notice=made.notice, sources=sources)
    running = [asyncio.create_task(writer.run()), asyncio.create_task(ingest.run())]
    try:
        yield ingest, made
    finally:
        for task in running:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def push(client: httpx.AsyncClient, port: int, key: str, title: str, scheme: str = "http") -> int:
    """The status; 0 when nobody listens."""
    try:
        url = f"{scheme}://127.0.0.1:{port}/articles"
        answer = await client.post(url, json={"title": title}, headers={"authorization": f"Bearer {key}"})
    except httpx.ConnectError:
        return 0
    return answer.status_code


async def listening(client: httpx.AsyncClient, port: int, key: str, title: str, scheme: str = "http") -> int:
    """The same, as soon as somebody listens."""
    for _ in range(200):
        if status := await push(client, port, key, title, scheme):
            return status
        await asyncio.sleep(0.02)
    return 0


class Slow(MemoryTape):
    """Kafka that answers when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.answers = asyncio.Event(), asyncio.Event()

    async def write(self, records: Any) -> None:
        self.begun.set()
        await self.answers.wait()
        await super().write(records)


async def test_a_new_key_holds_from_the_next_request_on() -> None:
    """On the connection that is open, too; the push under way is answered as it began."""
    port, tape = free_port(), Slow()
    async with ingesting(door(port, KEY), tape=tape) as (ingest, made), httpx.AsyncClient(trust_env=False) as client:
        assert await listening(client, port, NEXT, "no") == 401
        under_way = asyncio.create_task(push(client, port, KEY, "One"))
        await tape.begun.wait()
        await ingest.change([door(port, NEXT)])
        assert [await push(client, port, KEY, "Two") for _ in range(3)] == [401] * 3
        tape.answers.set()
        assert await under_way == 202
        assert await push(client, port, NEXT, "Three") == 202
        await ingest.change([replace(door(port, NEXT), outlet="Harbour Late")])
        assert await push(client, port, NEXT, "Three") == 202
        assert made.titles == ["One", "Three", "Three"]  # of another outlet now


async def test_doors_come_go_and_move() -> None:
    """One that is gone takes nothing, also on an open connection; its address is free for the next at once."""
    first, second = free_port(), free_port()
    async with ingesting(door(first, KEY)) as (ingest, made), httpx.AsyncClient(trust_env=False) as client:
        assert await listening(client, first, KEY, "One") == 202
        await ingest.change([door(first, KEY), door(second, NEXT, name="other")])
        assert await listening(client, second, NEXT, "Two") == 202
        await ingest.change([door(second, KEY, name="renamed")])
        assert await listening(client, second, NEXT, "no") == 401
        assert await push(client, second, KEY, "Three") == 202
        assert await push(client, first, KEY, "no") == 0
        await ingest.change([door(first, KEY, name="renamed")])
        assert await listening(client, first, KEY, "Four") == 202
        assert await push(client, second, KEY, "no") == 0
        await ingest.change([])
        assert await push(client, first, KEY, "no") == 0
        assert made.titles == ["One", "Two", "Three", "Four"]


async def test_a_push_under_way_at_a_door_that_goes_is_answered_or_cut_never_half() -> None:
    """Kafka answers in time: 202. It does not: no answer, and nothing was promised."""
    for answers in (True, False):
        port, tape = free_port(), Slow()
        async with ingesting(door(port, KEY), tape=tape) as (ingest, _), httpx.AsyncClient(trust_env=False) as client:
            under_way = asyncio.create_task(listening(client, port, KEY, "One"))
            await tape.begun.wait()
            changing = asyncio.create_task(ingest.change([]))
            await asyncio.sleep(0.1)
            if answers:
                tape.answers.set()
                assert await under_way == 202
            else:
                with pytest.raises(httpx.RemoteProtocolError):
                    await under_way
            async with asyncio.timeout(20):
                await changing


async def test_a_renewed_certificate_is_shown_without_a_restart(tmp_path: Path) -> None:
    """Who trusts only the new authority is served."""
    port, seen = free_port(), []
    async with ingesting() as (ingest, made):
        for life in ("old", "new"):
            authority = trustme.CA()
            issued, trust = authority.issue_cert("127.0.0.1"), ssl.create_default_context()
            authority.configure_trust(trust)
            issued.cert_chain_pems[0].write_to_path(tmp_path / "tls.pem")
            issued.private_key_pem.write_to_path(tmp_path / "tls.key")
            await ingest.change([door(port, KEY, tls=Certificate.of(tmp_path / "tls.pem", tmp_path / "tls.key"))])
            async with httpx.AsyncClient(trust_env=False, verify=trust) as client:
                seen.append(await listening(client, port, KEY, life, "https"))
        assert seen == [202, 202] and made.titles == ["old", "new"]


async def test_while_kafka_is_away_a_door_that_changes_still_promises_nothing() -> None:
    """503 with either key's own answer: nothing is taken, nothing is lost."""

    class Gone(MemoryTape):
        async def write(self, records: Any) -> None:
            raise Away("Kafka")

    port = free_port()
    async with ingesting(door(port, KEY), tape=Gone()) as (ingest, made), httpx.AsyncClient(trust_env=False) as client:
        assert await listening(client, port, KEY, "One") == 503
        await ingest.change([door(port, NEXT)])
        assert [await push(client, port, key, "One") for key in (KEY, NEXT)] == [401, 503]
        assert made.titles == []
