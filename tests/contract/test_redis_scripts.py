"""A script on a real Redis: what it is told once, and in which order many calls are answered."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from streams.delivery.redis import RedisBook
from streams.embedded import EmbeddedRedis
from streams.records import Away
from streams.redis.scripts import SLICE, Constants, Script
from streams.sources.redis_book import RedisBook as SourceBook
from streams.stories.redis import RedisStories


async def test_constants_are_its_table_c(redis_url: str, tmp_path: Path) -> None:
    """Numbers arrive as the same double, tables within as tables."""
    text = tmp_path / "constants.lua"
    text.write_text("return { string.format('%.17g', C.third), C.strength.never, C.window }")
    constants: Constants = {"third": 1 / 3, "strength": {"never": 7}, "window": 172_800_000}
    async with Redis.from_url(redis_url) as redis:
        told = await Script(redis, text, constants=constants).run(["any"], [])
    assert (float(told[0]), told[1:]) == (1 / 3, [7, 172_800_000])


@pytest.mark.parametrize("count", [0, 1, SLICE, SLICE + 1, 3 * SLICE])
async def test_calls_made_on_the_way_are_run_and_answered_in_order(redis_url: str, tmp_path: Path, count: int) -> None:
    """Each a running number; what makes them is asked for the next ones while the earlier run."""
    text = tmp_path / "echo.lua"
    text.write_text("return { redis.call('INCR', KEYS[1]), ARGV[1] }")
    async with Redis.from_url(redis_url) as redis:
        await redis.delete("script-order")
        trips: list[float] = []
        answers = await Script(redis, text, took=trips.append).run_each(["script-order"], _calls(count))
    assert answers == [[n + 1, str(n).encode()] for n in range(count)]
    assert len(trips) == -(-count // SLICE)


async def test_what_fails_while_calls_are_made_ends_the_whole(redis_url: str, tmp_path: Path) -> None:
    """The fault comes out, and nothing runs on behind it."""
    text = tmp_path / "echo.lua"
    text.write_text("return redis.call('INCR', KEYS[1])")
    async with Redis.from_url(redis_url) as redis:
        await redis.delete("script-fault")
        with pytest.raises(ZeroDivisionError):
            await Script(redis, text).run_each(["script-fault"], ([n, 1 // (40 - n)] for n in range(80)))
        assert int(await redis.get("script-fault") or 0) <= SLICE


def _calls(count: int) -> Iterator[list[Any]]:
    for number in range(count):
        yield [number]


async def test_a_redis_that_is_busy_is_waited_for_whatever_is_asked() -> None:
    """Commands as well as scripts: what is no `Away` ends the worker, and the next one meets the same."""
    server = EmbeddedRedis()
    try:
        async with Redis.from_url(server.url) as endless, Redis.from_url(server.url) as redis:
            await redis.config_set("lua-time-limit", 20)
            running = asyncio.ensure_future(endless.eval("while true do end", 0))
            await asyncio.sleep(0.3)
            stories = RedisStories(redis, "stories")
            for asked in (RedisBook(redis, "book").doubles, stories.size, partial(SourceBook(redis, "in").marks, "me")):
                with pytest.raises(Away, match="BUSY"):
                    await asked()
            await redis.script_kill()
            with pytest.raises(ResponseError):
                await running
            assert (await stories.size())["articles"] == 0
    finally:
        server.stop()
