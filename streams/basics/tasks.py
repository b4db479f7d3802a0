"""Ending tasks for good."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection
from typing import Any

_AGAIN_S = 0.2

Tasks = Collection[asyncio.Task[Any]]


async def end(tasks: Tasks, again_s: float = _AGAIN_S) -> None:
    """Cancel them until they are gone, each `again_s`; what they raise is dropped.

    Once is not enough: redis-py (8.1) swallows a cancellation while it gives a connection back, and the task goes on.
    """
    while left := [task for task in tasks if not task.done()]:
        for task in left:
            task.cancel()
        await asyncio.wait(left, timeout=again_s)
    await asyncio.gather(*tasks, return_exceptions=True)


async def finish(tasks: Tasks, seconds: float) -> None:
    """Wait so long for tasks that end by themselves, even when the caller is cancelled meanwhile."""
    until = time.monotonic() + seconds
    while (left := [task for task in tasks if not task.done()]) and time.monotonic() < until:
        try:
            await asyncio.wait(left, timeout=until - time.monotonic())
        except asyncio.CancelledError:  # told to leave again; it is leaving
            continue
