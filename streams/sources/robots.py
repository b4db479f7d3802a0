"""robots.txt: whether a host lets its pages be read by programs (RFC 9309). Asked once a day for each host; bounded.

Kept is what was said, not what a parser makes of it: a short file can be made to unfold into gigabytes.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

from streams.basics import limits
from streams.basics.times import DAY, MINUTE
from streams.records import Millis
from streams.sources.web import Got, Unreached, Unsafe, Web

AGENT: Final = "tapewire-ingest"
"""Our name in everybody's robots.txt, and the beginning of our user agent."""
_NOBODY: Final = "User-agent: *\nDisallow: /\n"
_AGAIN: Final = 10 * MINUTE
"""How long a host that could not be asked is left alone."""


def is_allowed(text: str, url: str) -> bool:
    """Whether a robots.txt lets us read this page; one that would take too long to read lets nobody. Pure."""
    import protego  # noqa: PLC0415 - an optional part

    lines = [line for line in text.splitlines() if line.strip()]
    agents = sum(line.lstrip()[:4].lower() == "user" for line in lines)
    if agents * len(lines) > limits.ROBOTS_RULES:  # each of so many names gets a copy of each rule
        return False
    return bool(protego.Protego.parse("\n".join(lines)).can_fetch(url, AGENT))


@dataclass(frozen=True, slots=True)
class _Heard:
    text: str
    until: Millis


@dataclass(slots=True, kw_only=True)
class Robots:
    """Asks hosts, once however many pages are wanted at the same time, and reads beside the event loop."""

    web: Web
    beside: Executor
    _heard: OrderedDict[str, _Heard] = field(default_factory=OrderedDict)
    _asking: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    async def allow(self, url: str, now: Millis) -> bool:
        """Whether this page may be fetched. Raises ValueError for what is no address."""
        parts = urlsplit(url)
        host = f"{parts.scheme}://{parts.netloc}".lower()
        asking = self._asking.setdefault(host, asyncio.Lock())
        async with asking:
            heard = self._heard.get(host)
            if heard is None or now >= heard.until:
                heard = self._heard[host] = await self._asked(host, now)
            self._heard.move_to_end(host)
            while len(self._heard) > limits.ROBOTS_HOSTS:
                self._heard.popitem(last=False)
        return await asyncio.get_running_loop().run_in_executor(self.beside, is_allowed, heard.text, url)

    async def _asked(self, host: str, now: Millis) -> _Heard:
        """None there (4xx) forbids nothing; a host that cannot tell us now forbids all of it for a while."""
        try:
            got = await self.web.get(f"{host}/robots.txt", {"accept": "text/plain, */*;q=0.1"})
        except (Unsafe, Unreached):
            return _Heard(_NOBODY, now + _AGAIN)
        if got.status == 429 or got.status >= 500 or got.status < 200:  # noqa: PLR2004 - as HTTP has it
            return _Heard(_NOBODY, now + _AGAIN)
        return _Heard(_said(got) if got.status < 300 else "", now + DAY)  # noqa: PLR2004


def _said(got: Got) -> str:
    """The text, without a last line that our bound has cut."""
    body = got.body
    if len(body) > limits.ROBOTS_BYTES:
        body = body[: limits.ROBOTS_BYTES].rpartition(b"\n")[0]
    return body.decode("utf-8", "replace").removeprefix("\ufeff")
