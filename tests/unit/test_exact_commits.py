"""What may be committed: an unbroken run of acknowledged offsets, over those that hold no record."""

from __future__ import annotations

from collections import defaultdict
from types import SimpleNamespace
from typing import Any

import pytest
from faust.transport import consumer as faust_consumer
from faust.transport.drivers import aiokafka as faust_driver

from streams.worker import commits

TP = ("articles", 0)


@pytest.fixture
def consumer(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Faust's own bookkeeping of one partition; its methods are given back after the test."""
    for place, name in (
        (faust_consumer.Consumer, "_add_gap"),
        (faust_consumer.Consumer, "_new_offset"),
    ):
        monkeypatch.setattr(place, name, getattr(place, name))
    monkeypatch.setattr(faust_driver.Consumer, "_to_message", lambda _self, _tp, record: record)
    monkeypatch.setattr(faust_consumer.Consumer, "_tapewire_exact", False, raising=False)
    commits.exact_commits()
    return SimpleNamespace(
        app=SimpleNamespace(consumer_generation_id=1),
        _acked=defaultdict(list),
        _acked_index=defaultdict(set),
        _committed_offset=defaultdict(lambda: None),
        _gap=defaultdict(faust_consumer.IntervalTree),
    )


def _delivered(consumer: Any, *offsets: int) -> None:
    for offset in offsets:
        faust_driver.Consumer._to_message(consumer, TP, SimpleNamespace(offset=offset))


def _acknowledged(consumer: Any, *offsets: int) -> int | None:
    consumer._acked[TP].extend(offsets)
    consumer._acked_index[TP].update(offsets)
    committed: int | None = faust_consumer.Consumer._new_offset(consumer, TP)
    if committed is not None:
        consumer._committed_offset[TP] = committed
    assert consumer._acked_index[TP] == set(consumer._acked[TP])
    return committed


def test_a_mark_that_stands_where_the_commit_stands_is_passed(consumer: Any) -> None:
    """The mark of a transaction is at offset 3 and all before it is committed: the next records are 4 and 5."""
    _delivered(consumer, 0, 1, 2)
    assert _acknowledged(consumer, 0, 1, 2) == 3
    _delivered(consumer, 4, 5)
    assert _acknowledged(consumer, 4, 5) == 6


def test_a_mark_behind_the_very_first_record_is_passed(consumer: Any) -> None:
    """A transaction of one article opens the topic."""
    _delivered(consumer, 0, 2)
    assert _acknowledged(consumer, 0) == 2
    assert _acknowledged(consumer, 2) == 3


def test_a_gap_does_not_carry_over_an_article_in_work(consumer: Any) -> None:
    """Offset 2 is not acknowledged, 3 holds no record, 4 is."""
    _delivered(consumer, 0, 1, 2, 4)
    assert _acknowledged(consumer, 0, 1) == 2
    assert _acknowledged(consumer, 4) is None
    assert _acknowledged(consumer, 2) == 5


def test_the_article_after_a_gap_is_not_part_of_it(consumer: Any) -> None:
    """Offsets 3 and 4 hold nothing, 5 is in work, 6 is acknowledged."""
    _delivered(consumer, 0, 1, 2, 5, 6)
    assert _acknowledged(consumer, 0, 1, 2) == 5
    assert _acknowledged(consumer, 6) is None
    assert _acknowledged(consumer, 5) == 7


def test_the_first_article_of_a_group_is_not_committed_over(consumer: Any) -> None:
    """Neither of a new group, nor of one whose log begins after its commit."""
    _delivered(consumer, 4, 5)
    assert _acknowledged(consumer, 5) is None
    consumer.app.consumer_generation_id = 2
    consumer._committed_offset[TP] = 4
    consumer._acked[TP].clear()
    consumer._acked_index[TP].clear()
    _delivered(consumer, 9, 10)
    assert _acknowledged(consumer, 10) is None
    assert _acknowledged(consumer, 9) == 11


def test_what_comes_from_before_the_first_is_not_committed_over(consumer: Any) -> None:
    """The consumer went back within its assignment: the earlier article is due, not those that came before it."""
    _delivered(consumer, 8, 9)
    _delivered(consumer, 3, 8, 9)
    assert _acknowledged(consumer, 8, 9) is None
    assert _acknowledged(consumer, 3) == 10


def test_a_gap_below_the_commit_moves_nothing_back(consumer: Any) -> None:
    """Another worker has committed further in the meantime."""
    _delivered(consumer, 3)
    consumer._committed_offset[TP] = 10
    _delivered(consumer, 8, 10)
    assert _acknowledged(consumer, 10) == 11


def test_what_is_delivered_again_is_no_second_gap(consumer: Any) -> None:
    """A pause of the flow gives records again; what lay between them is told once."""
    consumer._committed_offset[TP] = 3
    for _ in range(2):
        _delivered(consumer, 5, 7)
    assert [(first, end) for _, first, end in consumer._tapewire_skipped] == [(3, 5), (6, 7)]


def test_a_gap_that_was_asked_for_is_no_second_one_when_a_record_follows(consumer: Any) -> None:
    """The watchdog found nothing up to offset 8; the next article comes before the commit has moved."""
    _delivered(consumer, 3, 4)
    commits.passed(consumer, TP, 8)
    _delivered(consumer, 8)
    assert [(first, end) for _, first, end in consumer._tapewire_skipped] == [(5, 8)]
    assert _acknowledged(consumer, 3) == 4
    assert _acknowledged(consumer, 4) == 8


def test_what_an_earlier_assignment_read_is_passed_as_well(consumer: Any) -> None:
    """Offsets 4 and 5 were read, not decided, and then deleted: where they lay there is nothing to wait for."""
    _delivered(consumer, 4, 5)
    consumer.app.consumer_generation_id, consumer._committed_offset[TP] = 2, 4
    commits.passed(consumer, TP, 9)
    assert _acknowledged(consumer) == 9


@pytest.mark.parametrize("wide", [10, 10**9])
def test_a_gap_is_as_quick_however_wide_it_is(consumer: Any, wide: int) -> None:
    """All of a billion unread articles were deleted: none of them is listed."""
    consumer._committed_offset[TP] = 5
    _delivered(consumer, 5 + wide, 6 + wide)
    assert _acknowledged(consumer, 5 + wide) == 6 + wide
    assert not consumer._gap[TP]
