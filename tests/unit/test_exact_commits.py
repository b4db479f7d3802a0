"""What may be committed: an unbroken run of acknowledged offsets, over those that hold no record."""

from __future__ import annotations

from collections import defaultdict
from types import SimpleNamespace
from typing import Any

import pytest
from faust.transport import consumer as faust_consumer
from faust.transport.drivers import aiokafka as faust_driver

from streams.worker import repairs

TP = ("articles", 0)


@pytest.fixture
def consumer(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Faust's own bookkeeping of one partition; its methods are given back after the test."""
    for place, name in (
        (faust_consumer.Consumer, "_add_gap"),
        (faust_consumer.Consumer, "_new_offset"),
        (faust_driver.Consumer, "_to_message"),
    ):
        monkeypatch.setattr(place, name, getattr(place, name))
    monkeypatch.setattr(faust_consumer.Consumer, "_tapewire_exact", False, raising=False)
    repairs.exact_commits()
    return SimpleNamespace(
        _acked=defaultdict(list),
        _acked_index=defaultdict(set),
        _committed_offset=defaultdict(lambda: None),
        _gap=defaultdict(faust_consumer.IntervalTree),
        _tapewire_starts={TP: (1, 0)},
    )


def _acknowledged(consumer: Any, *offsets: int) -> int | None:
    consumer._acked[TP].extend(offsets)
    consumer._acked_index[TP].update(offsets)
    committed: int | None = faust_consumer.Consumer._new_offset(consumer, TP)
    if committed is not None:
        consumer._committed_offset[TP] = committed
    return committed


async def test_a_mark_that_stands_where_the_commit_stands_is_passed(consumer: Any) -> None:
    """The mark of a transaction is at offset 3 and all before it is committed: the next records are 4 and 5."""
    assert _acknowledged(consumer, 0, 1, 2) == 3
    await faust_consumer.Consumer._add_gap(consumer, TP, 3, 4)
    assert _acknowledged(consumer, 4, 5) == 6


async def test_a_gap_does_not_carry_over_an_article_in_work(consumer: Any) -> None:
    """Offset 2 is not acknowledged, 3 holds no record, 4 is."""
    assert _acknowledged(consumer, 0, 1) == 2
    await faust_consumer.Consumer._add_gap(consumer, TP, 3, 4)
    assert _acknowledged(consumer, 4) is None
    assert _acknowledged(consumer, 2) == 5


async def test_the_article_after_a_gap_is_not_part_of_it(consumer: Any) -> None:
    """Offsets 3 and 4 hold nothing, 5 is in work, 6 is acknowledged."""
    assert _acknowledged(consumer, 0, 1, 2) == 3
    await faust_consumer.Consumer._add_gap(consumer, TP, 3, 5)
    assert _acknowledged(consumer, 6) == 5
    assert _acknowledged(consumer, 5) == 7


async def test_a_gap_below_the_commit_moves_nothing_back(consumer: Any) -> None:
    """Another worker has committed further in the meantime."""
    consumer._committed_offset[TP] = 10
    await faust_consumer.Consumer._add_gap(consumer, TP, 4, 8)
    assert _acknowledged(consumer, 10) == 11
