"""What the story memory in Redis promises beside: bounds, and what happens when Redis is away or forgot."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from streams.basics.times import HOUR, MINUTE
from streams.records import Away
from streams.stories.redis import RedisStories
from tests.build import NOON
from tests.story_build import OTHER, RAISES, told

_SHORTEN = """
local raw = redis.call('HGETALL', KEYS[1])
local record = cmsgpack.unpack(raw[2])
redis.call('HSET', KEYS[1], raw[1], cmsgpack.pack({ unpack(record, 1, 18) }))
return #raw / 2
"""


async def test_the_oldest_go_when_it_holds_the_most_it_may(redis_url: str) -> None:
    """Though they lie in the window: memory is bounded, and `size` tells how near the bound is."""

    def title(number: int) -> str:
        return f"Town number {number} opens its library on {number} street"

    async with Redis.from_url(redis_url) as redis:
        memory = RedisStories(redis, f"stories-{uuid4().hex}", most=20)
        for number in range(40):
            await memory.relate([told(number, title(number), after=number * MINUTE)])
        size = await memory.size()
        newest, oldest = [await memory.relate([replace(told(n, title(n)), article_key=f"again{n}~1",
                          event_time=NOON + 40 * MINUTE)]) for n in (39, 0)]  # fmt: skip
    assert size["most"] == 20
    assert 20 <= size["articles"] <= 21
    assert newest[0].matched == "title"
    assert oldest[0].matched != "title"


async def test_an_absent_redis_is_away() -> None:
    """No guess is made when the memory cannot be reached."""
    redis = Redis.from_url("redis://127.0.0.1:1/0")
    memory = RedisStories(redis, "stories")
    with pytest.raises(Away):
        await memory.relate([RAISES])
    with pytest.raises(Away):
        await memory.size()
    await redis.aclose()


async def test_a_restarted_redis_gets_its_scripts_again(redis_url: str) -> None:
    """A Redis that forgot the scripts is taught them again, without an error."""
    redis = Redis.from_url(redis_url)
    memory = RedisStories(redis, f"stories-{uuid4().hex}")
    [link] = await memory.relate([RAISES])
    await redis.script_flush()
    assert await memory.relate([RAISES]) == [link]
    await redis.aclose()


async def test_an_idle_partition_no_longer_holds_back_the_sweep(redis_url: str) -> None:
    """By wall clock: a partition without articles for ten minutes does not count."""
    redis = Redis.from_url(redis_url)
    wall = [0]
    memory = RedisStories(redis, f"stories-{uuid4().hex}", wall=lambda: wall[0])
    await memory.relate([replace(RAISES, partition=1)])
    wall[0] = 11 * MINUTE
    await memory.relate([replace(OTHER, event_time=NOON + 200 * HOUR), told(9, "Another town", after=201 * HOUR)])
    assert (await memory.size())["articles"] == 2
    await redis.aclose()


async def test_what_an_earlier_version_wrote_is_still_compared(redis_url: str) -> None:
    """Its records end before what they call their subjects, and before the subjects themselves."""
    async with Redis.from_url(redis_url) as redis:
        prefix = f"stories-{uuid4().hex}"
        memory = RedisStories(redis, prefix)
        titles = ("Lumenta suspends outlook", "Outlook of Lumenta suspended")
        about = [replace(told(n, t), subjects=("lumenta",), names=("Lumenta",)) for n, t in enumerate(titles)]
        [first] = await memory.relate(about[:1])
        assert await redis.eval(_SHORTEN, 1, f"{{{prefix}}}:a") == 1
        [second] = await memory.relate(about[1:])
    assert (second.id, second.matched) == (first.id, "similarity")
