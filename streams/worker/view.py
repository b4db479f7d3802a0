"""What Faust's consumer knows of its partitions. Reads private paths of the versions that `pyproject.toml` pins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Assigned:
    """A partition of ours: `start` is the first offset this assignment was given, `end` the one after the last."""

    topic: str
    partition: int
    start: int | None
    committed: int | None
    end: int | None

    @property
    def lag(self) -> int:
        """Records that are not committed."""
        return max(0, (self.end or 0) - (self.committed or self.start or 0))


def joined(app: Any) -> bool:
    """Whether the group has us: a member without partitions (a spare) has joined too."""
    consumer = app.consumer._thread._consumer
    return consumer is not None and getattr(consumer._coordinator, "generation", -1) > 0


def lost(app: Any) -> bool:
    """Whether the group's coordinator is lost: the broker is away, or lets nobody in."""
    consumer = app.consumer._thread._consumer
    return consumer is not None and consumer._coordinator.coordinator_id is None


def assigned(app: Any) -> list[Assigned]:
    """Every partition that is assigned to us."""
    consumer = app.consumer
    if consumer._thread._consumer is None:
        return []
    starts = consumer.__dict__.get("_tapewire_starts", {})
    generation = app.consumer_generation_id
    found = []
    for tp in consumer.assignment():
        if app.topics.acks_enabled_for(tp.topic):
            known = starts.get(tp)
            start = known[1] if known and known[0] == generation else None
            committed, end = consumer._committed_offset[tp], end_of(consumer, tp)
            found.append(Assigned(tp.topic, tp.partition, start, committed, end))
    return found


def nothing_until(consumer: Any, tp: Any, end: int) -> None:
    """Note that up to this end only marks of transactions lie ahead."""
    consumer.__dict__.setdefault("_tapewire_marks", {})[tp] = end


def end_of(consumer: Any, tp: Any) -> int | None:
    """The offset after the last record; None when nobody has asked yet, or the partition leaves us at this very moment.

    Where only marks of transactions lie ahead that is the committed offset.
    """
    try:
        end: int | None = consumer.highwater(tp)
    except (AssertionError, AttributeError):  # the consumer's own thread is in the middle of a rebalance
        return None
    if end is not None and consumer.__dict__.get("_tapewire_marks", {}).get(tp) == end:
        committed: int | None = consumer._committed_offset[tp]
        return committed
    return end


def skipped(app: Any) -> Iterator[tuple[str, int, int, int]]:
    """Offsets the broker did not deliver since the last call: topic, partition, the first, the one after the last."""
    ranges: list[tuple[Any, int, int]] = app.consumer.__dict__.get("_tapewire_skipped", [])
    while ranges:
        tp, first, end = ranges.pop()
        yield tp.topic, tp.partition, first, end
