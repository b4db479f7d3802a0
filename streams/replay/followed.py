"""A topic in the order in which the live run took it: as the ledger tells, from the story memory's running numbers."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final

from streams.kafka.reader import Ranges, TopicReader
from streams.ports import Claim, Ruling, StoryMemory, Telling, id_in
from streams.records import Article, Decision, Millis, StoryLink
from streams.replay.topic_source import LANE, TopicSource, merged
from streams.wire import decode_decision

_NEVER: Final = 1 << 62


@dataclass(slots=True)
class Order:
    """What the ledger tells of the live order. Eight bytes an article, more for each claim."""

    first: dict[int, int]  # partition -> its first offset
    related: dict[int, array[int]]  # partition -> running number per offset, 0 where the memory was not asked
    claimed: dict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    latest: dict[int, array[int]] = field(default_factory=dict)  # of an article's claims, the last and the first
    earliest: dict[int, array[int]] = field(default_factory=dict)
    begun: set[int] = field(default_factory=set)  # partitions on whose first article it tells something

    @classmethod
    def over(cls, ranges: Ranges) -> Order:
        """Of a stretch, with nothing told yet."""
        sizes = {p: max(0, end - first) for (_, p), (first, end) in ranges.items()}

        def zeros() -> dict[int, array[int]]:
            return {p: array("q", bytes(8 * n)) for p, n in sizes.items()}

        made = cls(first={p: first for (_, p), (first, _) in ranges.items()}, related=zeros())
        made.latest, made.earliest = zeros(), zeros()
        return made

    def add(self, decision: Decision) -> None:
        """Enter one decision of the ledger."""
        partition = decision.origin.partition
        at = decision.origin.offset - self.first.get(partition, 0)
        if partition not in self.related or not 0 <= at < len(self.related[partition]):
            return
        if not at:
            self.begun.add(partition)
        self.related[partition][at] = decision.related
        if decision.claimed and decision.watch:
            numbers = self.claimed[decision.article_id, decision.watch]
            if decision.claimed not in numbers:
                numbers.append(decision.claimed)
                numbers.sort()
            self.latest[partition][at] = max(self.latest[partition][at], decision.claimed)
            early = self.earliest[partition][at]
            self.earliest[partition][at] = min(early or decision.claimed, decision.claimed)

    def whole(self) -> bool:
        """Whether the reading began early enough: no decision is written before its article, or long before another."""
        return all(p in self.begun for p, numbers in self.related.items() if numbers)

    def settle(self) -> None:
        """An article that the memory was not asked about, or knew already, goes with the one before it."""
        for numbers in self.related.values():
            most = 0
            for i, number in enumerate(numbers):
                most = max(most, number)
                numbers[i] = most
        self._only_first_claims()

    def _only_first_claims(self) -> None:
        """A record that repeats an article was answered from memory: its claims stand where they were made."""
        seen: set[int] = set()
        for _, partition, i in self.claiming():
            number = self.earliest[partition][i]
            if number in seen:
                self.earliest[partition][i] = self.latest[partition][i] = 0
            seen.add(number)

    def claiming(self) -> list[tuple[int, int, int]]:
        """Running number, partition and place of every article that claimed, in the order of the run."""
        return sorted(
            (self.related[p][i], p, i) for p, numbers in self.earliest.items() for i, n in enumerate(numbers) if n
        )

    def rank(self, article: Article) -> tuple[int, str]:
        """Where an article stands, for `merged`."""
        origin = article.origin
        return self.related[origin.partition][origin.offset - self.first[origin.partition]], ""

    def digest(self) -> str:
        """Of all that is told: another ledger gives another order."""
        told = blake2b(digest_size=8)
        for numbers in (self.related, self.latest, self.earliest):
            for partition in sorted(numbers):
                told.update(numbers[partition].tobytes())
        return told.hexdigest()

    def boundaries(self) -> Boundaries:
        """Where the run may be cut into batches."""
        return Boundaries(self)


class Boundaries:
    """A batch may end only where every claim before it came before every claim after it.

    After a crash an article can claim long after it was related; then those between belong into one batch, whose
    claims are made in the live order.
    """

    def __init__(self, order: Order) -> None:
        self._order = order
        places = order.claiming()
        self._after = array("q", bytes(8 * len(places)))  # the first claim of all that follow, per claiming article
        low = _NEVER
        for n in range(len(places) - 1, -1, -1):
            self._after[n] = low
            low = min(low, order.earliest[places[n][1]][places[n][2]])
        self._passed = 0
        self._highest = 0
        self._open = _NEVER

    def free(self, article: Article) -> bool:
        """Whether a batch may end behind this article; ask for each, in order."""
        origin = article.origin
        at = origin.offset - self._order.first[origin.partition]
        if self._order.earliest[origin.partition][at]:
            self._highest = max(self._highest, self._order.latest[origin.partition][at])
            self._open = self._after[self._passed]
            self._passed += 1
        return self._highest < self._open


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
    """A stretch in live order. Ask `memory` before `batches`."""

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
        """The memory that goes with this order. Raises `Away`."""
        return Followed(inner, (await self._ordered()).claimed)

    async def told(self) -> bool:
        """Whether the ledger tells an order of this stretch. Raises `Away`."""
        return any(map(any, (await self._ordered()).related.values()))

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
