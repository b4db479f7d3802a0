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


def exact_commits() -> None:
    """Never commit past an unacknowledged article, and never stand before offsets that hold none.

    As shipped, a fresh group and a gap of exactly one are committed over (faust-streaming issue 606).
    The first offset delivered in an assignment is remembered; the committed offset moves only over an
    unbroken run of acknowledged and passed offsets that starts there. As shipped a gap is listed offset by offset,
    and one at the commit, or behind the topic's very first record, is left out: nothing is committed again.
    """
    if getattr(faust_consumer.Consumer, "_tapewire_exact", False):
        return
    original_message = faust_driver.Consumer._to_message

    async def add_gap(*_: Any) -> None:
        """Seen already, when the record arrived."""

    def to_message(self: Any, tp: Any, record: Any) -> Any:
        _arrived(self, tp, record.offset)
        return original_message(self, tp, record)

    faust_consumer.Consumer._add_gap = add_gap
    faust_driver.Consumer._to_message = to_message
    faust_consumer.Consumer._new_offset = _new_offset
    faust_consumer.Consumer._tapewire_exact = True


def passed(consumer: Any, tp: Any, end: int) -> None:
    """Note that up to `end` the broker has no record that was not read: those offsets may be committed over."""
    starts, first = consumer.__dict__.setdefault("_tapewire_starts", {}), _unread(consumer, tp)
    if first < end:
        if tp in starts:
            starts[tp] = (*starts[tp][:2], end)
        consumer._gap[tp].addi(first, end)
        consumer._acked.setdefault(tp, [])  # Faust commits the partitions that it finds there
        consumer.__dict__.setdefault("_tapewire_skipped", []).append((tp, first, end))


def _unread(consumer: Any, tp: Any) -> int:
    """The first offset this assignment has neither read nor passed."""
    committed: int = consumer._committed_offset[tp] or 0
    generation, _, read = consumer.__dict__.get("_tapewire_starts", {}).get(tp, (None, 0, 0))
    return max(committed, read) if generation == consumer.app.consumer_generation_id else committed


def _arrived(consumer: Any, tp: Any, offset: int) -> None:
    starts = consumer.__dict__.setdefault("_tapewire_starts", {})
    generation, committed = consumer.app.consumer_generation_id, consumer._committed_offset[tp]
    known = starts.get(tp)
    if known is None or known[0] != generation or offset < known[1]:
        starts[tp] = (generation, offset, offset if committed is None else committed)
    passed(consumer, tp, offset)
    starts[tp] = (*starts[tp][:2], max(_unread(consumer, tp), offset + 1))


def _new_offset(self: Any, tp: Any) -> int | None:
    acked, gap = self._acked[tp], self._gap[tp]
    acked.sort()
    start = self.__dict__.get("_tapewire_starts", {}).get(tp)
    due = max(self._committed_offset[tp] or 0, start[1] if start else 0)
    end = _unbroken(due, acked, ((hole.begin, hole.end) for hole in gap))
    if end == due:
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
