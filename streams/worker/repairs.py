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
