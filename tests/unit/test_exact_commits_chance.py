"""Commits under whatever may happen: drops, late fetches, rebalances, retention, failed commits, in any order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from faust.transport import consumer as faust_consumer
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.consumed import acknowledged, assigned_again, bookkeeping, delivered, message
from tests.unit.fetches import TP, Log

MOST = 30


@dataclass
class Life:
    """One group's reading of a partition, as it goes."""

    consumer: Any
    log: Log
    begins: int
    stands: int | None = None  # at the broker
    handed: list[int] = field(default_factory=list)  # to the agent, and not done
    done: set[int] = field(default_factory=set)
    late: list[Any] = field(default_factory=list)  # fetched, and still on their way

    def read(self, number: int) -> None:
        """Fetched and handed to the agent."""
        self.handed += delivered(self.consumer, self.log.fetch(1 + number))

    def drop(self, number: int) -> None:
        """Fetched and given up."""
        self.log.fetch(1 + number)

    def hold_up(self, number: int) -> None:
        """Fetched, to arrive when they will."""
        self.late += self.log.fetch(1 + number)

    def arrive(self, _: int) -> None:
        """What was held up comes."""
        self.handed += delivered(self.consumer, self.late)
        self.late = []

    def skip(self, number: int) -> None:
        """Faust acknowledges what the agent never saw."""
        if self.handed:
            faust_consumer.Consumer.ack(
                self.consumer, message(self.handed.pop(number % len(self.handed)), tracked=False)
            )

    def finish(self, number: int) -> None:
        """The agent is done with one; the commit arrives at the broker."""
        self._finish(number, arrives=True)

    def finish_in_vain(self, number: int) -> None:
        """The same, and the commit does not arrive."""
        self._finish(number, arrives=False)

    def _finish(self, number: int, *, arrives: bool) -> None:
        if not self.handed:
            return
        offset = self.handed.pop(number % len(self.handed))
        self.done.add(offset)
        committed = acknowledged(self.consumer, offset)
        if committed is not None:
            self.check(committed)
            self.stands = committed if arrives else self.stands

    def check(self, committed: int) -> None:
        """Whatever lies before a commit is done, or was deleted."""
        owed = {offset for offset in self.log.records if self.log.first <= offset < committed and offset >= self.begins}
        assert owed <= self.done, f"{committed} is committed, without {sorted(owed - self.done)}"

    def rebalance(self, _: int) -> None:
        """The partition comes back, from the broker's commit; what is in work goes on."""
        assigned_again(self.consumer, self.log, self.stands)

    def seek(self, _: int) -> None:
        """Faust goes back to the commit within its assignment."""
        if self.stands:
            self.log.state.seek(self.stands)
            self.consumer._committed_offset[TP] = self.stands

    def delete(self, number: int) -> None:
        """Retention."""
        self.log.first = max(self.log.first, number)

    def write(self, number: int) -> None:
        """More records, maybe after a mark."""
        end = max([*self.log.records, self.log.first - 1]) + 1
        self.log.records += [end + 1 + number % 3, end + 2 + number % 3]


STEPS: list[Callable[[Life, int], None]] = [
    Life.read, Life.read, Life.finish, Life.finish, Life.finish_in_vain, Life.drop, Life.hold_up, Life.arrive,
    Life.skip, Life.rebalance, Life.seek, Life.delete, Life.write,
]  # fmt: skip


@given(
    st.sets(st.integers(0, MOST), min_size=1),
    st.integers(0, 5),
    st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, MOST)), max_size=40),
)
def test_nothing_is_committed_over_and_nothing_is_stood_before(
    records: set[int], first: int, steps: list[tuple[Callable[[Life, int], None], int]]
) -> None:
    """After any of it one undisturbed reading to the end commits all there is."""

    async def live() -> None:
        with pytest.MonkeyPatch.context() as monkeypatch:
            life = Life(bookkeeping(monkeypatch), Log(sorted(records), first), begins=first)
            assigned_again(life.consumer, life.log, None)
            for step, number in steps:
                step(life, number)
            life.late, life.handed = [], []
            life.rebalance(0)
            life.read(10_000)
            for _ in range(len(life.handed)):
                life.finish(0)
            readable = [offset for offset in life.log.records if offset >= life.log.first]
            stands = life.stands or 0
            assert all(offset < stands for offset in readable), f"stands at {stands} of {readable}"

    asyncio.run(live())
