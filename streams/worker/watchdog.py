"""The watchdog: turns a worker that only looks alive into one that exits, to be started again."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

from streams.kafka.cluster import Where
from streams.kafka.reader import Forgotten, TopicReader
from streams.records import Away
from streams.worker import view
from streams.worker.commits import dropped, passed

_ASK_S = 5.0  # a partition stands for so long: are there any records left to read, or did one get lost on its way?
_LOOK_S = 10.0

NothingLeft = Callable[[str, int, int, int], Awaitable[bool | None]]
"""Whether between two offsets of a partition (topic, number, from, up to) no record is left; None: no answer now."""


def exit_now(why: str) -> None:
    """End the process at once, nothing acknowledged: the supervisor starts it again and nothing is lost."""
    sys.stderr.write(f"tapewire: {why}; exit 70, to be restarted\n")
    sys.stderr.flush()
    os._exit(70)


def by_reading(where: Where) -> NothingLeft:
    """Asks Kafka with a reader of its own."""

    async def nothing_left(topic: str, partition: int, first: int, end: int) -> bool | None:
        try:
            async with asyncio.timeout(_LOOK_S), TopicReader(where) as reader:
                whole = (await reader.ranges(topic)).get((topic, partition))
                if whole is None:  # it is gone, as after the topic was made anew with fewer
                    return None
                there = max(first, whole[0])  # retention may have moved it
                async for _ in reader.read({(topic, partition): (there, end)}):
                    return False
        except (Away, Forgotten, TimeoutError):
            return None
        return True

    return nothing_left


class Watchdog:
    """Looks at group coordination, agents and progress.

    Faust never asks aiokafka whether group coordination still lives, and a dead or stuck agent goes on
    heart-beating. `held` says that the flow waits on purpose (Redis is away): then standing still is right.
    Where nothing is left to read, only marks of transactions or what retention deleted, the commit is moved on.
    Where the article due was dropped on its way to the agent, the worker begins anew at it.
    Where the log ends before the commit, all of it is read again.
    """

    def __init__(
        self,
        app: Any,
        *,
        stall_s: float,
        held: Callable[[], bool],
        nothing_left: NothingLeft,
        die: Callable[[str], None] = exit_now,
    ) -> None:
        self._app = app
        self._stall_s = stall_s
        self._held = held
        self._nothing_left = nothing_left
        self._die = die
        self._seen: dict[Any, tuple[int | None, float]] = {}
        self._asked: dict[Any, tuple[int | None, int | None]] = {}  # commit with a record behind it; end with none
        self._generation: int | None = None  # in which they were asked: a rebalance makes Faust forget what was passed

    async def look(self) -> None:
        """One look; call it every second."""
        consumer = self._app.consumer._thread._consumer
        if consumer is None:
            return
        coordinator = consumer._coordinator
        task = getattr(coordinator, "_coordination_task", None)
        if task is not None and task.done():
            self._die("group coordination ended")
        if getattr(coordinator, "_pending_exception", None) is not None:
            self._die(f"group coordination is blocked on {coordinator._pending_exception!r}")
        self._look_at_agents()
        await self._look_at_progress(time.monotonic())

    def _look_at_agents(self) -> None:
        for agent in self._app.agents.values():
            living = [a for a in agent._actors if not a.actor_task or not a.actor_task.done()]
            if agent._actors and (not living or len(agent._actors) > agent.concurrency):
                self._die(f"agent {agent.name} ended or was restarted")

    async def _look_at_progress(self, now: float) -> None:
        if self._held():
            self._seen.clear()
            return
        consumer = self._app.consumer
        mine = {tp for tp in consumer.assignment() if self._app.topics.acks_enabled_for(tp.topic)}
        for gone in set(self._seen) - mine:
            del self._seen[gone]
        for tp in mine:
            end, committed = view.end_of(consumer, tp), consumer._committed_offset[tp]
            if end is None or end == (committed or 0):
                self._seen.pop(tp, None)
            elif tp not in self._seen or self._seen[tp][0] != committed:
                self._seen[tp] = (committed, now)
            else:
                await self._stands(tp, committed or 0, end, now - self._seen[tp][1])

    async def _stands(self, tp: Any, committed: int, end: int, seconds: float) -> None:
        if seconds > self._stall_s:
            self._die(f"{tp} stands at {committed} of {end} for {self._stall_s:.0f} s")
        elif end < committed:
            await self._read_again(tp, committed)
        elif seconds > _ASK_S:
            await self._look_closer(tp, committed, end)

    async def _look_closer(self, tp: Any, committed: int, end: int) -> None:
        consumer = self._app.consumer
        if self._generation != self._app.consumer_generation_id:
            self._generation = self._app.consumer_generation_id
            self._asked.clear()
        left, passed_over = self._asked.get(tp, (None, None))
        if committed != left and end != passed_over:
            nothing_left = await self._nothing_left(tp.topic, tp.partition, committed, end)
            if nothing_left is not None:
                self._asked[tp] = (None, end) if nothing_left else (committed, None)
            if nothing_left:
                passed(consumer, tp, end)  # what is in work is not: it may be deleted while it is
        elif committed == left and (lost := dropped(consumer, tp, view.position_of(consumer, tp))) is not None:
            self._die(f"{tp.topic}/{tp.partition}/{lost} was dropped on its way to the agent: it is read again")

    async def _read_again(self, tp: Any, committed: int) -> None:
        """Faust would drop whatever comes below the commit: the topic was made anew, or its last records are lost."""
        consumer = self._app.consumer
        try:
            first, end = (await view.bounds(consumer, [tp]))[tp]
        except Away:
            return
        if end < committed and await consumer._commit({tp: first}):
            where = f"{tp.topic}/{tp.partition}"
            self._die(f"{where} ends at {end}, before the committed offset {committed}: it is read again from {first}")

    def standing(self) -> tuple[str, float]:
        """The partition with lag whose committed offset has not moved for longest, and how long; ("", 0) for none."""
        if not self._seen:
            return "", 0.0
        tp, (_, since) = min(self._seen.items(), key=lambda item: item[1][1])
        return f"{tp.topic}/{tp.partition}", time.monotonic() - since
