"""A steady feed: article n is due at n/rate seconds, whatever happens; what a dead broker held up follows at once."""

from __future__ import annotations

import asyncio
import time

from streams.kafka.publish import Publisher, Record
from streams.records import Away
from tests.soak.articles import article, old_news
from tests.soak.rig import Rig

BEAT_S = 0.05
MOST = 500  # records in one publish when catching up
AT_ONCE = 1e9


async def backlog(rig: Rig, articles: int, *, stories: int = 5) -> None:
    """So many at once, before anyone reads."""
    await Feed(rig, AT_ONCE, stories=stories).run(articles / AT_ONCE)


async def known_words(rig: Rig) -> int:
    """The stories of the wire as old news; how many articles that are. What a worker remembers of words is full then."""
    publisher, news = Publisher(rig.kafka.bootstrap, linger_ms=0), old_news()
    for at in range(0, len(news), MOST):
        await publisher.publish(
            [Record(topic=rig.names.articles, key=raw[:20], value=raw) for raw in news[at : at + MOST]]
        )
    await publisher.stop()
    return len(news)


class Feed:
    """Appends articles, the first of them numbered `first`; `count` says how many so far."""

    def __init__(self, rig: Rig, rate: float, *, stories: int = 5, first: int = 0) -> None:
        self._rig, self._rate, self._stories, self._first = rig, rate, stories, first
        self.count = 0
        self.began = self.ended = 0.0

    async def run(self, seconds: float) -> None:
        """Feed for so long, then flush. A broker that is away is waited for; a repeat may double a record, not lose it."""
        publisher = Publisher(self._rig.kafka.bootstrap, linger_ms=0)
        self.began = time.time()
        total = round(self._rate * seconds)
        while self.count < total:
            due = min(total, int((time.time() - self.began) * self._rate) + 1, self.count + MOST)
            if due > self.count:
                await self._append(publisher, self.count, due)
                self.count = due
            await asyncio.sleep(BEAT_S)
        self.ended = time.time()
        await publisher.stop()

    async def _append(self, publisher: Publisher, first: int, end: int) -> None:
        topic = self._rig.names.articles
        numbers = range(self._first + first, self._first + end)
        rows = [(n, article(n, stories=self._stories)) for n in numbers]
        records = [Record(topic=topic, key=f"s{n}".encode(), value=raw) for n, raw in rows]
        while True:
            try:
                await publisher.publish(records)
            except Away:
                await asyncio.sleep(0.2)
            else:
                return
