"""A stretch of a topic: from where to where, and its partitions merged into one order."""

from __future__ import annotations

import heapq
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any, Final

import orjson

from streams.kafka.cluster import Where, cluster_of
from streams.kafka.reader import Ranges, TopicReader
from streams.kafka.record import came_in
from streams.records import Article, Millis
from streams.stages.decode import Malformed, field_text, parse_published
from streams.stages.normalise import event_time
from streams.times import WallClock, came_at, parse_span, parse_time

_OFFSET: Final = re.compile(r"@(\d{1,18})|(\d{1,8})", re.ASCII)
_DAY: Final = re.compile(r"(?:19|20)\d{6}", re.ASCII)  # as some write it; to read it as an offset would be wrong
LANE: Final = 500  # records taken from a partition at a time
_CLOCK: Final = WallClock()  # only for what bears no time that can be meant


@dataclass(frozen=True, slots=True)
class Bound:
    """An end of a stretch: an offset (in every partition) or a Kafka time; None for the topic's own end."""

    offset: int | None = None
    time: Millis | None = None


def bound(text: str | None, now: Millis) -> Bound:
    """`2026-01-09T12:00Z`, `24h` (before now), `1200` or `@1200` (an offset). Raises ValueError."""
    if text is None:
        return Bound()
    if _DAY.fullmatch(text.strip()):
        raise ValueError(f"{text!r} is a day or an offset: write 2026-01-09 for a day, @{text.strip()} for an offset")
    if found := _OFFSET.fullmatch(text.strip()):
        return Bound(offset=int(found[1] or found[2]))
    try:
        return Bound(time=max(0, now - parse_span(text)))
    except ValueError:
        pass
    try:
        return Bound(time=parse_time(text))
    except ValueError as fault:
        raise ValueError(f"{text!r} is no time, span or offset ({fault}): 2026-01-09T12:00Z, 24h, @1200") from None


async def cut(reader: TopicReader, topic: str, start: Bound, end: Bound) -> Ranges:
    """The offsets of a topic that lie within the bounds, per partition. Raises `NoTopic`."""
    await reader.expect(topic)
    whole = await reader.ranges(topic)
    first = await _offsets(reader, whole, start, last=False)
    last = await _offsets(reader, whole, end, last=True)
    return {tp: _within(max(low, first[tp]), min(high, last[tp])) for tp, (low, high) in whole.items()}


def _within(first: int, end: int) -> tuple[int, int]:
    return first, max(first, end)  # a bound may lie outside the topic: then there is nothing, not less than nothing


async def _offsets(reader: TopicReader, whole: Ranges, at: Bound, *, last: bool) -> dict[tuple[str, int], int]:
    if at.offset is not None:
        return dict.fromkeys(whole, at.offset)
    if at.time is not None:
        return await reader.offsets_at(whole, at.time)
    return {tp: ends[last] for tp, ends in whole.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicSource:
    """A stretch of a topic, its partitions merged by event time, then id; each partition keeps its own order.

    Which article founds a story can hang on how partitions interleave. This order is the same on every run;
    `order` (of `streams.replay.followed`) gives the live one instead.
    """

    bootstrap: Where
    topic: str
    ranges: Ranges

    @classmethod
    async def between(cls, bootstrap: Where, topic: str, start: Bound, end: Bound) -> TopicSource:
        """The stretch between the bounds as the topic is now: however often it is read, it is the same.

        Raises `NoTopic` and `Away`.
        """
        async with TopicReader(bootstrap) as reader:
            return cls(bootstrap=bootstrap, topic=topic, ranges=await cut(reader, topic, start, end))

    @property
    def name(self) -> str:
        """The topic."""
        return self.topic

    async def total(self) -> int | None:
        """Offsets in the stretch."""
        return sum(end - first for first, end in self.ranges.values())

    async def mark(self) -> str:
        """See `Source.mark`."""
        return f"{cluster_of(self.bootstrap).bootstrap} {sorted(self.ranges.items())}"

    async def batches(self, size: int) -> AsyncIterator[list[Article]]:
        """See `Source.batches`."""
        async with TopicReader(self.bootstrap) as reader:
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
