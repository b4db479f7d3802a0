"""The feeds' web inside this process: what a server would answer, with its delays in virtual time."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from urllib.parse import urlsplit

from streams.ports import Clock
from streams.records import Millis
from streams.sources.web import Got, Unreached
from tests.feeds.wire import Feed


@dataclass(slots=True)
class InsideWeb:
    """See `web.Web`."""

    feeds: Sequence[Feed]
    clock: Clock
    answers: Counter[str] = field(default_factory=Counter)
    served: dict[str, Millis] = field(default_factory=dict)  # articles by the moment they first stood on a whole page
    _rng: random.Random = field(default_factory=lambda: random.Random(5))
    _by_host: dict[str, Feed] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._by_host = {f.host: f for f in self.feeds}

    async def get(self, url: str, headers: Mapping[str, str]) -> Got:
        """The feed's answer, vices and all."""
        try:
            got = await self._got(url, headers)
        except Unreached as fault:
            self.answers[str(fault)] += 1
            raise
        self.answers[str(got.status)] += 1
        return got

    async def _got(self, url: str, headers: Mapping[str, str]) -> Got:
        parts = urlsplit(url)
        feed = self._by_host[(parts.hostname or "").removeprefix("new.")]
        feed.asked += 1
        await asyncio.sleep(self._rng.uniform(0.02, 0.4))
        if trouble := await self._trouble(feed, url):
            return trouble
        body, media = feed.page(self.clock.now())
        if feed.vice == "cut" and self._rng.random() < 0.3:
            body = body[: len(body) // 2]
        else:
            for name in feed.names(self.clock.now()):
                self.served.setdefault(name, self.clock.now())
        etag = "" if feed.vice == "no etag" else blake2b(body, digest_size=6).hexdigest()
        if etag and headers.get("if-none-match") == etag:
            return Got(status=304, url=url)
        told = {"content-type": media} | ({"etag": etag} if etag else {})
        moved = f"https://new.{feed.host}/feed" if feed.vice == "moved" and not parts.netloc.startswith("new.") else ""
        return Got(status=200, url=moved or url, headers=told, body=body, moved=moved)

    async def _trouble(self, feed: Feed, url: str) -> Got | None:
        now, chance = self.clock.now(), self._rng.random()
        if feed.lost and now >= feed.lost:
            return Got(status=404, url=url)
        match feed.vice:
            case "slow":
                await asyncio.sleep(25)
            case "too slow" if chance < 0.5:
                await asyncio.sleep(30)
                raise Unreached("no end of it within 30 s")
            case "broken" if chance < 0.4:
                return Got(status=500, url=url, body=b"oops")
            case "web page" if chance < 0.2:
                return Got(status=200, url=url, body=b"<!doctype html><html><p>We are back soon", headers={"content-type": "text/html"})  # fmt: skip
            case "flapping" if chance < 0.6:
                raise Unreached("connection refused")
            case "busy" if chance < 0.3:
                return Got(status=429, url=url, headers={"retry-after": "120"})
        return None
