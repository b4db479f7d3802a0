"""The feeds over real HTTP on 127.0.0.1, their time running faster than ours. Every feed's path is its name."""

from __future__ import annotations

import asyncio
import gzip
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import blake2b

from aiohttp import web

from streams.records import Millis
from tests.feeds.wire import Feed


@dataclass(slots=True)
class FeedServer:
    """Knows what time it is for its feeds."""

    feeds: dict[str, Feed]
    begin: Millis
    factor: int
    started: float = field(default_factory=time.monotonic)
    port: int = 0
    answers: Counter[int] = field(default_factory=Counter)
    stopped: Millis = 0  # when set, no more time passes
    _rng: random.Random = field(default_factory=lambda: random.Random(3))

    def now(self) -> Millis:
        """The feeds' time."""
        return self.stopped or self.begin + round((time.monotonic() - self.started) * 1_000 * self.factor)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """As the feed would."""
        response = await self._answer(request)
        self.answers[response.status] += 1
        return response

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        feed = self.feeds[request.match_info["name"]]
        feed.asked += 1
        chance = self._rng.random()
        if feed.vice in ("slow", "too slow"):
            await asyncio.sleep(2.0)
        if trouble := self._trouble(feed, request, chance):
            return trouble
        return self._page(feed, request, chance)

    @staticmethod
    def _trouble(feed: Feed, request: web.Request, chance: float) -> web.Response | None:
        match feed.vice:
            case "broken" if chance < 0.4:
                return web.Response(status=500)
            case "busy" if chance < 0.2:
                return web.Response(status=429, headers={"retry-after": "1"})
            case "web page" if chance < 0.2:
                return web.Response(text="<!doctype html><p>Back soon", content_type="text/html")
            case "redirecting" | "moved" if "new" not in request.query:
                status = 301 if feed.vice == "moved" else 302
                return web.Response(status=status, headers={"location": f"/{feed.name}?new=1"})
        return None

    def _page(self, feed: Feed, request: web.Request, chance: float) -> web.Response:
        body, media = feed.page(self.now())
        if feed.vice == "cut" and chance < 0.3:
            body = body[: len(body) // 2]
        etag = f'"{blake2b(body, digest_size=6).hexdigest()}"'
        if feed.vice != "no etag" and request.headers.get("if-none-match") == etag:
            return web.Response(status=304)
        headers = {"content-type": media} | ({} if feed.vice == "no etag" else {"etag": etag})
        if feed.vice == "gzip":
            body, headers = gzip.compress(body), headers | {"content-encoding": "gzip"}
        return web.Response(body=body, headers=headers)


@asynccontextmanager
async def serving(feeds: Sequence[Feed], begin: Millis, factor: int) -> AsyncIterator[FeedServer]:
    """On a free port."""
    server = FeedServer({f.name: f for f in feeds}, begin, factor)
    app = web.Application()
    app.router.add_get("/{name}", server.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.port = runner.addresses[0][1]
    try:
        yield server
    finally:
        await runner.cleanup()
