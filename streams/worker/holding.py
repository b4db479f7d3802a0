"""Holding: while Kafka or Redis are away a batch is tried again and again, and nothing behind it is read."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from streams.records import Away, Millis

log = logging.getLogger(__name__)

_WAITS_S = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
_SILENT_S = 10.0
T = TypeVar("T")


class Stopping(Exception):  # noqa: N818 - a state of the worker, not a fault
    """The worker stops while it holds a batch: nothing of it is acknowledged, the next worker begins there."""


class Stoppable(Protocol):
    """What is asked of the app."""

    @property
    def should_stop(self) -> bool:
        """Whether it was told to stop."""
        ...


@dataclass(slots=True)
class Stop:
    """The order to stop, one for all agents of a worker. They are made before the app that is told."""

    given: Callable[[], bool] = lambda: False

    def follow(self, app: Stoppable) -> None:
        """From now on it is given when this app is told to stop."""
        self.given = lambda: bool(app.should_stop)


@dataclass(slots=True)
class Health:
    """What an agent says of itself."""

    stop: Stop = field(default_factory=Stop)
    away: str = ""  # which part of the world is missing; "" when all is well
    taken: Millis = 0  # Kafka's time of the first record that came, though nothing may have come of it yet
    handled: Millis = 0  # ... of the newest record handled

    @property
    def reached(self) -> Millis:
        """How far it has come in Kafka's time; 0 while nothing was read."""
        return self.handled or self.taken


async def patiently(health: Health, what: str, waiting: Awaitable[T]) -> T:
    """What `waiting` gives, however long it takes; from ten seconds on `health` says that `what` does not answer.

    A frozen broker refuses nothing: what was handed to the producer stays under way until it answers, and to hand it
    over again would double it.
    """
    task = asyncio.ensure_future(waiting)
    try:
        done, _ = await asyncio.wait({task}, timeout=_SILENT_S)
        if not done:
            log.warning("holding: %s does not answer", what)
            health.away = f"{what}: does not answer"
        return await task
    finally:
        task.cancel()


async def hold(health: Health, act: Callable[[], Awaitable[T]]) -> T:
    """What `act` gives, once it can. Raises `Stopping` when the worker stops meanwhile. `act` must bear repeats."""
    attempt = 0
    while True:
        try:
            done = await act()
        except Away as away:
            if not health.away:
                log.warning("holding: %s", away)
            health.away = str(away)
            if health.stop.given():
                raise Stopping(str(away)) from None
            await asyncio.sleep(_WAITS_S[min(attempt, len(_WAITS_S) - 1)])
            attempt += 1
        else:
            if health.away:
                log.warning("going on after %s", health.away)
            health.away = ""
            return done
