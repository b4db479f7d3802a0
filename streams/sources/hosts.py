"""Manners: how often and how many at once one host is asked, whoever asks. A Web around a Web."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from streams.basics.times import MINUTE, SECOND, retry_after
from streams.ports import Clock
from streams.records import Millis
from streams.sources.web import Got, Web

_TOO_MUCH: Final = frozenset({429, 503})
_REMEMBERED: Final = 5_000
_LONGEST: Final = 5 * MINUTE


@dataclass(slots=True)
class _Host:
    """One host: when it may be asked next, and how many ask it now."""

    next: Millis = 0
    asking: int = 0
    left: asyncio.Condition = field(default_factory=asyncio.Condition)


@dataclass(slots=True, kw_only=True)
class PoliteWeb:
    """At most `at_once` requests to a host, their beginnings `pace` apart; none while it asked to be left alone."""

    web: Web
    clock: Clock
    pace: Millis = SECOND
    at_once: int = 2
    _hosts: dict[str, _Host] = field(default_factory=dict)

    async def get(self, url: str, headers: Mapping[str, str]) -> Got:
        """See `Web.get`; waits for its turn first."""
        host = self._host(url)
        async with self._turn(host):
            now = self.clock.now()
            host.next = min(host.next, now + _LONGEST)  # the clock may have been put back
            wait, host.next = max(0, host.next - now), max(now, host.next) + self.pace
            if wait:
                await asyncio.sleep(wait / SECOND)
            got = await self.web.get(url, headers)
            if got.status in _TOO_MUCH:
                now = self.clock.now()
                host.next = max(host.next, now + retry_after(got.headers.get("retry-after", ""), now, most=_LONGEST))
            return got

    async def renew(self, *, web: Web, pace: Millis, at_once: int) -> None:
        """These manners and this web from the next request on; what hosts asked of us is still heeded."""
        self.web, self.pace, self.at_once = web, pace, at_once
        for host in list(self._hosts.values()):
            async with host.left:
                host.left.notify_all()

    @asynccontextmanager
    async def _turn(self, host: _Host) -> AsyncIterator[None]:
        """Not a semaphore: `at_once` may change while some wait."""
        async with host.left:
            await host.left.wait_for(lambda: host.asking < self.at_once)
            host.asking += 1
        try:
            yield
        finally:
            host.asking -= 1
            async with host.left:
                host.left.notify_all()

    def _host(self, url: str) -> _Host:
        try:
            name = urlsplit(url).netloc.lower()
        except ValueError:  # the web itself will say what is wrong with it
            name = ""
        if name not in self._hosts and len(self._hosts) >= _REMEMBERED:
            self._hosts.clear()
        return self._hosts.setdefault(name, _Host())
