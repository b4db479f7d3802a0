"""Where the work on a batch is done: a thread costs more than it frees, unless the others would wait for long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from streams.records import Article

T = TypeVar("T")

LITTLE: Final = 131_072
"""So many characters of ordinary news keep the event loop for some fifty milliseconds, and full of words never met for
a quarter of a second: far from what a session with Kafka or a lease stands.

A thread for less ends later: it and the loop take the interpreter from each other, and the caches with it, at every
read and write of a socket.
"""


async def aside(work: Callable[[Sequence[Article]], T], articles: Sequence[Article]) -> T:
    """What `work` makes of a batch: here and now when it is little, else beside the loop, so that timers go on."""
    if sum(len(a.title) + len(a.text) for a in articles) <= LITTLE:
        await asyncio.sleep(0)  # who waited for the stage before this one comes first
        return work(articles)
    return await asyncio.to_thread(work, articles)
