"""Repairs to faust-streaming 0.15.3, each small, each switched on by name, each with a test that fails without it.

They touch private methods, so `pyproject.toml` pins the version they were measured on.
"""

from __future__ import annotations

import asyncio
import types
from collections.abc import Coroutine, Generator
from typing import Any

import aiokafka
from aiokafka.consumer import group_coordinator, subscription_state
from aiokafka.errors import KafkaError
from faust.transport import consumer as faust_consumer
from faust.transport.drivers import aiokafka as faust_driver


def exact_commits() -> None:
    """Never commit past an unacknowledged article, and never stand before offsets that hold none.

    As shipped, a fresh group and a gap of exactly one are committed over (faust-streaming issue 606).
    The first offset delivered in an assignment is remembered; the committed offset moves only over an
    unbroken run of acknowledged offsets that starts there. A gap is kept from its first offset on: as shipped
    the one at the committed offset, which is the next to be read, is left out, and nothing is committed again.
    """
    if getattr(faust_consumer.Consumer, "_tapewire_exact", False):
        return
    original_message = faust_driver.Consumer._to_message

    async def add_gap(self: Any, tp: Any, offset_from: int, offset_to: int) -> None:
        first = max(offset_from, self._committed_offset[tp] or 0)
        if first < offset_to:  # the article just read, at its end, is not part of it
            self._gap[tp].addi(first, offset_to)
            self._gap[tp].merge_overlaps()
        self.__dict__.setdefault("_tapewire_skipped", []).append((tp, offset_from, offset_to))

    def to_message(self: Any, tp: Any, record: Any) -> Any:
        starts = self.__dict__.setdefault("_tapewire_starts", {})
        generation = self.app.consumer_generation_id
        known = starts.get(tp)
        if known is None or known[0] != generation or record.offset < known[1]:
            starts[tp] = (generation, record.offset)
        return original_message(self, tp, record)

    faust_consumer.Consumer._add_gap = add_gap
    faust_driver.Consumer._to_message = to_message
    faust_consumer.Consumer._new_offset = _new_offset
    faust_consumer.Consumer._tapewire_exact = True


def _new_offset(self: Any, tp: Any) -> int | None:
    acked = self._acked[tp]
    if not acked:
        return None
    _fill_gaps(self._gap[tp], acked)
    acked.sort()
    start = self.__dict__.get("_tapewire_starts", {}).get(tp)
    due = max(self._committed_offset[tp] or 0, start[1] if start else 0)
    if acked[0] > due:
        return None  # the next article due is not acknowledged yet
    run = next(faust_consumer.consecutive_numbers(acked))
    acked[: len(run)] = []
    self._acked_index[tp].difference_update(run)
    return int(run[-1]) + 1


def _fill_gaps(gap: Any, acked: list[int]) -> None:
    """Offsets the broker skipped (compaction, transactions) count as acknowledged."""
    if not gap:
        return
    top = max(acked)
    below = sorted(gap.overlap(0, top), key=lambda interval: interval.begin)
    if below:
        known = set(acked)
        for interval in below:
            acked.extend(o for o in range(interval.begin, interval.end) if o not in known)
        gap.chop(0, max(below[-1].end, top + 1))


def fetch_wait(millis: int) -> None:
    """How long a fetch may wait at the broker; Faust hard-codes 1500, and a mock broker never wakes a fetch."""
    original = aiokafka.AIOKafkaConsumer.__init__

    def init(self: Any, *args: Any, **options: Any) -> None:
        if "fetch_max_wait_ms" in options:
            options["fetch_max_wait_ms"] = millis
        original(self, *args, **options)

    aiokafka.AIOKafkaConsumer.__init__ = init


def read_committed() -> None:
    """What a transaction wrote is read once that is committed, and the end of a partition is where that is settled.

    As shipped, aborted and open transactions are read too, unless Faust writes in transactions itself. The end of a
    partition decides about lag and standstills, Faust's own warnings included, and nothing after the last stable
    offset can be read.
    """
    if getattr(aiokafka.AIOKafkaConsumer, "_tapewire_committed", False):
        return
    original = aiokafka.AIOKafkaConsumer.__init__

    def init(self: Any, *args: Any, **options: Any) -> None:
        original(self, *args, **options | {"isolation_level": "read_committed"})

    def end(self: Any) -> int | None:
        settled: int | None = self.lso
        return self.__dict__.get("highwater") if settled is None or settled < 0 else settled

    def arrived(self: Any, highwater: int | None) -> None:
        self.__dict__["highwater"] = highwater

    aiokafka.AIOKafkaConsumer.__init__ = init
    subscription_state.TopicPartitionState.highwater = property(end, arrived)
    aiokafka.AIOKafkaConsumer._tapewire_committed = True


def join_mock_groups(leader_wait: float = 0.3) -> None:
    """Librdkafka's mock refuses a follower that syncs after its leader; let the leader wait and the other rejoin."""
    rebalance = group_coordinator.CoordinatorGroupRebalance
    original = rebalance._send_sync_group_request

    async def send_sync(self: Any, request: Any) -> Any:
        if request._group_assignment:
            await asyncio.sleep(leader_wait)
        try:
            return await original(self, request)
        except KafkaError as fault:
            if "InvalidRequest" not in str(fault):
                raise
            self._coordinator.request_rejoin()
            return None

    rebalance._send_sync_group_request = send_sync


def inline_delivery() -> None:
    """Hand a message to its stream at once instead of through four asyncio tasks (twice the throughput).

    Falls back to Faust's own way whenever the delivery really has to wait (buffer full, flow stopped).
    """
    if getattr(faust_consumer.Consumer, "_tapewire_inline", False):
        return
    original = faust_consumer.Consumer.wait_first

    async def wait_first(self: Any, *coros: Any, timeout: Any = None) -> Any:  # noqa: ASYNC109 - Faust's signature
        if timeout is not None or not _is_delivery(self, coros):
            return await original(self, *coros, timeout=timeout)
        coros[1].close()
        try:
            first = coros[0].send(None)
        except StopIteration:
            return None
        return await original(self, _resumed(coros[0], first), self.suspend_flow.wait())

    faust_consumer.Consumer.wait_first = wait_first
    faust_consumer.Consumer._tapewire_inline = True


def _is_delivery(consumer: Any, coros: tuple[Any, ...]) -> bool:
    return (
        len(coros) == 2  # noqa: PLR2004 - the delivery and the flow that may be suspended
        and not consumer.should_stop
        and not consumer.suspend_flow.is_set()
        and asyncio.iscoroutine(coros[0])
        and getattr(coros[0], "__qualname__", "").endswith("on_message")
    )


async def _resumed(coro: Coroutine[Any, Any, Any], first: Any) -> Any:
    return await _rest(coro, first)


@types.coroutine
def _rest(coro: Coroutine[Any, Any, Any], pending: Any) -> Generator[Any, Any, Any]:
    while True:
        try:
            sent = yield pending
        except BaseException as error:  # noqa: BLE001 - a cancellation belongs to the delivery, whatever it is
            try:
                pending = coro.throw(error)
            except StopIteration as stop:
                return stop.value
        else:
            try:
                pending = coro.send(sent)
            except StopIteration as stop:
                return stop.value
