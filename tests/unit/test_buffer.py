"""What is read ahead of the agents is bounded by bytes."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from mode.utils.queues import FlowControlEvent

from streams.worker.buffer import PLACE_BYTES, PLACES, Buffer


def event(length: int | None) -> Any:
    """An event whose record has so many bytes; None is a tombstone."""
    value = None if length is None else bytes(length)
    return SimpleNamespace(message=SimpleNamespace(value=value, key=None, headers=None))


class Partition:
    """Puts events as Faust's conductor does, and knows whether the partition is fetched."""

    def __init__(self, maxsize: int = PLACES) -> None:
        self.buffer = Buffer(maxsize=maxsize, flow_control=FlowControlEvent(initially_suspended=False))
        self.fetched = True

    def put(self, *lengths: int | None) -> None:
        """As long as it is fetched."""
        for length in lengths:
            self.buffer.put_nowait_enhanced(event(length), on_pressure_high=self._stop, on_pressure_drop=self._go_on)

    def _stop(self) -> None:
        self.fetched = False

    def _go_on(self) -> None:
        self.fetched = True


@pytest.mark.parametrize(
    ("length", "most"), [(0, PLACES), (200, PLACES), (50_000, 1_400), (1_000_000, 70), (None, PLACES)]
)
async def test_it_stops_fetching_before_memory_is_full(length: int | None, most: int) -> None:
    """However long the articles are: 64 MiB of them, or as many as there are places."""
    partition, count = Partition(), 0
    while partition.fetched and count <= PLACES:
        partition.put(length)
        count += 1
    assert 0.75 * most < count <= most
    assert count * (length or 0) <= PLACES * PLACE_BYTES


async def test_it_fetches_again_when_much_of_it_is_taken() -> None:
    """And counts right over any number of rounds."""
    partition = Partition(100)
    for _ in range(5):
        while partition.fetched:
            partition.put(10, 3_000)
        assert partition.buffer.qsize() >= 80
        while not partition.fetched:
            partition.buffer.get_nowait()
    while not partition.buffer.empty():
        await partition.buffer.get()
    assert partition.buffer.qsize() == 0


async def test_a_rebalance_empties_it() -> None:
    """What was read ahead belongs to the generation before."""
    partition = Partition(100)
    partition.put(5_000, 5_000)
    assert partition.buffer.qsize() == 10
    partition.buffer.clear()
    assert partition.buffer.qsize() == 0
    assert partition.buffer.empty()


async def test_keys_and_headers_count_too() -> None:
    """An article may be small, and what its producer sends along is not."""
    partition = Partition()
    message = SimpleNamespace(value=b"{}", key=bytes(3_000), headers=[("trace", bytes(5_000)), ("none", None)])
    partition.buffer.force_put_nowait(SimpleNamespace(message=message))
    assert partition.buffer.qsize() == 8
