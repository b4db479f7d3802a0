"""Pushes over real sockets of 127.0.0.1: acknowledged when the topic has them, refused with the mend, never half."""

from __future__ import annotations

import asyncio
import gzip
import json
import ssl
import tracemalloc
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme

from streams.basics import limits
from streams.records import Away
from streams.sources.base import Page
from streams.sources.door import description
from streams.sources.porter import Certificate
from streams.sources.pushed import Refused, parse
from streams.sources.registry import KINDS
from streams.sources.settings import BadSources, read_sources
from streams.sources.tape import MemoryTape
from tests.attacks.pushes import BODIES, HEADS, Attack
from tests.feeds.porch import KEY, SOURCE, Porch, porch

JSON = "application/json"


async def push(at: Porch, body: Any, media: str = JSON, **headers: str) -> httpx.Response:
    """With the right key."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    async with httpx.AsyncClient(trust_env=False, timeout=20) as client:
        sent = {"authorization": f"Bearer {KEY}", "content-type": media, **headers}
        return await client.post(at.url + "/articles", content=content, headers=sent)


async def test_one_a_list_and_lines_enter_in_the_order_they_are_told() -> None:
    """202 with counts; the same again is known, other words are an update, a removal needs only the id."""
    async with porch() as at:
        first = {"id": 1, "title": "Harbour opens"}
        answers = [
            await push(at, first),
            await push(at, [{"id": 2, "title": "Würde"}, first, {"id": 2, "status": "killed"}]),
            await push(at, b'{"id": 1, "title": "Harbour opens late"}\n\n{"title": "Three"}\r\n', "application/jsonl"),
            await push(at, gzip.compress('{"title": "Größe"}'.encode("latin-1")), f"{JSON}; charset=latin-1",
                **{"content-encoding": "gzip"}),
            await push(at, gzip.compress('{"title": "Größe"}'.encode("latin-1")), f'{JSON}; Charset="ISO-8859-1"',
                **{"content-encoding": "gzip"}),
        ]  # fmt: skip
        assert [a.status_code for a in answers] == [202, 202, 202, 415, 202]
        assert answers[1].json() == {"taken": 2, "known": 1}
        assert at.titles == ["Harbour opens", "Würde", "Würde", "Harbour opens late", "Three", "Größe"]
        await at.tally.tell()
        fault, good = at.visits
    assert good.taken is not None and good.taken.sent == 6 and "charset" in fault.fault


async def test_a_refusal_names_every_article_its_field_and_the_mend_and_takes_nothing() -> None:
    """All or nothing."""
    async with porch() as at:
        listed = await push(at, [{"title": "right"}, {"title": 7}, {"title": "x", "published": "soon"}])
        lines = await push(at, b'{"title": "right"}\n\nnonsense', "application/x-ndjson")
        assert at.titles == []
    assert listed.status_code == lines.status_code == 422
    assert [(f["index"], f["field"]) for f in listed.json()["faults"]] == [(1, "title"), (2, "published")]
    assert "send a string" in listed.json()["faults"][0]["error"]
    assert lines.json()["faults"][0]["line"] == 3


async def test_while_kafka_is_away_nothing_is_acknowledged() -> None:
    """503 with Retry-After, without its inside; the same push again is taken once."""

    class Gone(MemoryTape):
        async def write(self, records: Any) -> None:
            await super().write(records)
            if len(self.records) == 1:
                raise Away("kafka-1.intranet.example: refused")

    async with porch(Porch(tape=Gone())) as at:
        away = await push(at, {"title": "Harbour opens"})
        again = await push(at, {"title": "Harbour opens"})
    assert away.status_code == 503 and away.headers["retry-after"] == "1" and "intranet" not in away.text
    assert (again.status_code, again.json()) == (202, {"taken": 0, "known": 1})
    assert len(at.titles) == 1


async def answer_of(at: Porch, attack: Attack) -> tuple[int, bytes]:
    """The status, 0 for none, and all that was said."""
    reader, writer = await asyncio.open_connection("127.0.0.1", at.port)
    try:
        writer.write(attack.sends())
        if not attack.half and writer.can_write_eof():
            await writer.drain()
        async with asyncio.timeout(20):
            said = await reader.read(4_000)
            while b"\r\n\r\n" not in said and (more := await reader.read(4_000)):
                said += more
    except ConnectionError:
        said = b""
    finally:
        writer.close()
    return (int(said.split(b" ", 2)[1]) if said else 0), said


@pytest.mark.parametrize("attacks", [HEADS, BODIES], ids=["heads", "bodies"])
async def test_every_attack_is_refused_or_bounded_and_the_door_stays_open(
    attacks: tuple[Attack, ...], caplog: pytest.LogCaptureFixture
) -> None:
    """Each has the right answer, enters what it should, tells no key and no inside; a good push works after it."""
    wrong = []
    async with porch(patience=400) as at:
        for attack in attacks:
            before = len(at.tape.records)
            at.book.sent.clear()  # each is news
            status, said = await answer_of(at, attack)
            entered = len(at.tape.records) - before
            if status not in attack.right or (attack.enters >= 0 and entered != attack.enters):
                wrong.append((attack.name, status, entered))
            assert KEY.encode() not in said and b"Traceback" not in said and b"aiohttp" not in said
        assert (await push(at, {"title": "And still"})).status_code == 202
    assert wrong == []
    assert KEY not in caplog.text


async def test_bodies_in_hand_are_bounded_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many slow senders at once are asked to come again; when they are gone there is room."""
    monkeypatch.setattr(limits, "PUSHES_HELD_BYTES", 100_000)
    async with porch(patience=1_000) as at:
        slow = Attack("slow", HEADS[0].sends, (0,))
        head = f"POST /articles HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\nContent-Length: 90000\r\n\r\n"
        held = Attack(slow.name, lambda: head.encode() + b" " * 80_000, (408,), half=True)
        waiting = asyncio.create_task(answer_of(at, held))
        await asyncio.sleep(0.3)
        assert (await push(at, b" " * 30_000)).status_code == 503
        assert (await waiting)[0] == 408
        assert (await push(at, {"title": "Room again"})).status_code == 202


def test_lines_beyond_the_most_are_not_even_taken_apart() -> None:
    """A megabyte of digits and line feeds costs no hundred megabytes."""
    page = Page(body=b"1\n" * 500_000, media="application/x-ndjson", seen=0)
    tracemalloc.start()
    try:
        with pytest.raises(Refused, match="too many articles"):
            parse(page, SOURCE)
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


async def test_who_sends_half_a_head_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also after a whole one; others do not notice."""
    monkeypatch.setattr(limits, "SILENT_MS", 1_000)
    async with porch() as at:
        slow = b"POST /articles HTTP/1.1\r\nHost: x\r\nX-Slow: "
        half = Attack("half a head", lambda: slow, (0,), half=True)
        waiting = [asyncio.create_task(answer_of(at, half)) for _ in range(50)]
        assert (await push(at, {"title": "Harbour opens"})).status_code == 202
        assert {status for status, _ in await asyncio.gather(*waiting)} == {0}
        reader, writer = await asyncio.open_connection("127.0.0.1", at.port)
        writer.write(b"GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n" + slow)
        async with asyncio.timeout(5):
            assert (await reader.read()).startswith(b"HTTP/1.1 404")
        writer.close()


async def test_a_flood_of_connections_keeps_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has waited longest without a request makes room; who is being served stays."""
    monkeypatch.setattr(limits, "CONNECTIONS", 20)
    async with porch(patience=3_000) as at:
        head = f"POST /articles HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\nContent-Length: 90\r\n\r\n"
        served = asyncio.create_task(answer_of(at, Attack("served", head.encode, (408,), half=True)))
        await asyncio.sleep(0.1)
        silent = [await asyncio.open_connection("127.0.0.1", at.port) for _ in range(60)]
        assert (await push(at, {"title": "Harbour opens"})).status_code == 202
        async with asyncio.timeout(5):
            gone = [await reader.read(1) for reader, _ in silent[:40]]
        assert gone == [b""] * 40
        assert not served.done()
        assert (await served)[0] == 408
        for _, writer in silent:
            writer.close()


async def test_with_a_certificate_the_door_speaks_tls_and_nothing_else(tmp_path: Path) -> None:
    """A client that trusts the authority is served; one that speaks plainly is not."""
    authority = trustme.CA()
    made = authority.issue_cert("127.0.0.1")
    certificate, key = tmp_path / "tls.pem", tmp_path / "tls.key"
    made.cert_chain_pems[0].write_to_path(certificate)
    made.private_key_pem.write_to_path(key)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    async with porch(tls=Certificate(certificate, key)) as at:
        async with httpx.AsyncClient(trust_env=False, verify=trusting) as client:
            sent = {"authorization": f"Bearer {KEY}"}
            assert at.url.startswith("https://")
            assert (await client.post(at.url + "/articles", json={"title": "Quietly"}, headers=sent)).status_code == 202
        at.url = at.url.replace("https", "http")
        with pytest.raises(httpx.HTTPError):
            await push(at, {"title": "Loudly"})
    assert at.titles == ["Quietly"]


async def test_the_document_says_what_the_limits_are() -> None:
    """It is written by hand; this holds it to the code."""
    async with porch() as at, httpx.AsyncClient(trust_env=False) as client:
        assert (await client.get(at.url + "/openapi.json")).json() == description()
    text = json.dumps(description())
    for bound in (limits.ARTICLES_A_PAGE, limits.PAGE_BYTES, limits.PUSHED_BYTES, limits.MARKUP_CHARS):
        assert str(bound) in text
    article = description()["components"]["schemas"]["Article"]["properties"]
    assert article["id"]["maxLength"] == article["url"]["maxLength"] == limits.URL_CHARS
    assert article["title"]["maxLength"] == limits.HEADLINE_CHARS_REFUSED


def test_an_open_door_without_keys_or_cover_is_a_fault_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """No key in the file, none too short, none on an open address without TLS; and no key is ever printed."""
    monkeypatch.setenv("SHORT", "short")
    monkeypatch.setenv("LONG", "long-enough-for-a-key")
    bad = {
        "": "is missing", 'keys = ["long-enough-for-a-key"]': "no key stands in this file",
        'keys = ["env:SHORT"]': "at least 16", 'keys = ["file:none"]': "FileNotFoundError",
        'keys = ["env:LONG"]\nlisten = "0.0.0.0:80"': "open to others", 'keys = ["env:LONG"]\nlisten = "x"': "address and a port",
    }  # fmt: skip
    for lines, words in bad.items():
        with pytest.raises(BadSources) as refused:
            read_sources(f'[[source]]\nname = "p"\nkind = "push"\n{lines}\n', "s.toml", KINDS)
        assert words in str(refused.value)
        assert "long-enough" not in str(refused.value)
    good = 'keys = ["env:LONG"]\nlisten = "0.0.0.0:80"\nbehind_proxy = true'
    (source,) = read_sources(f'[[source]]\nname = "p"\nkind = "push"\n{good}\n', "s.toml", KINDS).sources
    assert source.options["keys"].open("bearer long-enough-for-a-key")
    assert "long-enough" not in repr(source)
