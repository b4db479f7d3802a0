"""The ledger as Kafka holds it: read whole, and cut to the articles that are there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Final

from streams.kafka.bounds import Bound, cut
from streams.kafka.cluster import Where
from streams.kafka.reader import Ranges, TopicReader
from streams.kafka.stretch import Partition, Stretch
from streams.ledger.receipts import TOLD
from streams.ledger.sums import Ledger, Stretches
from streams.names import Names
from streams.records import SPOKE, Decision, Millis, Receipt
from streams.wire import decode_entry

_CLOSE: Final = 2_000  # offsets


def read_entries(reader: TopicReader, ranges: Ranges) -> AsyncIterator[list[Decision | Receipt]]:
    """The records of these ranges of the ledger, in batches."""
    return reader.decoded(ranges, decode_entry)


async def read_ledger(
    where: Where, names: Names, since: Bound | None = None, *, fates: bool = True
) -> tuple[Ledger, Ranges]:
    """The decisions on the articles that the topic holds, from a bound on or all, and those articles' offsets.

    Beside them receipts, with `fates` every one that tells of these decisions. Offsets without a decision are read,
    whether they hold an article at all. What comes in meanwhile is left out, and so are decisions that outlived their
    article. Raises `NoTopic`, `Away`, and `Forgotten` when retention takes what is read.
    """
    since = since or Bound()
    async with TopicReader(where) as reader:
        came_in = await cut(reader, names.articles, since, Bound())
        return await decided(reader, names.decisions, came_in, since.time, fates=fates), came_in


async def decided(
    reader: TopicReader, decisions: str, asked: Ranges, since: Millis | None, *, fates: bool = True
) -> Ledger:
    """What was decided on these articles, which came in since then, and the receipts that lie beside it.

    No decision is written before its article came in, so the ledger is read from then on; all of it, when that turns
    out to be too late. With `fates`, what lies before is searched for the receipts of alerts that seem to wait.
    """
    everything = await reader.ranges(decisions)
    since_then = await reader.since(everything, since)
    ledger = await _read(reader, since_then, asked)
    if since_then == everything:
        return ledger
    if _began_too_late(ledger, asked):
        return await _read(reader, everything, asked)
    if fates:
        before = {tp: (everything[tp][0], begin) for tp, (begin, _) in since_then.items()}
        await _look_back(reader, ledger, before)
    return ledger


async def _read(reader: TopicReader, ranges: Ranges, asked: Ranges) -> Ledger:
    ledger = Ledger(asked=asked)
    async for entries in read_entries(reader, ranges):
        ledger.add(entries)
    ledger.empty = await without_record(reader, ledger.undecided(asked))
    return ledger


def _began_too_late(ledger: Ledger, asked: Ranges) -> bool:
    """Whether articles lack a decision that are not just the last to come: then their times are to be doubted."""
    left = ledger.undecided(asked)
    return any(end < asked[tp][1] or first == asked[tp][0] for tp, some in left.items() for first, end in some)


async def _look_back(reader: TopicReader, ledger: Ledger, earlier: Ranges) -> None:
    """An article that came again has the alert of its first time: the receipt may lie before its own decision.

    What else waits, or is older than the ledger's first receipt, is told apart by that one.
    """
    spoke = (d for d in ledger.newest.values() if d.reason in SPOKE)
    waiting = {d.alert_id for d in spoke if ledger.receipts.of(d) is None}
    if not waiting:
        return
    async for receipts in reader.decoded(earlier, _receipt):
        for receipt in receipts:
            if receipt.alert_id not in waiting:
                ledger.receipts.note(receipt)
                continue
            ledger.receipts.enter(receipt)
        waiting -= {r.alert_id for r in receipts if r.proof in TOLD}
        if not waiting:
            return


def _receipt(raw: bytes) -> Receipt | None:
    """Few records are: the others are told by a look."""
    entry = decode_entry(raw) if b'"kind"' in raw else None
    return entry if isinstance(entry, Receipt) else None


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
