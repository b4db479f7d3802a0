"""A question to Kafka through a client that another library holds."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from aiokafka.errors import KafkaError

from streams.records import Away

_R = TypeVar("_R")


async def answered(asked: Awaitable[_R], seconds: float) -> _R:
    """What Kafka says. Raises `Away` when it refuses or does not answer in time."""
    try:
        async with asyncio.timeout(seconds):
            return await asked
    except (KafkaError, OSError, TimeoutError) as fault:
        raise Away(f"Kafka: {fault!r}") from None
