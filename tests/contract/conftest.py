"""Both story memories, for the tests of what they promise alike."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from streams.ports import StoryMemory
from streams.stories.memory import MemoryStories
from streams.stories.redis import RedisStories


@pytest.fixture(params=["memory", "redis"])
async def memory(request: pytest.FixtureRequest) -> AsyncIterator[StoryMemory]:
    """An empty memory of each kind."""
    if request.param == "memory":
        yield MemoryStories()
        return
    redis = Redis.from_url(request.getfixturevalue("redis_url"))
    yield RedisStories(redis, f"stories-{uuid4().hex}")
    await redis.aclose()
