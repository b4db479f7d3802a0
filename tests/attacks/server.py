"""Answers that try to break their reader, over real sockets of 127.0.0.1: raw, since no library would send them."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache

import brotli

FEED = b"<rss><channel><item><title>Harbour opens</title><guid>1</guid></item></channel></rss>"
ZEROS = b"\x00" * 30_000_000


@dataclass(slots=True)
class Answers:
    """What the server was asked."""

    port: int = 0
    asked: list[bytes] = field(default_factory=list)


def _plain(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    head = "\r\n".join((f"HTTP/1.1 {status}", f"content-length: {len(body)}", "connection: close", *headers))
    return head.encode() + b"\r\n\r\n" + body


def _to(where: str, status: str = "302 Found") -> bytes:
    return _plain(b"", f"location: {where}", status=status)


@cache
def _bomb(encoding: str) -> bytes:
    match encoding:
        case "gzip":
            return gzip.compress(ZEROS)
        case "gzip gzip":
            return gzip.compress(gzip.compress(ZEROS))
        case "deflate":
            return zlib.compress(ZEROS)
        case _:
            return bytes(brotli.compress(ZEROS, quality=3))


ANSWERS: dict[str, Callable[[int], bytes]] = {
    "good": lambda _: _plain(FEED, "content-type: application/rss+xml"),
    "packed": lambda _: _plain(gzip.compress(FEED), "content-encoding: gzip"),
    "packed raw": lambda _: _plain(zlib.compress(FEED)[2:-4], "content-encoding: deflate"),
    "packed br": lambda _: _plain(brotli.compress(FEED), "content-encoding: br"),
    "to a file": lambda _: _to("file:///etc/passwd"),
    "to a secret": lambda _: _to("http://169.254.169.254/latest/meta-data/"),
    "to a private host": lambda _: _to("http://10.0.0.1/"),
    "to itself by another name": lambda port: _to(f"http://localhost:{port}/good"),
    "to another service": lambda _: _to("gopher://127.0.0.1:6379/_FLUSHALL"),
    "to a disguise": lambda port: _to(f"http://2130706433:{port}/good"),
    "to a user": lambda port: _to(f"http://a:b@127.0.0.1:{port}/good"),
    "round and round": lambda port: _to(f"http://127.0.0.1:{port}/round%20and%20round"),
    "to a long address": lambda port: _to(f"http://127.0.0.1:{port}/" + "a" * 9_000),
    "to control characters": lambda _: _to("/a\x0bb"),
    "to nowhere": lambda _: _plain(b"", status="302 Found"),
    "bomb": lambda _: _plain(_bomb("gzip"), "content-encoding: gzip"),
    "bomb deflate": lambda _: _plain(_bomb("deflate"), "content-encoding: deflate"),
    "bomb br": lambda _: _plain(_bomb("br"), "content-encoding: br"),
    "bomb twice": lambda _: _plain(_bomb("gzip gzip"), "content-encoding: gzip, gzip"),
    "packed ten times": lambda _: _plain(FEED, "content-encoding: " + ", ".join(["gzip"] * 10)),
    "packed as nobody asked": lambda _: _plain(FEED, "content-encoding: zip"),
    "packed but not": lambda _: _plain(FEED, "content-encoding: gzip"),
    "too large": lambda _: _plain(b"x" * 5_000_000),
    "huge header": lambda _: _plain(FEED, "x-a: " + "a" * 200_000),
    "many headers": lambda _: _plain(FEED, *(f"x-{i}: {'a' * 50}" for i in range(5_000))),
    "huge etag": lambda _: _plain(FEED, 'etag: "' + "a" * 5_000 + '"'),
    "two lengths": lambda _: _plain(FEED, "content-length: 5"),
    "no header end": lambda _: b"HTTP/1.1 200 OK\r\nx: y\r\n" * 9_000,
    "not http": lambda _: b"SSH-2.0-OpenSSH_9.6\r\n",
    "nothing": lambda _: b"",
    "cut short": lambda _: b"HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n" + FEED,
    "bad chunks": lambda _: b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nZZZ\r\n" + FEED,
    "a chunk without end": lambda _: b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + b"1" * 200_000,
    "a cookie": lambda _: _plain(FEED, "set-cookie: a=b"),
}
"""Answers at once, by path; two more never end: `/endless` and `/slowly`."""


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answers: Answers) -> None:
    try:
        request = await reader.readuntil(b"\r\n\r\n")
        answers.asked.append(request)
        path = request.split(b" ", 2)[1].decode().lstrip("/").replace("%20", " ")
        if path == "endless":
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            while True:
                writer.write(FEED * 1_000)
                await writer.drain()
        if path == "slowly":
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n")
            while True:
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.05)
        writer.write(ANSWERS.get(path, ANSWERS["good"])(answers.port))
        await writer.drain()
    except (OSError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()


@asynccontextmanager
async def serving() -> AsyncIterator[Answers]:
    """A server on a free port of 127.0.0.1."""
    answers = Answers()
    server = await asyncio.start_server(lambda r, w: _serve(r, w, answers), "127.0.0.1", 0)
    answers.port = server.sockets[0].getsockname()[1]
    try:
        yield answers
    finally:
        server.close()
