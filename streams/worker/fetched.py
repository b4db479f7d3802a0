"""What a fetch tells of the offsets that hold no record: a repair to aiokafka 0.14.0, which keeps it to itself.

It touches private methods, so `pyproject.toml` pins the version it was measured on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from aiokafka.consumer import fetcher, subscription_state

from streams.worker.progress import kept_on

_NOTE: Final = "_tapewire_before"


class Before(NamedTuple):
    """What lies before a record: between `follows` and its offset there is none.

    `begins` is where this assignment began to read, for its first record: the group's commit, else the log's first.
    """

    follows: int
    begins: int | None = None


@dataclass(slots=True)
class Memory:
    """What is known of a partition in one assignment, from one fetch to the next.

    `lost` is the position that was given up and not found again yet; `begins` is as in `Before`, until its record
    comes; `empty` are offsets (the first, the one after the last) before the next fetch that hold no record.
    """

    lost: int | None = None
    begins: int | None = None
    empty: tuple[int, int] | None = None


def _memory_of(state: Any) -> Memory:
    """It hangs on aiokafka's state of the partition, which every assignment makes anew: then nothing is known."""
    return kept_on(state, Memory)


def before(record: Any) -> Before | None:
    """What its fetch told; None where the record follows directly on the one before it."""
    noted: Before | None = vars(record).get(_NOTE)
    return noted


def note_what_is_empty() -> None:
    """Let every record that does not follow directly on the one before it say so: see `before`.

    Which records were handed on, and in which order, says nothing of what the log holds: some may have been dropped
    on their way. Only the position a fetch was made at does, and what that fetch found.
    """
    if getattr(fetcher.FetchResult, "_tapewire_notes", False):
        return
    fetcher.FetchResult._tapewire_notes = True
    _note_positions(subscription_state.TopicPartitionState)
    getall = fetcher.FetchResult.getall

    def noting(self: Any, max_records: int | None = None) -> Any:
        inside = self._partition_records
        first = inside.next_fetch_offset if inside else 0
        records = getall(self, max_records)
        if inside and inside.next_fetch_offset != first:
            _note(self._assignment.state_value(self._topic_partition), first, records, inside.next_fetch_offset)
        return records

    fetcher.FetchResult.getall = noting


def _note_positions(state: Any) -> None:
    """An assignment begins where the group stands; where the log no longer reaches back so far, it begins later."""
    await_reset, reset_to = state.await_reset, state.reset_to

    def lost(self: Any, strategy: Any) -> None:
        if self._position is not None:
            _memory_of(self).lost = self._position
        await_reset(self, strategy)

    def found(self: Any, position: int) -> None:
        memory = _memory_of(self)
        was, memory.lost = memory.lost, None
        if was is None:
            memory.begins = position
        elif was < position:
            memory.empty = (was, position)
        reset_to(self, position)

    state.await_reset, state.reset_to = lost, found


def _note(state: Any, first: int, records: list[Any], end: int) -> None:
    """The fetch gave these records from `first` up to `end`; `state` keeps what was empty before, and behind them."""
    memory, begins = _memory_of(state), None
    empty, upto = memory.empty or (first, first)
    due = empty if upto == first else first
    if records:
        begins, memory.begins = memory.begins, None
    if records and (begins is not None or records[-1].offset - due + 1 != len(records)):
        for record in records:
            if record.offset != due or begins is not None:
                record.__dict__[_NOTE], begins = Before(due, begins), None
            due = record.offset + 1
    memory.empty = (records[-1].offset + 1 if records else due, end)
