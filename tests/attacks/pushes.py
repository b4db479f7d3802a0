"""Pushes that try to break their reader: raw, since no library would send most of them."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from tests.feeds.porch import KEY

GOOD = b'{"title": "Harbour opens"}'


@dataclass(frozen=True, slots=True)
class Attack:
    """The bytes of one request, and the answers that are right. 0: hung up on."""

    name: str
    sends: Callable[[], bytes]
    right: tuple[int, ...]
    enters: int = 0  # articles on the topic because of it
    half: bool = False  # the sender never comes to an end


def _said(
    body: bytes, *headers: str, line: str = "POST /articles", key: str | None = KEY, length: bool = True
) -> bytes:
    head = [f"{line} HTTP/1.1", "Host: 127.0.0.1", "Connection: close"]
    head += [f"Authorization: Bearer {key}"] if key is not None else []
    head += [] if any(h.lower().startswith("content-type") for h in headers) else ["Content-Type: application/json"]
    head += [f"Content-Length: {len(body)}"] if length else []
    return "\r\n".join([*head, *headers]).encode("latin-1") + b"\r\n\r\n" + body


def _chunks(body: bytes, size: int = 65_536, end: bytes = b"0\r\n\r\n") -> bytes:
    pieces = (body[i : i + size] for i in range(0, len(body), size))
    return b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in pieces) + end


@cache
def _zeros() -> bytes:
    return gzip.compress(b" " * 50_000_000)


def _head(name: str, right: tuple[int, ...] | int, *headers: str, enters: int = 0, **said: object) -> Attack:
    made = (right,) if isinstance(right, int) else right
    return Attack(name, lambda: _said(GOOD, *headers, **said), made, enters)  # type: ignore[arg-type]


def _body(name: str, right: int, body: bytes | Callable[[], bytes], *headers: str, enters: int = 0) -> Attack:
    return Attack(name, lambda: _said(body() if callable(body) else body, *headers), (right,), enters)


def _lines(name: str, right: int, body: bytes, enters: int = 0) -> Attack:
    return _body(name, right, body, "Content-Type: application/x-ndjson", enters=enters)


CHUNKED = "Transfer-Encoding: chunked"
GZIP = "Content-Encoding: gzip"

HEADS = (
    _head("no key", 401, key=None),
    _head("an empty key", 401, key=""),
    _head("half a key", 401, key=KEY[:-1]),
    _head("a key and more", 401, key=KEY + "x"),
    _head("another scheme", 401, f"Authorization: Basic {KEY}", key=None),
    _head("a wrong key before the right one", 401, f"Authorization: Bearer {KEY}", key="wrong-key-wrong-key"),
    _head("the key in a cookie", 401, f"Cookie: Authorization=Bearer {KEY}", key=None),
    _head("the key in the address", 401, line=f"POST /articles?key={KEY}&access_token={KEY}", key=None),
    _head("a key of other letters", (400, 401), key="\xe4" * 20),
    _head("a key with an end inside", 400, key=KEY + "\x00"),
    _head("a key with a line of its own", (400, 401), key="x\r\nX-Key: y"),
    _head("a key of sixty thousand letters", 400, key="k" * 60_000),
    _head("two thousand headers", (202, 400), *(f"X-{n}: 1" for n in range(2_000)), enters=-1),
    _head("a header without a name", 400, ": nothing"),
    _head("a header with a space before the colon", 400, "Content-Encoding : gzip"),
    _head("a folded header", (202, 400, 401), "X-Folded: a\r\n b", enters=-1),
    _head("another method", 405, line="GET /articles"),
    _head("a method of its own", (400, 405), line="TAKE /articles"),
    _head("a method in a header", 405, "X-HTTP-Method-Override: POST", line="PUT /articles"),
    _head("trace", (400, 405), line="TRACE /articles"),
    _head("connect", (400, 404, 405), line="CONNECT 127.0.0.1:22"),
    _head("another path", 404, line="POST /"),
    _head("a path upwards", 404, line="POST /articles/../../etc/passwd"),
    _head("a path with an end inside", 404, line="POST /articles%00"),
    _head("a very long path", (400, 404, 414), line="POST /" + "a" * 100_000),
    _head("two lengths", 400, "Content-Length: 5"),
    _head("a negative length", 400, "Content-Length: -5", length=False),
    _head("a length and chunks", 400, CHUNKED),
    _head("chunks said twice", 400, CHUNKED, CHUNKED, length=False),
    _head("an unknown transfer encoding", (400, 501), "Transfer-Encoding: cow", length=False),
    _head("ten gigabytes announced", 413, "Content-Length: 10000000000", length=False),
    _head("no content type", 415, "Content-Type:"),
    _head("a form", 415, "Content-Type: application/x-www-form-urlencoded"),
    _head("a form of several parts", 415, "Content-Type: multipart/form-data; boundary=x"),
    _head("a charset that is a transform", 415, "Content-Type: application/json; charset=utf-7"),
    _head("a charset that runs code elsewhere", 415, "Content-Type: application/json; charset=unicode_escape"),
    _head("a charset that is none", 415, "Content-Type: application/json; charset=../../etc/passwd"),
    _head("a charset it is not in", (400, 422), "Content-Type: application/json; charset=utf-16"),
    _head("packed as nobody reads it", 415, "Content-Encoding: br"),
    _head("packed twice", 415, "Content-Encoding: gzip, gzip"),
    _head("packed twice in two headers", 415, GZIP, GZIP),
    _head("said to be packed", 400, GZIP),
    _head("expects what nobody gives", (202, 417), "Expect: 300-miracles", enters=-1),
    _head("wants another protocol", (202, 400), "Upgrade: h2c", "HTTP2-Settings: AAMAAABk", enters=-1),
)  # fmt: skip

BODIES = (
    _body("nothing", 400, b""),
    _body("a bomb", 413, _zeros, GZIP),
    _body("a bomb as a second member", 413, lambda: gzip.compress(GOOD) + _zeros(), GZIP),
    _body("packed and cut short", 400, lambda: gzip.compress(GOOD * 100)[:-9], GZIP),
    _body("packed with junk behind", 400, lambda: gzip.compress(GOOD) + b"junk", GZIP),
    _body("packed in two members, both read", 422, lambda: gzip.compress(b"[" + GOOD + b",") + gzip.compress(b"1]"), GZIP),
    _body("five million bytes", 413, b"[" + b" " * 5_000_000 + b"]"),
    _body("deep lists", 400, b"[" * 100_000),
    _body("deep lists that end", 400, b"[" * 3_000 + b"]" * 3_000),
    _body("a deep field nobody reads", 400, b'{"title": "x", "y": ' + b"[" * 3_000 + b"]" * 3_000 + b"}"),
    _body("a key of millions", 202, b'{"title": "Harbour opens", "' + b"k" * 900_000 + b'": 1}', enters=1),
    _body("one article too large", 422, b'{"title": "x", "text": "' + b"t" * 1_100_000 + b'"}'),
    _body("too many articles", 400, b"[" + b",".join([GOOD] * 501) + b"]"),
    _body("a hundred thousand empty objects", 400, b"[" + b",".join([b"{}"] * 100_000) + b"]"),
    _body("no article among them", 422, b'[1, null, true, [], "x"]'),
    _body("one wrong among right ones", 422, b"[" + GOOD + b', {"title": 7}]'),
    _body("bytes that are no text", 400, b'{"title": "\xff\xfe"}'),
    _body("an overlong slash", 400, b'{"title": "\xc0\xaf"}'),
    _body("half a pair", 400, b'{"title": "\\ud800"}'),
    _body("raw ends inside", 400, b'{"title": "a\x00b"}'),
    _body("an end inside", 202, b'{"title": "Harbour\\u0000 opens"}', enters=1),
    _body("only an end", 422, b'{"title": "\\u0000\\u0001"}'),
    _body("only markup", 422, b'{"title": "<b></b><script>alert(1)</script>"}'),
    _body("only spaces of other scripts", 422, '{"title": "\u2003\u00a0"}'.encode()),
    _body("a name twice, the last counts", 422, b'{"title": "Harbour opens", "title": 7}'),
    _body("a name twice, the last is right", 202, b'{"title": 7, "title": "Harbour opens"}', enters=1),
    _body("a number without end", 400, b'{"title": "x", "published": 1' + b"0" * 5_000 + b"}"),
    _body("a number beyond", 422, b'{"title": "x", "id": 123456789012345678901234567890}'),
    _body("no number", 400, b'{"title": "x", "published": NaN}'),
    _body("a time beyond", 422, b'{"title": "x", "published": 1e300}'),
    _body("no time", 422, b'{"title": "x", "published": "the day after"}'),
    _body("an id too long", 422, b'{"title": "x", "id": "' + b"i" * 2_001 + b'"}'),
    _body("an address that runs", 422, b'{"title": "x", "url": "javascript:alert(1)"}'),
    _body("an address of a file", 422, b'{"title": "x", "url": "file:///etc/passwd"}'),
    _body("speaks for another", 422, b'{"title": "x", "source": "Central Bank"}'),
    _body("a status of its own", 422, b'{"title": "x", "status": "urgent"}'),
    _body("takes back what it does not name", 422, b'{"status": "removed"}'),
    _body("takes back what never was", 202, b'{"status": "removed", "id": "nobody"}'),
    _body("tickers that are none", 422, b'{"title": "x", "tickers": [{"$ne": 1}]}'),
    _body("fields of its own", 202, b'{"title": "Harbour opens", "__proto__": {"x": 1}, "feed": "other", "revision": 9}', enters=1),
    _lines("lines, one of them cut", 422, GOOD + b'\n{"title": "Harb'),
    _lines("lines of nothing", 202, b"\n" * 100_000),
    _lines("a list among lines", 422, GOOD + b"\n[" + GOOD + b"]"),
    Attack("chunks without end", lambda: _said(_chunks(b" " * 6_000_000, end=b""), CHUNKED, length=False), (413,), half=True),
    Attack("a chunk of a size that is none", lambda: _said(b"xyz\r\n", CHUNKED, length=False), (400,)),
    Attack("a chunk of all there is", lambda: _said(b"ffffffffffffffff\r\nx", CHUNKED, length=False), (400, 408, 413), half=True),
    Attack("chunks by the byte", lambda: _said(_chunks(GOOD, 1), CHUNKED, length=False), (202,), 1),
    Attack("a body that never comes", lambda: _said(GOOD)[:-9], (408,), half=True),
    Attack("a packed body that never comes", lambda: _said(_zeros()[:100], GZIP, "Content-Length: 900", length=False), (408,), half=True),
    Attack("another protocol", lambda: b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 10 + b"\r\n\r\n", (400, 0)),
    Attack("HTTP/2 unasked", lambda: b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", (400, 505, 0)),
)  # fmt: skip
