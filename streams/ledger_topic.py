"""The ledger as Kafka holds it: read whole, and cut to the articles that are there."""

from __future__ import annotations

from collections.abc import AsyncIterator

from streams.kafka.cluster import Where
from streams.kafka.reader import Ranges, TopicReader
from streams.ledger import Ledger
from streams.names import Names
from streams.records import Decision, Receipt
from streams.replay.stretch import Bound, cut
from streams.wire import decode_entry


def read_entries(reader: TopicReader, ranges: Ranges) -> AsyncIterator[list[Decision | Receipt]]:
    """The records of these ranges of the ledger, in batches."""
    return reader.decoded(ranges, decode_entry)


async def read_ledger(where: Where, names: Names, since: Bound | None = None) -> tuple[Ledger, Ranges]:
    """The decisions on the articles that the topic holds, from a bound on or all, and those articles' offsets.

    Beside them the receipts, all there are.
    What comes in meanwhile is left out, and so are decisions that outlived their article. Raises `NoTopic` and `Away`.
    """
    ledger = Ledger()
    async with TopicReader(where) as reader:
        came_in = await cut(reader, names.articles, since or Bound(), Bound())
        async for entries in read_entries(reader, await reader.ranges(names.decisions)):
            ledger.add(entries)
    return ledger.within(came_in), came_in
