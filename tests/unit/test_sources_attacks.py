"""The attack corpus: everything refused or bounded, and the reader still stands."""

from __future__ import annotations

import asyncio
import resource
import ssl
import time
import tomllib
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpcore
import pytest

from streams.basics.limits import ARTICLES_A_PAGE, MESSAGE_BYTES
from streams.records import Article
from streams.sources.base import NotRead, Page, Reading, Source
from streams.sources.dial import GuardedBackend
from streams.sources.fetch import SafeWeb
from streams.sources.guard import Guard, Place
from streams.sources.items import items_of
from streams.sources.registry import KINDS
from streams.sources.sift import sift
from streams.sources.unpack import Unpacker
from streams.sources.web import Got, Unreached, Unsafe
from streams.sources.writer import written
from streams.stages.decode import Decode
from streams.stages.normalise import Normalise
from tests.attacks.pages import PAGES, Hostile
from tests.attacks.server import ANSWERS, Answers, serving
from tests.attacks.tls import Secure, secure_server
from tests.build import NOON, arrival

ADDRESSES = tomllib.loads((Path(__file__).parents[1] / "attacks" / "addresses.toml").read_text())["attack"]
ALLOWED = ("good", "packed", "packed raw", "packed br", "a cookie", "huge etag", "to nowhere", "cut short")


def test_there_are_more_than_sixty() -> None:
    """Each is a case of its own below."""
    refused = [a for a in ANSWERS if a not in ALLOWED]
    assert len(ADDRESSES) + len(PAGES) + len(refused) >= 100


class Names:
    """A name system that answers as it is told, another answer each time; addresses stand for themselves."""

    def __init__(self, answers: Sequence[Sequence[str]]) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked += 1
        if not self.answers:
            return [host]
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class NoNetwork(httpcore.AsyncNetworkBackend):
    """Notes who would have been connected to."""

    def __init__(self) -> None:
        self.connected: list[str] = []

    async def connect_tcp(self, host: str, *_: Any, **__: Any) -> Any:
        self.connected.append(host)
        raise httpcore.ConnectError("no network in tests")


@pytest.mark.parametrize("attack", ADDRESSES, ids=lambda a: a["name"])
async def test_no_address_of_the_corpus_is_connected_to(attack: dict[str, Any]) -> None:
    """Refused when the address is read, or when its name is resolved; never after a connection."""
    guard = Guard(frozenset(attack.get("private", ())))
    below = NoNetwork()
    backend = GuardedBackend(guard, Names(attack.get("resolves", ())))
    backend._below = below  # type: ignore[assignment]
    url = attack["url"] + "a" * attack.get("long", 0)

    async def ask() -> None:
        place = guard.place(url)
        await backend.connect_tcp(place.host, place.port)

    with pytest.raises((Unsafe, httpcore.ConnectError)) as refused:
        await ask()
    assert below.connected == []
    assert attack["says"] in str(refused.value)


def test_a_bomb_of_which_nothing_comes_out_is_found_too() -> None:
    """Packed twice: what the outer layer gives is bounded, though the inner one makes nothing of it."""
    outer = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = outer.compress(b"\x1f\x8b\x08" + bytes(6) + b"\x03")
    packed += b"".join(outer.compress(b"\x00\x00\x00\xff\xff" * 200_000) for _ in range(20)) + outer.flush()
    unpacker = Unpacker("gzip, gzip")

    def fed() -> None:
        for at in range(0, len(packed), 4_096):
            unpacker.feed(packed[at : at + 4_096])

    with pytest.raises(Unsafe, match="a bomb"):
        fed()


async def test_a_name_that_changes_its_mind_is_asked_once() -> None:
    """Rebinding: what was checked is what is connected to, whatever the name says a moment later."""
    names, below = Names([["93.184.216.34"], ["127.0.0.1"]]), NoNetwork()
    backend = GuardedBackend(Guard(), names)
    backend._below = below  # type: ignore[assignment]
    with pytest.raises(httpcore.ConnectError):
        await backend.connect_tcp("rebind.example", 80)
    assert (below.connected, names.asked) == (["93.184.216.34"], 1)
    with pytest.raises(Unsafe):
        await backend.connect_tcp("rebind.example", 80)
    assert below.connected == ["93.184.216.34"]


def test_what_is_public_is_asked() -> None:
    """A guard that refuses everything would pass the corpus too."""
    guard = Guard()
    for url, host in (
        ("https://wire.example/feed?a=1#x", "wire.example"), ("http://wire.example:8080/", "wire.example"),
        ("https://münchen.example/", "xn--mnchen-3ya.example"), ("http://93.184.216.34/", "93.184.216.34"),
        ("http://[2606:2800:220:1::1]/", "2606:2800:220:1::1"),
    ):  # fmt: skip
        assert guard.place(url).host == host
    assert guard.place("/other", "https://wire.example/feed").url == "https://wire.example/other"
    place = Place("", "http", "wire.example", 80)
    assert guard.check(place, "93.184.216.34") == "93.184.216.34"
    assert guard.check(place, "2606:2800:220:1::1")
    assert Guard({"wire.example"}).check(place, "10.0.0.7") == "10.0.0.7"


async def _got(path: str, answers: Answers, within: int = 3_000) -> Got:
    async def here(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.1"] if host in ("127.0.0.1", "localhost") else [host]

    web = SafeWeb(Guard({"127.0.0.1"}), "test", resolve=here, timeout=within)
    try:
        return await web.get(f"http://127.0.0.1:{answers.port}/{path.replace(' ', '%20')}", {"authorization": "key"})
    finally:
        await web.close()


@pytest.mark.parametrize("path", sorted({*ANSWERS} - {*ALLOWED}))
async def test_no_answer_of_the_corpus_is_taken(path: str) -> None:
    """Refused within bounds of time and memory; the next page is read as ever."""
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    async with serving() as answers:
        with pytest.raises((Unsafe, Unreached)) as refused:
            await _got(path, answers)
        assert str(refused.value)
        assert b"Harbour" in (await _got("good", answers)).body
        assert not any(b"etc/passwd" in a or b"meta-data" in a for a in answers.asked)
    assert time.process_time() - began < 5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 700_000  # the server makes its bombs here too


async def _over_tls(name: str, secure: Secure, trust: ssl.SSLContext | None) -> Got:
    async def here(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    web = SafeWeb(Guard({f"{name}:{secure.port}"}), "test", resolve=here, trust=trust)
    try:
        await web.get(f"https://{name}:{secure.port}/feed", {})
        return await web.get(f"https://{name}:{secure.port}/feed?again", {})
    finally:
        await web.close()


async def test_a_checked_address_is_still_asked_by_its_name() -> None:
    """HTTP/2 over one connection; the handshake and the request carry the name, the certificate must be its."""
    async with secure_server("wire.example") as secure:
        assert b"Harbour" in (await _over_tls("wire.example", secure, secure.trust)).body
        assert (secure.names, secure.connections) == (["wire.example"], 1)
        assert [r[":authority"] for r in secure.requests] == [f"wire.example:{secure.port}"] * 2
        with pytest.raises(Unreached, match="certificate"):
            await _over_tls("other.example", secure, secure.trust)
        with pytest.raises(Unreached, match="certificate"):
            await _over_tls("wire.example", secure, None)


@pytest.mark.parametrize("path", ["endless", "slowly"])
async def test_bodies_that_never_end_are_left(path: str) -> None:
    """By size, or by time."""
    async with serving() as answers:
        with pytest.raises((Unsafe, Unreached)):
            await asyncio.wait_for(_got(path, answers, within=800), 10)


@pytest.mark.parametrize("path", ALLOWED)
async def test_harmless_answers_are_taken(path: str) -> None:
    """Odd is not evil."""
    async with serving() as answers:
        if path == "cut short":
            with pytest.raises(Unreached):
                await _got(path, answers)
            return
        got = await _got(path, answers)
        assert got.status == (302 if path == "to nowhere" else 200)
        assert (b"Harbour" in got.body) is (path != "to nowhere")
        assert len(got.headers.get("etag", "")) < 600
        assert b"\r\ncookie" not in b"".join(answers.asked)


def _read(page: Page, source: Source) -> tuple[Reading | None, str]:
    try:
        return KINDS["feed"].parse(page, source), ""
    except NotRead as refused:
        return None, str(refused)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
async def test_no_page_of_the_corpus_breaks_its_reader(page: Hostile) -> None:
    """Refused, or read into articles that triage takes."""
    source = Source(name="wire", kind="feed", outlet="Wire", url="https://wire.example/rss")
    began = time.process_time()
    asked = Page(body=page.body, media=page.media, seen=NOON, url=source.url)
    reading, refusal = _read(asked, source)
    assert time.process_time() - began < 3
    assert page.says in refusal
    assert len(refusal) < 500
    if reading is None:
        return
    assert not page.says
    assert len(reading.articles) <= min(page.articles, ARTICLES_A_PAGE)
    items, _ = items_of(reading.articles, source, asked)
    for sending in sift(items, {}).sending:
        value = written(sending, NOON).value
        assert len(value) < MESSAGE_BYTES
        assert b"root:" not in value
        (decoded,) = await Decode()([arrival(value)])
        assert isinstance(decoded, Article)
        (article,) = await Normalise()([decoded])
        assert isinstance(article, Article)
