"""What runs from a worker's first moment to its last, longer than its agents: health, observing, reloading."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import mode

from streams.basics.tasks import end
from streams.worker.watchdog import exit_now

log = logging.getLogger(__name__)

Job = Callable[[], Coroutine[Any, Any, None]]


class Jobs(mode.Service):  # type: ignore[misc]  # its base is untyped
    """Runs jobs as long as the worker runs. A job that fails is said so and begun again: alerts go on.

    The agents begin when `first` is done; health is answered from the start.
    """

    def __init__(self, *jobs: Job, first: Job) -> None:
        super().__init__()
        self._jobs = jobs
        self._first = first
        self._running: list[asyncio.Task[None]] = []

    async def on_start(self) -> None:
        """Start every job, then do what comes first."""
        self._running = [asyncio.create_task(begun_again(job)) for job in self._jobs]
        await self._first()

    async def on_stop(self) -> None:
        """End every job."""
        await end(self._running)


async def begun_again(job: Job) -> None:
    """Run a job until it ends or is cancelled; one that fails is said so and begun again."""
    while True:
        try:
            await job()
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("%s failed and is begun again", getattr(job, "__qualname__", job))
            await asyncio.sleep(5)
        else:
            return


async def or_exit(work: Callable[[], Awaitable[None]], name: str) -> None:
    """`work` until it is cancelled from outside; whatever else ends it ends the process."""
    try:
        await work()
    except GeneratorExit:
        raise
    except BaseException as error:
        own = asyncio.current_task()
        if isinstance(error, asyncio.CancelledError) and own and own.cancelling():
            raise
        log.exception("%s cannot go on", name)
        exit_now(f"{name}: {error!r}")
