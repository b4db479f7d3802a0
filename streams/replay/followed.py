"""A topic in the order in which the live run took it, and a story memory that is asked to rule in that order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass

from streams.desk.feedback import Feedback
from streams.kafka.reader import Ranges, TopicReader
from streams.ports import Claim, Ruling, StoryMemory, Telling, id_in
from streams.records import Article, Millis, StoryLink
from streams.replay.order import Order
from streams.replay.topic_source import LANE, TopicSource, merged
from streams.wire import decode_decision


@dataclass(slots=True)
class Followed:
    """A story memory that is asked to rule in the order in which the live one was."""

    inner: StoryMemory
    claimed: Mapping[tuple[str, str], Sequence[int]]

    async def relate(self, tellings: Sequence[Telling]) -> list[StoryLink]:
        """See `StoryMemory.relate`."""
        return await self.inner.relate(tellings)

    async def claim(self, claims: Sequence[Claim]) -> list[Ruling]:
        """See `StoryMemory.claim`."""
        taken: dict[tuple[str, str], int] = defaultdict(int)
        keys = []
        for n, claim in enumerate(claims):
            name = id_in(claim.article_key), claim.watch
            numbers = self.claimed.get(name, ())
            keys.append((numbers[min(taken[name], len(numbers) - 1)] if numbers else 0, n))
            taken[name] += 1
        order = [n for _, n in sorted(keys)]
        rulings = await self.inner.claim([claims[n] for n in order])
        back = dict(zip(order, rulings, strict=True))
        return [back[n] for n in range(len(claims))]

    async def release(self, article_keys: Sequence[str], watch: str | None = None) -> None:
        """See `StoryMemory.release`."""
        await self.inner.release(article_keys, watch)

    async def size(self) -> Mapping[str, int]:
        """See `StoryMemory.size`."""
        return await self.inner.size()


@dataclass(slots=True)
class FollowedSource:
    """A stretch in live order."""

    inner: TopicSource
    decisions: str
    order: Order | None = None

    @property
    def name(self) -> str:
        """The topic."""
        return self.inner.name

    async def total(self) -> int | None:
        """Offsets in the stretch."""
        return await self.inner.total()

    async def mark(self) -> str:
        """See `Source.mark`."""
        return f"{await self.inner.mark()} {(await self._ordered()).digest()}"

    async def memory(self, inner: StoryMemory) -> StoryMemory:
        """See `Source.memory`."""
        return Followed(inner, (await self._ordered()).claimed)

    async def feedback(self, topic: str) -> Sequence[Feedback]:
        """See `Source.feedback`."""
        return await self.inner.feedback(topic)

    async def told(self) -> bool:
        """Whether the ledger tells an order of this stretch. Raises `Away`."""
        return (await self._ordered()).told()

    async def _ordered(self) -> Order:
        if self.order is None:
            async with TopicReader(self.inner.where) as reader:
                written = await reader.ranges(self.decisions)
                late = await reader.since(written, await self._begin(reader))
                order = await self._read(reader, late)
                if late != written and not order.whole():
                    order = await self._read(reader, written)
            order.settle()
            self.order = order
        return self.order

    async def _begin(self, reader: TopicReader) -> Millis | None:
        """When the first article of the stretch came in; None where a partition begins with none."""
        first = {tp: (first, first + 1) for tp, (first, end) in self.inner.ranges.items() if first < end}
        times = [record.timestamp async for records in reader.read(first) for record in records]
        return min(times) if times and len(times) == len(first) else None

    async def _read(self, reader: TopicReader, ranges: Ranges) -> Order:
        order = Order.over(self.inner.ranges)
        async for decisions in reader.decoded(ranges, decode_decision):
            for decision in decisions:
                order.add(decision)
        return order

    async def batches(self, size: int) -> AsyncIterator[list[Article]]:
        """See `Source.batches`; a batch can be longer, where the live run was cut by a crash."""
        order = await self._ordered()
        boundaries = order.boundaries()
        batch: list[Article] = []
        async with TopicReader(self.inner.where) as reader:
            async for some in merged(reader.lanes(self.inner.ranges, LANE), size, order.rank):
                for article in some:
                    batch.append(article)
                    if boundaries.free(article) and len(batch) >= size:
                        yield batch
                        batch = []
        if batch:
            yield batch
