"""The observer: what it writes down of Kafka, held against a consumer that says what it is told."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest

from streams.basics.times import DAY, SECOND
from streams.health.signs import judge
from streams.metrics import names
from streams.metrics.conservation import Conservation
from streams.worker import view
from streams.worker.holding import Health
from streams.worker.let_go import QUIET_S, LetGo
from streams.worker.progress import Reading, progress_of
from tests.build import NOON
from tests.unit.observed import A0, A1, Consumer, app, number, observer


def test_lag_is_counted_in_records_and_in_seconds() -> None:
    """From the commit, or from where a new group began; a partition that left takes its numbers along."""
    consumer = Consumer({A0: 10, A1: None}, {A0: 25, A1: 8}, {A1: Reading(3, 5)})
    looking = observer(consumer)
    looking.look_at_kafka()
    assert (number(looking, names.LAG, "articles", "0"), number(looking, names.LAG, "articles", "1")) == (15, 3)
    assert 59 < number(looking, names.LAG_SECONDS, "articles") < 70
    assert number(looking, names.ASSIGNED, "articles") == 2
    assert judge(looking.signs, time.monotonic()).ready == ()
    consumer.committed, consumer._committed_offset = {A0: 25}, {A0: 25}
    looking.look_at_kafka()
    assert number(looking, names.LAG_SECONDS, "articles") == 0
    assert b'partition="1"' not in looking.meter.text()


def test_a_worker_that_never_handled_anything_lags_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that dies over its first batch again and again is as far behind as what it reads; before that, as it waited.

    A spare that stood by for a day has waited for nothing.
    """
    now = [NOON / SECOND]
    monkeypatch.setattr("streams.worker.observe.time", SimpleNamespace(time=lambda: now[0], monotonic=time.monotonic))
    health, lags = Health(), Consumer({A0: 10}, {A0: 25})
    looking = observer(Consumer({}, {}), health=health)

    def behind() -> float:
        looking.look_at_kafka()
        return number(looking, names.LAG_SECONDS, "articles")

    assert behind() == 0
    now[0] += DAY / SECOND
    looking.app = app(lags)
    assert behind() == 0
    now[0] += 90
    assert behind() == 90
    health.taken = NOON
    assert behind() == DAY / SECOND + 90
    lags.committed[A0] = 25
    assert behind() == 0


def test_what_was_committed_without_a_decision_is_found_and_said(caplog: pytest.LogCaptureFixture) -> None:
    """Also over offsets that the broker never had; only what this assignment was given counts."""
    consumer = Consumer({A0: 9}, {A0: 9}, {A0: Reading(3, 5)})
    progress_of(consumer).skipped = [(A0, 7, 8)]
    judged = Conservation()
    looking = observer(consumer, judged=judged)
    for offset in (5, 6):
        judged.decided(("articles", 0), offset)
    looking.look_at_kafka()
    assert number(looking, names.GAP) == 1  # 8
    assert number(looking, names.SKIPPED, "articles") == 1
    assert "articles/0: 1 committed without a decision" in caplog.text


def test_the_end_of_a_stretch_that_was_read_too_late_is_said(caplog: pytest.LogCaptureFixture) -> None:
    """Nothing need come in for it: the topic may hold old articles alone."""
    let_go = LetGo(lambda: QUIET_S, number=3, longest=DAY)
    observer(Consumer({A0: 10}, {A0: 10}), looks=(let_go.look,)).look_at_kafka()
    assert "3 articles were late: they lay on Kafka for up to 24 hours" in caplog.messages


def test_a_gap_of_a_billion_offsets_is_counted_and_not_walked() -> None:
    """Retention took them; none was missed, and the one article after them is."""
    end = 10**9 + 5
    consumer = Consumer({A0: end + 1}, {A0: end + 1}, {A0: Reading(3, 5)})
    progress_of(consumer).skipped = [(A0, 5, end)]
    looking = observer(consumer)
    looking.look_at_kafka()
    assert number(looking, names.SKIPPED, "articles") == 10**9
    assert number(looking, names.GAP) == 1


def test_a_commit_beyond_the_end_is_no_gap(caplog: pytest.LogCaptureFixture) -> None:
    """Of a topic that was made anew: the watchdog puts it right, nobody is to be woken."""
    looking = observer(Consumer({A0: 1_000}, {A0: 10}, {A0: Reading(3, 0)}))
    looking.look_at_kafka()
    assert number(looking, names.GAP) == 0
    assert "without a decision" not in caplog.text


async def test_what_was_deleted_before_it_was_read_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    """Offsets 5 to 8 are gone; 9 and 10 hold no record but are there, as marks of transactions are. Kafka was away."""
    consumer = Consumer({A0: 5, A1: 5}, {A0: 12, A1: 9}, firsts={A0: 9, A1: 5}, refuses=[TimeoutError()])
    progress_of(consumer).skipped = [(A0, 5, 11), (A1, 6, 7)]
    looking = observer(consumer)
    looking.look_at_kafka()
    for _ in range(3):
        await looking.look_for_deleted()
    assert number(looking, names.DELETED, "articles") == 4
    assert caplog.text.count("up to 4 records were deleted before they were read: articles/0/5-8") == 1
    assert caplog.text.count("deleted before") == 1


def test_a_worker_outside_the_group_is_not_ready_and_a_spare_is() -> None:
    """No generation yet; then a member without partitions."""
    looking = observer(Consumer({}, {}, generation=-1))
    looking.look_at_kafka()
    assert judge(looking.signs, time.monotonic()).ready == ("waiting to begin: not a member of the consumer group yet",)
    looking = observer(Consumer({}, {}))
    looking.look_at_kafka()
    assert judge(looking.signs, time.monotonic()).ready == ()


def test_a_missing_topic_is_no_spare() -> None:
    """Without partitions either way; one that we may not look at is there, and before we joined nobody knows."""
    for consumer, reasons in (
        (Consumer({}, {}, topics=()), ("no topic articles: run `tapewire topics apply`",)),
        (Consumer({}, {}, topics=(), unauthorized_topics=("articles",)), ()),
        (Consumer({}, {}, topics=(), generation=-1), ("waiting to begin: not a member of the consumer group yet",)),
    ):
        looking = observer(consumer)
        looking.look_at_kafka()
        assert judge(looking.signs, time.monotonic()).ready == reasons


def test_nothing_is_read_before_there_is_a_consumer() -> None:
    """Faust makes it late."""
    consumer = Consumer({A0: 1}, {A0: 1})
    consumer._thread._consumer = None
    assert view.assigned(app(consumer)) == []
    assert not view.joined(app(consumer))


def test_a_partition_that_leaves_while_we_look_is_no_accident(monkeypatch: pytest.MonkeyPatch) -> None:
    """The consumer lives in a thread of its own: between two questions it may be somebody else's."""

    def gone(_tp: object) -> int:
        raise AssertionError("Partition is not assigned")

    consumer = Consumer({A0: 3}, {A0: 9})
    monkeypatch.setattr(consumer, "highwater", gone)
    assert [(p.partition, p.end, p.lag) for p in view.assigned(app(consumer))] == [(0, None, 0)]


def test_standing_still_and_holding_are_told_apart() -> None:
    """A partition that does not move is a fault unless the worker waits on purpose; the part is a label."""
    looking = observer(Consumer({A0: 1}, {A0: 9}), standing=lambda: ("articles/0", 500.0))
    looking.look_at_kafka()
    assert judge(looking.signs, time.monotonic()).live == ("articles/0 has not moved for 500 s",)
    looking.signs.away = lambda: "Redis: connection refused"
    looking.look_at_kafka()
    assert judge(looking.signs, time.monotonic()).live == ()
    assert number(looking, names.AWAY, "redis") == 1
    assert number(looking, names.AWAY, "kafka") == 0


def test_an_idle_worker_without_a_broker_is_not_ready() -> None:
    """Nothing is published and nothing comes: only the group's coordinator tells."""
    looking = observer(Consumer({A0: 9}, {A0: 9}, coordinator=None))
    looking.look_at_kafka()
    assert judge(looking.signs, time.monotonic()).ready == ("Kafka: the group's coordinator does not answer",)
    assert judge(looking.signs, time.monotonic()).live == ()
    assert number(looking, names.AWAY, "kafka") == 1
