"""The same articles in the same order are the same stories, however often and over however many partitions they come."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from streams.basics.times import MINUTE
from streams.ports import StoryMemory, Telling
from streams.stories.memory import MemoryStories
from streams.stories.redis import RedisStories
from tests.story_build import told

ARTICLES = 300
_SOUNDS = ("ba", "ke", "li", "mo", "nu", "ra", "se", "ti", "vo", "wa", "zu", "fer", "gan", "hol", "kor", "lum")


def wire(count: int) -> Iterator[Telling]:
    """Two thirds of the articles retell one of the last twenty: all its words, or most, and perhaps another figure."""
    dice = random.Random(3)
    recent: list[list[str]] = []
    for number in range(count):
        if recent and dice.random() < 2 / 3:
            words = dice.choice(recent[-20:])
            words = dice.sample(words, dice.randint(len(words) - 2, len(words)))
        else:
            words = ["".join(dice.choices(_SOUNDS, k=3)) for _ in range(7)]
            recent.append(words)
        title = f"{' '.join(words)} {dice.randint(3, 5)} percent"
        yield told(number, title, after=number * dice.randint(1, 4) * MINUTE)


def over(articles: Sequence[Telling], partitions: int) -> list[Telling]:
    """The same articles in the same order, each on the partition that its id falls on."""
    return [replace(a, partition=sum(a.article_key.encode()) % partitions) for a in articles]


async def stories(memory: StoryMemory, articles: Sequence[Telling], batch: int) -> list[str]:
    """The story of each, told in batches."""
    links = []
    for first in range(0, len(articles), batch):
        links += await memory.relate(articles[first : first + batch])
    return [link.id for link in links]


@pytest.mark.parametrize("partitions", [1, 2, 4])
def test_the_partitions_do_not_decide_the_stories(redis_url: str, partitions: int) -> None:
    """Replayed twice, in batches of other sizes, in process and in Redis."""
    articles = list(wire(ARTICLES))

    async def found() -> list[list[str]]:
        async with Redis.from_url(redis_url) as redis:
            spread = over(articles, partitions)
            return [
                await stories(MemoryStories(), articles, 50),
                await stories(MemoryStories(), spread, 1),
                await stories(RedisStories(redis, f"parts-{partitions}-a"), spread, 64),
                await stories(RedisStories(redis, f"parts-{partitions}-b"), spread, 7),
            ]

    first, *others = asyncio.run(found())
    assert ARTICLES / 5 < len(set(first)) < ARTICLES / 2
    assert all(other == first for other in others)
