"""The articles topic in Kafka."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from streams.kafka.cluster import Where
from streams.kafka.publish import Publisher, Record
from streams.kafka.reader import TopicReader
from streams.records import Millis
from streams.sources.book import Marks
from streams.sources.tape import Written


@dataclass(frozen=True, slots=True)
class KafkaTape:
    """The topic in Kafka. What we wrote may lie behind another's open transaction, and is there all the same."""

    where: Where
    topic: str
    publisher: Publisher

    async def write(self, records: Sequence[Written]) -> None:
        """See `Tape.write`."""
        await self.publisher.publish(
            [
                Record(topic=self.topic, key=r.key, value=r.value, headers=r.headers, timestamp=r.timestamp)
                for r in records
            ]
        )

    async def ends(self) -> Marks:
        """See `Tape.ends`."""
        async with TopicReader(self.where, unsettled=True) as reader:
            return {partition: end for (_, partition), (_, end) in (await reader.ranges(self.topic)).items()}

    async def since(self, marks: Marks | None, oldest: Millis) -> AsyncIterator[Sequence[Written]]:
        """See `Tape.since`. A partition without a mark came after the others, and is read whole."""
        async with TopicReader(self.where, unsettled=True) as reader:
            ranges = await reader.ranges(self.topic)
            begin = marks
            if begin is None:
                begin = {tp[1]: offset for tp, offset in (await reader.offsets_at(ranges, oldest)).items()}
            left = {tp: (max(first, begin.get(tp[1], first)), end) for tp, (first, end) in ranges.items()}
            async for records in reader.read(left):
                yield [
                    Written(
                        key=r.key or b"", value=r.value or b"", timestamp=r.timestamp,
                        headers={k: v or b"" for k, v in r.headers or ()},
                    )
                    for r in records
                ]  # fmt: skip
