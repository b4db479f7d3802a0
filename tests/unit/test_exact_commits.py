"""What may be committed: an unbroken run of acknowledged offsets, over those that hold no record."""

from __future__ import annotations

from typing import Any

import pytest
from faust.transport import consumer as faust_consumer

from streams.worker import commits
from streams.worker.progress import progress_of
from tests.unit.consumed import acknowledged, assigned_again, bookkeeping, delivered, message
from tests.unit.fetches import TP, Log


@pytest.fixture
def consumer(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Faust's own bookkeeping of one partition."""
    return bookkeeping(monkeypatch)


def _read(consumer: Any, log: Log, most: int | None = None) -> list[int]:
    """Fetched, and delivered."""
    return delivered(consumer, log.fetch(most))


def _skipped(consumer: Any) -> list[tuple[int, int]]:
    return [(first, end) for _, first, end in progress_of(consumer).skipped]


async def test_a_mark_that_stands_where_the_commit_stands_is_passed(consumer: Any) -> None:
    """The mark of a transaction is at offset 3 and all before it is committed: the next records are 4 and 5."""
    log = Log([0, 1, 2])
    assert _read(consumer, log) == [0, 1, 2]
    assert acknowledged(consumer, 0, 1, 2) == 3
    log.records = [0, 1, 2, 4, 5]
    assert _read(consumer, log) == [4, 5]
    assert acknowledged(consumer, 4, 5) == 6


async def test_a_mark_behind_the_very_first_record_is_passed(consumer: Any) -> None:
    """A transaction of one article opens the topic."""
    assert _read(consumer, Log([0, 2])) == [0, 2]
    assert acknowledged(consumer, 0) == 2
    assert acknowledged(consumer, 2) == 3


async def test_a_gap_between_two_fetches_is_passed(consumer: Any) -> None:
    """Each fetch may take one record only."""
    log = Log([0, 3, 7])
    for offset in log.records:
        assert _read(consumer, log, 1) == [offset]
    assert acknowledged(consumer, 0, 3, 7) == 8


async def test_a_gap_does_not_carry_over_an_article_in_work(consumer: Any) -> None:
    """Offset 2 is not acknowledged, 3 holds no record, 4 is."""
    _read(consumer, Log([0, 1, 2, 4]))
    assert acknowledged(consumer, 0, 1) == 2
    assert acknowledged(consumer, 4) is None
    assert acknowledged(consumer, 2) == 5


async def test_the_article_after_a_gap_is_not_part_of_it(consumer: Any) -> None:
    """Offsets 3 and 4 hold nothing, 5 is in work, 6 is acknowledged."""
    _read(consumer, Log([0, 1, 2, 5, 6]))
    assert acknowledged(consumer, 0, 1, 2) == 5
    assert acknowledged(consumer, 6) is None
    assert acknowledged(consumer, 5) == 7


async def test_the_first_article_of_a_group_is_not_committed_over(consumer: Any) -> None:
    """Neither of a new group, whose log begins at 4, nor of one whose log begins after its commit."""
    log = Log([4, 5, 9, 10], first=4)
    _read(consumer, log, 2)
    assert acknowledged(consumer, 5) is None
    assert _skipped(consumer) == []  # what was deleted before there was a group is nothing it missed
    log.first = 9
    assigned_again(consumer, log, 4)
    _read(consumer, log)
    assert acknowledged(consumer, 10) == 9
    assert acknowledged(consumer, 9) == 11
    assert _skipped(consumer) == [(4, 9)]


async def test_what_was_dropped_in_a_rebalance_is_not_committed_over(consumer: Any) -> None:
    """A fetch of the old assignment arrives in the new one; what the fetch before it brought was dropped."""
    log = Log(list(range(10)))
    _read(consumer, log, 4)
    assert acknowledged(consumer, 0, 1, 2, 3) == 4
    log.fetch(3)  # dropped: the flow was stopped
    late = log.fetch(2)
    assigned_again(consumer, log, 4)
    assert delivered(consumer, late) == [7, 8]
    assert acknowledged(consumer, 7, 8) is None
    assert _read(consumer, log) == [4, 5, 6, 7, 8, 9]
    assert acknowledged(consumer, 5, 6) is None
    assert acknowledged(consumer, 4) == 9
    assert _skipped(consumer) == []


async def test_what_was_dropped_while_the_group_has_no_commit_is_not_committed_over(consumer: Any) -> None:
    """The first offset that arrives is not the first that is due."""
    log = Log(list(range(6)))
    log.fetch(2)
    late = log.fetch(2)
    assigned_again(consumer, log, None)
    assert delivered(consumer, late) == [2, 3]
    assert acknowledged(consumer, 2, 3) is None
    _read(consumer, log)
    assert acknowledged(consumer, 0, 1) == 4


async def test_a_commit_of_zero_is_where_the_group_stands(consumer: Any) -> None:
    """Faust takes it for none; the log begins at 0, and its first record is at 2."""
    log = Log([2, 3])
    log.assign(0)
    assert _read(consumer, log) == [2, 3]
    assert acknowledged(consumer, 3) == 2
    assert acknowledged(consumer, 2) == 4


async def test_an_article_the_agent_never_saw_is_notacknowledged(consumer: Any) -> None:
    """Faust acknowledges what it drops in a rebalance."""
    _read(consumer, Log([0, 1]))
    dropped = message(0, tracked=False)
    assert not faust_consumer.Consumer.ack(consumer, dropped)
    assert not dropped.acked
    assert acknowledged(consumer, 1) is None
    assert acknowledged(consumer, 0) == 2


async def test_what_comes_from_before_the_first_is_not_committed_over(consumer: Any) -> None:
    """The consumer went back within its assignment: the earlier article is due, not those that came before it."""
    log = Log([3, 8, 9])
    log.state.seek(8)
    assert _read(consumer, log) == [8, 9]
    log.state.seek(3)
    consumer._committed_offset[TP] = 3
    assert _read(consumer, log) == [3, 8, 9]
    assert acknowledged(consumer, 8, 9) is None
    assert acknowledged(consumer, 3) == 10


async def test_a_gap_below_the_commit_moves_nothing_back(consumer: Any) -> None:
    """Another worker has committed further in the meantime."""
    log = Log([3, 8, 10])
    _read(consumer, log, 1)
    consumer._committed_offset[TP] = 10
    assert _read(consumer, log) == [8, 10]
    assert acknowledged(consumer, 10) == 11


async def test_what_is_delivered_again_is_no_second_gap(consumer: Any) -> None:
    """A pause of the flow gives records again; what lay between them is told once."""
    log = Log([5, 7])
    consumer._committed_offset[TP] = 3
    for _ in range(2):
        log.state.seek(3)
        assert _read(consumer, log) == [5, 7]
    assert _skipped(consumer) == [(3, 5), (6, 7)]


async def test_a_gap_that_was_asked_for_is_no_second_one_when_a_record_follows(consumer: Any) -> None:
    """The watchdog found nothing up to offset 8; the next article comes before the commit has moved."""
    log = Log([3, 4])
    log.assign(3)
    _read(consumer, log)
    commits.passed(consumer, TP, 8)
    log.records = [3, 4, 8]
    _read(consumer, log)
    assert _skipped(consumer) == [(5, 8)]
    assert acknowledged(consumer, 3) == 4
    assert acknowledged(consumer, 4) == 8


async def test_what_an_earlier_assignment_read_is_passed_as_well(consumer: Any) -> None:
    """Offsets 4 and 5 were read, not decided, and then deleted: where they lay there is nothing to wait for."""
    log = Log([4, 5])
    _read(consumer, log)
    assigned_again(consumer, log, 4)
    commits.passed(consumer, TP, 9)
    assert acknowledged(consumer) == 9


@pytest.mark.parametrize("wide", [10, 10**9])
async def test_a_gap_is_as_quick_however_wide_it_is(consumer: Any, wide: int) -> None:
    """All of a billion unread articles were deleted: none of them is listed."""
    log = Log([5 + wide, 6 + wide], first=5 + wide)
    consumer._committed_offset[TP] = 5
    log.assign(5)
    assert _read(consumer, log) == [5 + wide, 6 + wide]
    assert acknowledged(consumer, 5 + wide) == 6 + wide
    assert not consumer._gap[TP]
