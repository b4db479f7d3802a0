"""robots.txt: heeded as RFC 9309 has it, asked for once a day, and never dear whatever a stranger writes in it."""

from __future__ import annotations

import asyncio
import tracemalloc
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from streams.basics import limits
from streams.basics.times import DAY, HOUR, MINUTE
from streams.sources.robots import Robots, is_allowed
from streams.sources.web import Got, Unreached, Unsafe
from tests.build import NOON

HOST = "https://wire.example"


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        ("", "/a", True),
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: *\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow: /\nAllow: /news", "/news/1", True),  # the longest match counts, not the first
        ("User-agent: *\nDisallow: /*?print=\nDisallow: /*.pdf$", "/news/1?print=1", False),
        ("User-agent: *\nDisallow: /*?print=\nDisallow: /*.pdf$", "/news/1.pdf.html", True),
        ("User-agent: *\nDisallow: /w%C3%BCrde", "/würde/1", False),
        ("User-agent: *\nAllow: /\n\nUser-agent: Tapewire-Ingest\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: tapewire-ingest\nAllow: /", "/a", True),
        ("User-agent: other\nDisallow: /", "/a", True),
        ("<!doctype html><p>Not found", "/a", True),
    ],
)
def test_what_it_says_is_heeded(text: str, path: str, *, allowed: bool) -> None:
    """Our own name before everybody's; wildcards; letters however they are written."""
    assert is_allowed(text, HOST + path) is allowed


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"User-agent: a{n}\n" for n in range(12_000)) + "Disallow: /a\n" * 12_000,
        "".join(f"User-agent: a{n}\nDisallow: /{n}\n" for n in range(15_000)),
        "\n".join("USER agent: *\r\x85\u2028disallow: /" for _ in range(10_000)),
        "User-agent: *\n" + "Disallow: /" + "*a" * 250_000 + "b",
        "User-agent: *\n" + "Disallow: /*a*a*a*a*a*a*a*a*b$\n" * 15_000,
        "User-agent: *\n" + "Disallow: /%\n" * 40_000,
        "User-agent: *\n" + "Disallow: /" + "$" * 500_000,
        "\n" * 500_000,
        "user" * 100_000,
        "\x00\ufffd" * 200_000,
    ],
    ids=["names times rules", "groups", "odd line ends", "one long rule", "wildcards", "percents", "dollars", "empty",
        "no colon", "no text"],
)  # fmt: skip
def test_a_hostile_one_is_read_within_bounds(text: str) -> None:
    """Megabytes, not gigabytes, and an end of it."""
    tracemalloc.start()
    try:
        is_allowed(text[: limits.ROBOTS_BYTES], HOST + "/" + "a" * (limits.URL_CHARS - 30))
        assert tracemalloc.get_traced_memory()[1] < 200_000_000
    finally:
        tracemalloc.stop()


def test_too_many_names_times_rules_lets_nobody() -> None:
    """What cannot be read is not read as consent."""
    assert not is_allowed("".join(f"User-agent: a{n}\n" for n in range(2_000)) + "Allow: /\n", HOST + "/a")


@dataclass
class Host:
    """Answers as it is told; notes what it was asked."""

    answer: Got | Exception
    asked: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)

    async def get(self, url: str, headers: Mapping[str, str]) -> Got:
        self.asked.append((url, headers))
        await asyncio.sleep(0.01)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def told(status: int, body: bytes = b"User-agent: *\nDisallow: /no") -> Got:
    """An answer."""
    return Got(status=status, url=HOST + "/robots.txt", body=body)


@pytest.fixture
async def beside() -> AsyncIterator[ThreadPoolExecutor]:
    """Threads to read in."""
    pool = ThreadPoolExecutor(2)
    yield pool
    pool.shutdown()


@pytest.mark.parametrize(
    ("answer", "allowed"),
    [
        (told(200), True),
        (told(404), True),
        (told(403), True),
        (told(429), False),
        (told(503), False),
        (Unreached("refused"), False),
        (Unsafe("not public"), False),
        (told(200, b"\xef\xbb\xbfUser-agent: *\nDisallow: /"), False),
        (told(200, b"User-agent: *\nDisallow: /no\n#" + b"x" * limits.ROBOTS_BYTES + b"\nDisallow: /"), True),
    ],
)
async def test_what_a_host_answers(answer: Got | Exception, beside: ThreadPoolExecutor, *, allowed: bool) -> None:
    """None there forbids nothing; one that could not be asked forbids all of it; beyond the bound nothing is read."""
    robots = Robots(web=Host(answer), beside=beside)
    assert await robots.allow(HOST + "/a", NOON) is allowed


async def test_a_host_is_asked_once_a_day_however_many_want_to_know(beside: ThreadPoolExecutor) -> None:
    """One that could not be asked, again soon; another port or scheme is another host; what is remembered is bounded."""
    host = Host(told(200))
    robots = Robots(web=host, beside=beside)
    asked = await asyncio.gather(
        *(robots.allow(f"{HOST}/{path}", NOON) for path in ("a", "b", "no/1") for _ in range(9))
    )
    assert asked == [True] * 18 + [False] * 9
    assert await robots.allow("HTTPS://Wire.Example/a", NOON + 23 * HOUR)
    assert [url for url, _ in host.asked] == [HOST + "/robots.txt"]
    await robots.allow(HOST + "/a", NOON + DAY)
    await robots.allow(HOST + ":8443/a", NOON)
    await robots.allow("http://wire.example/a", NOON)
    assert len(host.asked) == 4
    host.answer = Unreached("refused")
    assert not await robots.allow("https://late.example/a", NOON)
    host.answer = told(200)
    assert not await robots.allow("https://late.example/a", NOON + 5 * MINUTE)
    assert await robots.allow("https://late.example/a", NOON + 10 * MINUTE)
    for n in range(2 * limits.ROBOTS_HOSTS):
        await robots.allow(f"https://{n}.example/a", NOON)
    assert len(robots._heard) == limits.ROBOTS_HOSTS and not robots._asking
