"""The ledger as Kafka holds it: read whole, and cut to the articles that are there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Final

from streams.kafka.cluster import Where
from streams.kafka.reader import Ranges, TopicReader
from streams.ledger import Ledger, Stretches
from streams.names import Names
from streams.records import Decision, Receipt
from streams.replay.stretch import Bound, cut
from streams.stretches import Partition, Stretch
from streams.wire import decode_entry

_CLOSE: Final = 2_000  # offsets


def read_entries(reader: TopicReader, ranges: Ranges) -> AsyncIterator[list[Decision | Receipt]]:
    """The records of these ranges of the ledger, in batches."""
    return reader.decoded(ranges, decode_entry)


async def read_ledger(where: Where, names: Names, since: Bound | None = None) -> tuple[Ledger, Ranges]:
    """The decisions on the articles that the topic holds, from a bound on or all, and those articles' offsets.

    Beside them the receipts, all there are. Offsets without a decision are read, whether they hold an article at all.
    What comes in meanwhile is left out, and so are decisions that outlived their article. Raises `NoTopic`, `Away`,
    and `Forgotten` when retention takes what is read.
    """
    ledger = Ledger()
    async with TopicReader(where) as reader:
        came_in = await cut(reader, names.articles, since or Bound(), Bound())
        async for entries in read_entries(reader, await reader.ranges(names.decisions)):
            ledger.add(entries)
        ledger = ledger.within(came_in)
        ledger.empty = await without_record(reader, ledger.undecided(came_in))
    return ledger, came_in


async def without_record(reader: TopicReader, undecided: Stretches) -> Stretches:
    """The offsets that hold no record, of these stretches and between them: transaction marks, what compaction took.

    Read batch by batch. Raises `Away`, and `Forgotten` when retention takes them meanwhile.
    """
    return {tp: [hole async for hole in _holes(reader, tp, stretches)] for tp, stretches in undecided.items()}


async def _holes(reader: TopicReader, tp: Partition, stretches: Sequence[Stretch]) -> AsyncIterator[Stretch]:
    for first, end in _near(stretches):
        at = first
        async for records in reader.read({tp: (first, end)}):
            for record in records:
                if at < record.offset:
                    yield at, record.offset
                at = record.offset + 1
        if at < end:
            yield at, end


def _near(stretches: Sequence[Stretch]) -> Iterator[Stretch]:
    """Stretches in order; those that lie close together as one: each time a reader starts costs a tenth of a second."""
    if not stretches:
        return
    first, last = stretches[0]
    for start, end in stretches[1:]:
        if start - last > _CLOSE:
            yield first, last
            first = start
        last = end
    yield first, last
