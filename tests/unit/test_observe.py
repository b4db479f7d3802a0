"""The observer: what it writes down of Kafka, Redis and the book, held against stand-ins that say what they are told."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from streams.delivery.memory import MemoryBook
from streams.health.signs import Signs, judge
from streams.metrics import names
from streams.metrics.conservation import Conservation
from streams.metrics.prometheus import PrometheusMeter
from streams.ports import Clocked
from streams.records import Away
from streams.redis_client import Vitals
from streams.stories.memory import MemoryStories
from streams.times import DAY, HOUR
from streams.worker import view
from streams.worker.holding import Health
from streams.worker.let_go import QUIET_S, LetGo
from streams.worker.observe import Observer
from tests.build import NOON, alert


@dataclass(frozen=True)
class TP:
    """A topic's partition, as Faust names it."""

    topic: str
    partition: int


@dataclass
class Consumer:
    """Faust's consumer as far as the view reads it; the dictionaries are by partition."""

    committed: dict[TP, int | None]
    ends: dict[TP, int | None]
    starts: dict[TP, tuple[int, ...]] = field(default_factory=dict)
    generation: int = 3
    coordinator: int | None = 1
    topics: tuple[str, ...] = ("articles",)  # what the cluster has
    unauthorized_topics: tuple[str, ...] = ()
    firsts: dict[TP, int] = field(default_factory=dict)
    written: dict[TP, int] = field(default_factory=dict)  # with open transactions
    refuses: list[Exception] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._tapewire_starts = self.starts
        self._committed_offset = self.committed
        self._thread = SimpleNamespace(
            _consumer=SimpleNamespace(
                _coordinator=SimpleNamespace(generation=self.generation, coordinator_id=self.coordinator),
                _client=SimpleNamespace(cluster=self),
                _subscription=SimpleNamespace(subscription=SimpleNamespace(assignment=self)),
            )
        )

    def state_value(self, tp: TP) -> Any:
        """As the last fetch told."""
        return SimpleNamespace(highwater=self.written.get(tp, self.ends[tp]))

    def assignment(self) -> set[TP]:
        """Ours."""
        return set(self.committed)

    def partitions_for_topic(self, topic: str) -> set[int] | None:
        """Of the cluster."""
        return {0, 1} if topic in self.topics else None

    def highwater(self, tp: TP) -> int | None:
        """The broker's end."""
        return self.ends[tp]

    async def highwaters(self, *tps: TP) -> dict[TP, int | None]:
        """The same, asked for."""
        return {tp: self.ends[tp] for tp in tps}

    async def earliest_offsets(self, *tps: TP) -> dict[TP, int]:
        """The broker's first, or that it is away."""
        if self.refuses:
            raise self.refuses.pop()
        return {tp: self.firsts.get(tp, 0) for tp in tps}


def app(consumer: Consumer) -> Any:
    """An app in its third generation."""
    topics = SimpleNamespace(acks_enabled_for=lambda _topic: True)
    return SimpleNamespace(consumer=consumer, consumer_generation_id=3, topics=topics)


async def vitals() -> Vitals:
    """A Redis that would throw state away."""
    return Vitals(memory=1_000, most=2_000, evicts=True, evicted=7)


def observer(consumer: Consumer, **changes: Any) -> Observer:
    """Looks at this consumer."""
    health = Health(handled=round(time.time() * 1_000) - 60_000)
    made = Observer(
        signs=Signs(role="all", stall_s=120), meter=PrometheusMeter(), conservation=Conservation(),
        healths=[("articles", health)], judged="articles", vitals=vitals, stories=MemoryStories(),
        book=MemoryBook(Clocked([NOON])), app=app(consumer),
    )  # fmt: skip
    for name, value in changes.items():
        setattr(made, name, value)
    return made


A0, A1 = TP("articles", 0), TP("articles", 1)


def number(looking: Observer, metric: names.Metric, *labels: str) -> float:
    """What a metric stands at."""
    assert isinstance(looking.meter, PrometheusMeter)
    return looking.meter.value(metric, *labels)


def test_lag_is_counted_in_records_and_in_seconds() -> None:
    """From the commit, or from where a new group began; a partition that left takes its numbers along."""
    consumer = Consumer({A0: 10, A1: None}, {A0: 25, A1: 8}, {A1: (3, 5)})
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


def test_what_was_committed_without_a_decision_is_found_and_said(caplog: pytest.LogCaptureFixture) -> None:
    """Also over offsets that the broker never had; only what this assignment was given counts."""
    consumer = Consumer({A0: 9}, {A0: 9}, {A0: (3, 5)})
    consumer.__dict__["_tapewire_skipped"] = [(A0, 7, 8)]
    looking = observer(consumer)
    for offset in (5, 6):
        looking.conservation.decided(("articles", 0), offset)
    looking.look_at_kafka()
    assert number(looking, names.GAP) == 1  # 8
    assert number(looking, names.SKIPPED, "articles") == 1
    assert "articles/0: 1 committed without a decision" in caplog.text


def test_the_end_of_a_stretch_that_was_read_too_late_is_said(caplog: pytest.LogCaptureFixture) -> None:
    """Nothing need come in for it: the topic may hold old articles alone."""
    observer(Consumer({A0: 10}, {A0: 10}), let_go=LetGo(lambda: QUIET_S, number=3, longest=DAY)).look_at_kafka()
    assert "3 articles were late: they lay on Kafka for up to 24 hours" in caplog.messages


def test_a_gap_of_a_billion_offsets_is_counted_and_not_walked() -> None:
    """Retention took them; none was missed, and the one article after them is."""
    end = 10**9 + 5
    consumer = Consumer({A0: end + 1}, {A0: end + 1}, {A0: (3, 5)})
    consumer.__dict__["_tapewire_skipped"] = [(A0, 5, end)]
    looking = observer(consumer)
    looking.look_at_kafka()
    assert number(looking, names.SKIPPED, "articles") == 10**9
    assert number(looking, names.GAP) == 1


def test_a_commit_beyond_the_end_is_no_gap(caplog: pytest.LogCaptureFixture) -> None:
    """Of a topic that was made anew: the watchdog puts it right, nobody is to be woken."""
    looking = observer(Consumer({A0: 1_000}, {A0: 10}, {A0: (3, 0)}))
    looking.look_at_kafka()
    assert number(looking, names.GAP) == 0
    assert "without a decision" not in caplog.text


async def test_what_was_deleted_before_it_was_read_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    """Offsets 5 to 8 are gone; 9 and 10 hold no record but are there, as marks of transactions are. Kafka was away."""
    consumer = Consumer({A0: 5, A1: 5}, {A0: 12, A1: 9}, firsts={A0: 9, A1: 5}, refuses=[TimeoutError()])
    consumer.__dict__["_tapewire_skipped"] = [(A0, 5, 11), (A1, 6, 7)]
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


async def test_redis_the_book_and_the_story_memory_are_measured() -> None:
    """Memory, eviction, deliveries by state, channels on hold."""
    book = MemoryBook(Clocked([NOON]))
    await book.begin()
    await book.intend([alert(1), alert(2)])
    await book.hold("slack", "token_revoked")
    looking = observer(Consumer({}, {}), book=book)
    await looking.look_outside(stories=True)
    assert (number(looking, names.REDIS_MEMORY), number(looking, names.REDIS_MOST)) == (1_000, 2_000)
    assert (number(looking, names.REDIS_EVICTS), number(looking, names.REDIS_EVICTED)) == (1, 7)
    assert number(looking, names.DELIVERIES, "pending") == 2
    assert b'tapewire_deliveries{state="dead"} 0' in looking.meter.text()  # else the first one would not be a growth
    assert number(looking, names.HELD, "slack") == 1
    assert looking.signs.held == {"slack": "token_revoked"}
    await book.resume("slack")
    await looking.look_outside(stories=False)
    assert number(looking, names.HELD, "slack") == 0
    assert b'tapewire_channel_held{channel="slack"}' not in looking.meter.text()


async def test_receipts_that_wait_are_counted_with_how_long_they_do() -> None:
    """None at first; what was proved half a minute ago and not reported is seen."""
    clock = Clocked([NOON])
    book = MemoryBook(clock)
    await book.intend([alert(1)])
    delivery = await book.claim(1_000)
    assert delivery is not None
    looking = observer(Consumer({}, {}), book=book)
    await looking.look_outside(stories=False)
    assert (number(looking, names.RECEIPTS), number(looking, names.RECEIPTS_AGE)) == (0, 0)
    await book.sent(delivery, "1.1", 0)
    clock.set(NOON + 30_000)
    await looking.look_outside(stories=False)
    assert (number(looking, names.RECEIPTS), number(looking, names.RECEIPTS_AGE)) == (1, 30)


async def test_what_is_held_is_no_blockage_and_one_blocked_channel_is_seen() -> None:
    """Quiet hours are told apart from what waits, and the longest wait of a kind from all that are shorter."""
    clock = Clocked([NOON])
    book = MemoryBook(clock)
    await book.intend([alert(1), alert(2, hold=NOON + HOUR)])
    clock.set(NOON + 90_000)
    await book.intend([alert(3, channel="slack:C0OTHER")])
    looking = observer(Consumer({}, {}), book=book)
    await looking.look_outside(stories=False)
    assert (number(looking, names.DELIVERIES, "pending"), number(looking, names.DELIVERIES, "held")) == (2, 1)
    assert number(looking, names.WAITED, "slack") == 90


@pytest.mark.parametrize(("begins", "told"), [(0, 0), (700, 1)])
async def test_an_empty_story_memory_in_the_middle_of_a_topic_is_said_once(
    begins: int, told: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Redis lost it, or is another one: `tapewire warm` mends that. A topic's very beginning needs none."""
    looking = observer(Consumer({A0: begins}, {A0: 900}, {A0: (3, begins)}))
    for _ in range(2):
        await looking.look_outside(stories=True)
    assert caplog.text.count("tapewire warm") == told


async def test_a_redis_that_is_away_is_a_sign_not_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """The look raises `Away`; the loop goes on, turns it into a reason, and takes it back."""
    monkeypatch.setattr("streams.worker.observe._OUTSIDE_S", 0.05)
    answers: list[Exception | None] = [Away("Redis: connection refused"), None]

    async def away() -> Vitals:
        if answers and (fault := answers.pop(0)):
            raise fault
        return await vitals()

    looking = observer(Consumer({}, {}), vitals=away)
    looping = asyncio.create_task(looking._outside())
    try:
        await _until(lambda: looking.signs.redis == "connection refused")
        assert number(looking, names.REDIS_UP) == 0
        await _until(lambda: looking.signs.redis == "")
        assert number(looking, names.REDIS_UP) == 1
    finally:
        looping.cancel()


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110 - the loop under test is the event
            await asyncio.sleep(0.01)
