"""What Faust's consumer knows of its partitions. Reads private paths of the versions that `pyproject.toml` pins."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from streams.kafka.answer import answered
from streams.worker.progress import progress_of

_ANSWER_S: Final = 5.0


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

    @property
    def beyond(self) -> bool:
        """Whether the commit lies beyond the log's end: it is of another log, and says nothing (see the watchdog)."""
        return (self.committed or 0) > (self.end or 0)


def joined(app: Any) -> bool:
    """Whether the group has us: a member without partitions (a spare) has joined too."""
    consumer = app.consumer._thread._consumer
    return consumer is not None and getattr(consumer._coordinator, "generation", -1) > 0


def lost(app: Any) -> bool:
    """Whether the group's coordinator is lost: the broker is away, or lets nobody in."""
    consumer = app.consumer._thread._consumer
    return consumer is not None and consumer._coordinator.coordinator_id is None


def missing(app: Any, topics: Iterable[str]) -> list[str]:
    """Those of the topics that the cluster does not have; none before the group has us, and we know the cluster."""
    if not joined(app):
        return []
    cluster = app.consumer._thread._consumer._client.cluster
    return [t for t in topics if cluster.partitions_for_topic(t) is None and t not in cluster.unauthorized_topics]


def assigned(app: Any) -> list[Assigned]:
    """Every partition that is assigned to us."""
    consumer = app.consumer
    if consumer._thread._consumer is None:
        return []
    readings, generation = progress_of(consumer).readings, app.consumer_generation_id
    found = []
    for tp in consumer.assignment():
        if app.topics.acks_enabled_for(tp.topic):
            known = readings.get(tp)
            start = known.start if known is not None and known.generation == generation else None
            committed, end = consumer._committed_offset[tp], end_of(consumer, tp)
            found.append(Assigned(tp.topic, tp.partition, start, committed, end))
    return found


def end_of(consumer: Any, tp: Any) -> int | None:
    """The offset after the last; None when nobody has asked yet, or the partition leaves us at this very moment.

    An open transaction lies behind it (`repairs.read_committed`). Where one began before the committed offset, which
    an older version read through, it is the committed offset.
    """
    try:
        end: int | None = consumer.highwater(tp)
    except (AssertionError, AttributeError):  # the consumer's own thread is in the middle of a rebalance
        return None
    committed: int | None = consumer._committed_offset[tp]
    if end is None or committed is None or end >= committed:
        return end
    return committed if committed <= (_written(consumer, tp) or 0) else end


def position_of(consumer: Any, tp: Any) -> int:
    """The offset that is fetched next; 0 while nobody knows, or the partition leaves us at this very moment."""
    try:
        position: int | None = _state(consumer, tp)._position
    except AttributeError:
        return 0
    return position or 0


def _written(consumer: Any, tp: Any) -> int | None:
    """The offset after the last, of open transactions too."""
    written: int | None = vars(_state(consumer, tp)).get("highwater")
    return written


def _state(consumer: Any, tp: Any) -> Any:
    return consumer._thread._consumer._subscription.subscription.assignment.state_value(tp)


async def bounds(consumer: Any, tps: Collection[Any]) -> dict[Any, tuple[int, int]]:
    """Of each partition's log the first offset and the one after the last, as Kafka says now. Raises `Away`."""
    firsts = await answered(consumer.earliest_offsets(*tps), _ANSWER_S)
    ends = await answered(consumer.highwaters(*tps), _ANSWER_S)
    return {tp: (firsts[tp], ends[tp]) for tp in tps}


def skipped(app: Any) -> Iterator[tuple[Any, int, int]]:
    """Offsets the broker did not deliver since the last call: partition, the first, the one after the last."""
    ranges = progress_of(app.consumer).skipped
    while ranges:
        yield ranges.pop()
