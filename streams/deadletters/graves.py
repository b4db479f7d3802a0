"""Dead letters found on their topic: first where they lie, without their bytes, then the bytes, some at a time.

The topic keeps thirty days of them, each as large as an article can be: one that is not meant is not held.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, Final

from streams.basics.times import believable
from streams.deadletters.letters import ORIGIN, SETTLED, Filter, Grave, Letter
from streams.kafka.cluster import Where
from streams.kafka.reader import Forgotten, Ranges, TopicReader
from streams.names import Names

_HELD: Final = 1 << 23  # bytes of letters at a time
_MOST: Final = 1_000  # letters at a time

_Order = tuple[int, int, int]
"""Time, partition and offset."""


@dataclass(slots=True)
class _Row:
    """What is kept of a letter until it is known which are meant."""

    order: _Order
    digest: bytes
    size: int
    meant: bool
    origin: tuple[bytes | None, ...]

    @property
    def at(self) -> str:
        return f"{self.order[1]}/{self.order[2]}"


@dataclass(slots=True)
class _Notes:
    """What became of letters: the newest note counts."""

    newest: dict[str, tuple[_Order, str]] = field(default_factory=dict)

    def enter(self, note: Letter) -> None:
        of, known = note.said("of"), (_order(note), note.said(SETTLED))
        self.newest[of] = max(self.newest.get(of, known), known)

    def of(self, row: _Row) -> str:
        return self.newest.get(row.at, ((), ""))[1]


async def find(where: Where, names: Names, wanted: Filter) -> list[Grave]:
    """Where the letters lie that are meant, oldest first, and what became of them.

    Raises `NoTopic`, `Away` and `Forgotten`.

    What was buried before a time bound is read only where something is meant: it may be the same bytes.
    """
    notes = _Notes()
    async with TopicReader(where) as reader:
        await reader.expect(names.dead)
        whole = await reader.ranges(names.dead)
        late = await reader.since(whole, wanted.since)
        rows = [row async for row in _rows(reader, late, wanted, notes)]
        same = {row.digest for row in rows if row.meant}
        if same:
            early = {tp: (whole[tp][0], first) for tp, (first, _) in late.items()}
            rows += [row async for row in _rows(reader, early, wanted, notes, same)]
    return [grave for meant, grave in _counted(rows, notes) if meant and (wanted.settled or not grave.settled)]


async def _rows(
    reader: TopicReader, ranges: Ranges, wanted: Filter, notes: _Notes, only: Collection[bytes] | None = None
) -> AsyncIterator[_Row]:
    """The letters without their bytes, of all digests or some; notes are entered."""
    alike: dict[bytes | None, bytes | None] = {}  # nearly all came from one topic
    async for records in reader.read(ranges):
        for letter in map(_letter, records):
            if SETTLED in letter.headers:
                notes.enter(letter)
                continue
            digest = _digest(letter.value)
            if only is None or digest in only:
                origin = tuple(alike.setdefault(h, h) if h else h for h in map(letter.headers.get, ORIGIN))
                yield _Row(_order(letter), digest, len(letter.value), wanted.holds(letter), origin)


def _counted(rows: Sequence[_Row], notes: _Notes) -> Iterator[tuple[bool, Grave]]:
    """Each letter, whether it is meant, with what the notes and its earlier burials say."""
    burials: dict[bytes, tuple[_Row, int]] = {}  # the first with these bytes; how many were sent again
    for row in sorted(rows, key=lambda row: row.order):
        first, again = burials.setdefault(row.digest, (row, 0))
        settled = notes.of(row)
        burials[row.digest] = first, again + (settled == "requeued")
        told = zip(ORIGIN, (first if again else row).origin, strict=True)
        time, partition, offset = row.order
        yield row.meant, Grave(
            partition=partition, offset=offset, time=time, burials=again + 1, settled=settled, size=row.size,
            digest=row.digest, first={name: value for name, value in told if value is not None},
        )  # fmt: skip


async def opened(where: Where, names: Names, graves: Sequence[Grave]) -> AsyncIterator[list[Letter]]:
    """The letters of these graves, in their order, so many at a time as can be held.

    Raises `Away`, and `Forgotten` when retention took one.
    """
    async with TopicReader(where) as reader:
        for some in _held(graves):
            places: dict[tuple[str, int], list[int]] = defaultdict(list)
            for grave in some:
                places[names.dead, grave.partition].append(grave.offset)
            sought = {(grave.partition, grave.offset): grave for grave in some}
            found: dict[str, Letter] = {}
            async for records in reader.read({tp: (min(at), max(at) + 1) for tp, at in places.items()}):
                letters = (
                    _letter(r, sought[r.partition, r.offset]) for r in records if (r.partition, r.offset) in sought
                )
                found |= {x.at: x for x in letters if x.digest == _digest(x.value)}
            gone = [grave.at for grave in some if grave.at not in found]
            if gone:
                raise Forgotten(f"Kafka deleted {', '.join(gone[:10])} while they were read: begin again")
            yield [found[grave.at] for grave in some]


def _held(graves: Sequence[Grave]) -> Iterator[list[Grave]]:
    some: list[Grave] = []
    room = _HELD
    for grave in graves:
        if some and (len(some) == _MOST or grave.size > room):
            yield some
            some, room = [], _HELD
        some.append(grave)
        room -= grave.size
    if some:
        yield some


def _letter(record: Any, grave: Grave | None = None) -> Letter:
    time = believable(record.timestamp)
    known = grave or Grave(partition=record.partition, offset=record.offset, time=time)
    return Letter(
        partition=known.partition, offset=known.offset, time=known.time, burials=known.burials, first=known.first,
        settled=known.settled, size=known.size, digest=known.digest, key=record.key or b"", value=record.value or b"",
        headers={k: v or b"" for k, v in record.headers or ()},
    )  # fmt: skip


def _order(letter: Letter) -> _Order:
    return letter.time, letter.partition, letter.offset


def _digest(value: bytes) -> bytes:
    return blake2b(value, digest_size=16).digest()
