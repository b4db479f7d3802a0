"""Changed sources put to use in an ingest that runs: whom it may ask and how, what it brings, what it watches."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from streams.basics import limits
from streams.basics.tasks import end
from streams.basics.times import SECOND
from streams.sources.fetch import SafeWeb
from streams.sources.hosts import PoliteWeb
from streams.sources.ingest import Ingest
from streams.sources.settings import Sources
from streams.sources.watchman import Watchman


@dataclass(slots=True, kw_only=True)
class Change:
    """Whom the guard lets through and what is fetched change together; what runs of a source that stays runs on."""

    current: Sources
    web: SafeWeb
    web_of: Callable[[Sources], SafeWeb]
    polite: PoliteWeb
    ingest: Ingest
    watchman: Watchman
    _leaving: dict[SafeWeb, asyncio.Task[None]] = field(default_factory=dict)

    async def __call__(self, fresh: Sources) -> None:
        """Use these from the next request on."""
        before, self.current = self.current, fresh
        if (before.private, before.contact) != (fresh.private, fresh.contact):
            self._leaving[self.web] = asyncio.create_task(self._hang_up(self.web))
            self.web = self.web_of(fresh)  # with no connection to where the guard no longer lets anybody
        await self.polite.renew(web=self.web, pace=fresh.pace, at_once=fresh.at_once)
        await self.ingest.change(fresh.sources)
        self.watchman.change(fresh.sources, fresh.alerts)

    async def _hang_up(self, web: SafeWeb) -> None:
        """When the last request that began with it is over."""
        await asyncio.sleep(2 * limits.FETCH_MS / SECOND)
        del self._leaving[web]
        await web.close()

    async def close(self) -> None:
        """Hang up everywhere."""
        await end(self._leaving.values())
        for web in (self.web, *self._leaving):
            await web.close()
