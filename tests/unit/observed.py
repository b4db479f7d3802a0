"""Stand-ins for what the observer and the watchdog look at: Faust's consumer, its app, and Redis."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from streams.delivery.book import DeliveryBook
from streams.delivery.memory import MemoryBook
from streams.health.signs import Signs
from streams.metrics import names
from streams.metrics.conservation import Conservation
from streams.metrics.prometheus import PrometheusMeter
from streams.ports import Clocked
from streams.redis.client import Vitals
from streams.stories.memory import MemoryStories
from streams.worker.agents import Agent, Steps
from streams.worker.holding import Health
from streams.worker.observe import Observer
from streams.worker.progress import Reading, progress_of
from tests.build import NOON


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
    starts: dict[TP, Reading] = field(default_factory=dict)
    generation: int = 3
    coordinator: int | None = 1
    topics: tuple[str, ...] = ("articles",)  # what the cluster has
    unauthorized_topics: tuple[str, ...] = ()
    firsts: dict[TP, int] = field(default_factory=dict)
    written: dict[TP, int] = field(default_factory=dict)  # with open transactions
    position: int = 0  # of the next fetch
    refuses: list[Exception] = field(default_factory=list)

    def __post_init__(self) -> None:
        progress_of(self).readings = self.starts
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
        return SimpleNamespace(highwater=self.written.get(tp, self.ends[tp]), _position=self.position)

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


async def _nothing(_batch: object) -> None:
    """What an agent does that nobody runs."""


def observer(
    consumer: Consumer,
    *,
    health: Health | None = None,
    judged: Conservation | None = None,
    book: DeliveryBook | None = None,
    looks: tuple[Callable[[], None], ...] = (),
    **changes: Any,
) -> Observer:
    """Looks at this consumer, and at one agent that reads its articles and does all that agents do."""
    agent = Agent(
        name="triage", topic="articles", steps=Steps(_nothing, _nothing),
        health=health or Health(handled=round(time.time() * 1_000) - 60_000), looks=looks,
        judged=judged or Conservation(), book=book or MemoryBook(Clocked([NOON])),
    )  # fmt: skip
    made = Observer(
        signs=Signs(role="all", stall_s=120), meter=PrometheusMeter(), agents=[agent], vitals=vitals,
        stories=MemoryStories(), app=app(consumer),
    )  # fmt: skip
    for name, value in changes.items():
        setattr(made, name, value)
    return made


A0, A1 = TP("articles", 0), TP("articles", 1)


def number(looking: Observer, metric: names.Metric, *labels: str) -> float:
    """What a metric stands at."""
    assert isinstance(looking.meter, PrometheusMeter)
    return looking.meter.value(metric, *labels)
