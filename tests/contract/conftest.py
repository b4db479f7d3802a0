"""Both story memories and both delivery books, for the tests of what they promise alike."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from streams.basics.times import WallClock
from streams.delivery.memory import MemoryBook
from streams.delivery.redis import RedisBook
from streams.ports import StoryMemory
from streams.stories.memory import MemoryStories
from streams.stories.redis import RedisStories
from tests.contract.books import Make


@pytest.fixture(params=["memory", "redis"])
async def memory(request: pytest.FixtureRequest) -> AsyncIterator[StoryMemory]:
    """An empty memory of each kind."""
    if request.param == "memory":
        yield MemoryStories()
        return
    redis = Redis.from_url(request.getfixturevalue("redis_url"))
    yield RedisStories(redis, f"stories-{uuid4().hex}")
    await redis.aclose()


@pytest.fixture(params=["memory", "redis"])
async def make(request: pytest.FixtureRequest) -> AsyncIterator[Make]:
    """Makes an empty book of each kind with these rules; it must `begin`."""
    if request.param == "memory":
        yield lambda rules: MemoryBook(WallClock(), rules)
        return
    redis = Redis.from_url(request.getfixturevalue("redis_url"))
    yield lambda rules: RedisBook(redis, f"book-{uuid4().hex}", rules)
    await redis.aclose()
