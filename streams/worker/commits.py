"""What may be committed: a repair to faust-streaming 0.15.3, whose own rule loses articles and stands before holes.

It touches private methods, so `pyproject.toml` pins the version it was measured on.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections.abc import Iterable
from typing import Any

from faust.transport import consumer as faust_consumer
from faust.transport.drivers import aiokafka as faust_driver

from streams.worker.fetched import before, note_what_is_empty
from streams.worker.progress import Reading, progress_of


def exact_commits() -> None:
    """Never commit past an unacknowledged article, and never stand before offsets that hold none.

    As shipped, a fresh group and a gap of exactly one are committed over (faust-streaming issue 606), and so is what
    came in the middle of a rebalance and was dropped. The committed offset moves only over an unbroken run, from
    where the group stands, of offsets acknowledged and of offsets whose fetch found no record there.
    As shipped a gap is listed offset by offset, and one at the commit, or behind the topic's very first record, is
    left out: nothing is committed again.
    """
    if getattr(faust_consumer.Consumer, "_tapewire_exact", False):
        return
    note_what_is_empty()
    original_message, original_ack = faust_driver.Consumer._to_message, faust_consumer.Consumer.ack

    async def add_gap(*_: Any) -> None:
        """Seen already, when the record arrived."""

    def to_message(self: Any, tp: Any, record: Any) -> Any:
        _arrived(self, tp, record)
        return original_message(self, tp, record)

    def ack(self: Any, message: Any) -> Any:
        return message.tracked and original_ack(self, message)  # untracked: dropped, the agent never saw it

    faust_consumer.Consumer._add_gap = add_gap
    faust_consumer.Consumer.ack = ack
    faust_driver.Consumer._to_message = to_message
    faust_consumer.Consumer._new_offset = _new_offset
    faust_consumer.Consumer._tapewire_exact = True


def passed(consumer: Any, tp: Any, end: int) -> None:
    """Note that up to `end` the broker has no record that was not read: those offsets may be committed over."""
    _empty(consumer, tp, _unread(consumer, tp), end)


def dropped(consumer: Any, tp: Any, position: int) -> int | None:
    """The offset that is due when its article was dropped on its way to the agent; the next fetch is at `position`.

    Faust fetches records and gives them up in the middle of a rebalance; mostly, not always, it goes back for them.
    So it is where later ones are acknowledged, or nothing is in work at all, though it was fetched.
    """
    if not consumer.flow_active or consumer._commit_fut is not None:
        return None  # a rebalance forgets what was acknowledged; a commit has taken it, and has not arrived
    due, acked = _stands(consumer, tp), consumer._acked.get(tp, ())
    if due in acked or due >= position or consumer._gap[tp].overlaps(due):
        return None
    if any((m.tp, m.offset) == (tp, due) for m in consumer.unacked):
        return None
    return due if any(offset > due for offset in acked) or not consumer.unacked else None


def _empty(consumer: Any, tp: Any, first: int, end: int) -> None:
    """From `first` up to `end` there is no record. Told once; a pause of the flow gives records again."""
    if first >= end:
        return
    consumer._gap[tp].addi(first, end)
    consumer._acked.setdefault(tp, [])  # Faust commits the partitions that it finds there
    untold = max(first, _unread(consumer, tp))
    if untold < end:
        progress_of(consumer).skipped.append((tp, untold, end))
        _read(consumer, tp, end)


def _stands(consumer: Any, tp: Any) -> int:
    """Where the group stands: its commit; without one, where its first assignment began to read."""
    committed: int | None = consumer._committed_offset[tp]
    return progress_of(consumer).begins.get(tp, 0) if committed is None else committed


def _unread(consumer: Any, tp: Any) -> int:
    """The first offset this assignment has neither read nor passed."""
    reading, stands = progress_of(consumer).readings.get(tp), _stands(consumer, tp)
    if reading is None or reading.generation != consumer.app.consumer_generation_id:
        return stands
    return max(stands, reading.read)


def _read(consumer: Any, tp: Any, end: int) -> None:
    reading = progress_of(consumer).readings.get(tp)
    if reading is not None:
        reading.read = max(_unread(consumer, tp), end)


def _arrived(consumer: Any, tp: Any, record: Any) -> None:
    progress, generation, offset = progress_of(consumer), consumer.app.consumer_generation_id, record.offset
    known = progress.readings.get(tp)
    if known is None or known.generation != generation or offset < known.start:
        progress.readings[tp] = Reading(generation, offset)
    if noted := before(record):
        if noted.begins is not None:
            progress.begins[tp] = noted.begins
        _empty(consumer, tp, noted.follows, offset)
    _read(consumer, tp, offset + 1)


def _new_offset(self: Any, tp: Any) -> int | None:
    acked, gap = self._acked[tp], self._gap[tp]
    acked.sort()
    stands = _stands(self, tp)
    end = _unbroken(stands, acked, ((hole.begin, hole.end) for hole in gap))
    if end == stands:
        return None  # the next article due is not acknowledged yet
    count = bisect_left(acked, end)
    self._acked_index[tp].difference_update(acked[:count])
    acked[:count] = []
    gap.chop(0, end)
    return end


def _unbroken(due: int, acked: list[int], holes: Iterable[tuple[int, int]]) -> int:
    """The first offset from `due` on that is neither acknowledged (sorted) nor without a record."""
    for first, end in heapq.merge(((offset, offset + 1) for offset in acked), sorted(holes)):
        if first > due:
            break
        due = max(due, end)
    return due
