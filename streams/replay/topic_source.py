"""A stretch of a topic as the source of a replay: its partitions merged into one order."""

from __future__ import annotations

import heapq
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from streams.basics.times import WallClock, came_at
from streams.desk.feedback import Feedback
from streams.desk.kafka import read_feedback
from streams.kafka.bounds import Bound, cut
from streams.kafka.cluster import Where, cluster_of
from streams.kafka.reader import Ranges, TopicReader
from streams.kafka.record import came_in
from streams.ports import StoryMemory
from streams.records import Article, Millis
from streams.stages.decode import Malformed, field_text, parse_published
from streams.stages.normalise import event_time

LANE: Final = 500  # records taken from a partition at a time
_CLOCK: Final = WallClock()  # only for what bears no time that can be meant


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicSource:
    """A stretch of a topic, its partitions merged by event time, then id; each partition keeps its own order.

    Which article founds a story can hang on how partitions interleave. This order is the same on every run;
    `FollowedSource` gives the live one instead.
    """

    where: Where
    topic: str
    ranges: Ranges

    @classmethod
    async def between(cls, where: Where, topic: str, start: Bound, end: Bound) -> TopicSource:
        """The stretch between the bounds as the topic is now: however often it is read, it is the same.

        Raises `NoTopic` and `Away`.
        """
        async with TopicReader(where) as reader:
            return cls(where=where, topic=topic, ranges=await cut(reader, topic, start, end))

    @property
    def name(self) -> str:
        """The topic."""
        return self.topic

    async def total(self) -> int | None:
        """Offsets in the stretch."""
        return sum(end - first for first, end in self.ranges.values())

    async def mark(self) -> str:
        """See `Source.mark`."""
        return f"{cluster_of(self.where).bootstrap} {sorted(self.ranges.items())}"

    async def memory(self, inner: StoryMemory) -> StoryMemory:
        """See `Source.memory`: as it is."""
        return inner

    async def feedback(self, topic: str) -> Sequence[Feedback]:
        """See `Source.feedback`."""
        return await read_feedback(self.where, topic)

    async def batches(self, size: int) -> AsyncIterator[list[Article]]:
        """See `Source.batches`."""
        async with TopicReader(self.where) as reader:
            lanes = reader.lanes(self.ranges, LANE)
            async for batch in merged(lanes, size, when):
                yield batch


Lane = Callable[[], Any]
"""Gives the partition's next records, an empty list at its end."""
Rank = Callable[[Article], tuple[Millis, str]]


async def merged(lanes: dict[int, Lane], size: int, rank: Rank) -> AsyncIterator[list[Article]]:
    """The lanes' articles by rank, in batches; holds one fetch of each lane."""
    heads: list[tuple[tuple[Millis, str], int, Article]] = []
    waiting: dict[int, list[Article]] = {p: [] for p in lanes}
    for partition in sorted(lanes):
        await _advance(partition, lanes, waiting, heads, rank)
    batch: list[Article] = []
    while heads:
        _, partition, article = heads[0]
        batch.append(article)
        if len(batch) >= size:
            yield batch
            batch = []
        if waiting[partition]:
            following = waiting[partition].pop()
            heapq.heapreplace(heads, (rank(following), partition, following))
        else:
            heapq.heappop(heads)
            await _advance(partition, lanes, waiting, heads, rank)
    if batch:
        yield batch


async def _advance(
    partition: int,
    lanes: dict[int, Lane],
    waiting: dict[int, list[Article]],
    heads: list[tuple[tuple[Millis, str], int, Article]],
    rank: Rank,
) -> None:
    records = await lanes[partition]()
    articles = [article(r) for r in records]
    if articles:
        heapq.heappush(heads, (rank(articles[0]), partition, articles[0]))
        waiting[partition] = articles[:0:-1]  # the next one last, where it is cheap to take


def article(record: Any) -> Article:
    """A Kafka record as the worker takes it."""
    return came_in(record, came_at(record.timestamp, _CLOCK.now()))


def when(found: Article) -> tuple[Millis, str]:
    """Event time and id of an article that nobody decoded yet; what cannot be read counts as seen, without id."""
    try:
        data = orjson.loads(found.raw)
        return event_time(parse_published(data.get("published")), found.seen), field_text(data, "id")
    except (orjson.JSONDecodeError, AttributeError, Malformed):
        return found.seen, ""
