"""The Redis story memory under load: flat in cost and size, whole under a race. `TAPEWIRE_SCALE` sets the articles."""

from __future__ import annotations

import asyncio
import os
import random
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from statistics import median
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from streams.embedded import EmbeddedRedis
from streams.ports import Telling
from streams.stories import thresholds as at
from streams.stories.memory import MemoryStories
from streams.stories.redis import RedisStories
from tests.story_build import told

pytestmark = pytest.mark.live

ARTICLES = int(os.environ.get("TAPEWIRE_SCALE", "36000"))
KEPT = max(6_000, min(20_000, ARTICLES // 3))  # how many of them lie in the window at a time
BATCH = 100
SYLLABLES = (
    "ba",
    "ke",
    "li",
    "mo",
    "nu",
    "ra",
    "se",
    "ti",
    "vo",
    "wa",
    "zu",
    "fer",
    "gan",
    "hol",
    "jas",
    "kor",
    "lum",
    "mar",
    "nok",
    "pel",
    "qui",
    "ros",
    "sta",
    "tam",
)


def _wire(count: int, seed: int = 7) -> Iterator[Telling]:
    """Made-up articles in order of time: headlines with leads, a third of them retellings of a recent one."""
    dice = random.Random(seed)
    words = sorted({"".join(dice.choices(SYLLABLES, k=dice.randint(2, 4))) for _ in range(40_000)})
    step = at.KEPT // KEPT
    recent: list[tuple[list[str], list[str]]] = []
    for number in range(count):
        if recent and dice.random() < 1 / 3:
            title, lead = dice.choice(recent)
            title, lead = dice.sample(title, len(title)), dice.sample(lead, len(lead))
        else:
            title, lead = ([words[int(len(words) * dice.random() ** 3)] for _ in range(n)] for n in (9, 22))
            recent = [*recent[-200:], (title, lead)]
        text = " ".join(lead) + f" {dice.randint(2, 90)} percent"
        plain = told(number, " ".join(title).capitalize(), text, after=number * step, partition=number % 4)
        yield replace(plain, article_key=f"u-{number:024x}~{number % 4096:012x}", url=f"https://wire.example/{number}")


YARD = "local x = 0 for i = 1, 100000 do x = x + i % 7 end return x"
"""A fixed piece of work between the batches: a machine that slows down slows both."""


async def _cpu(redis: Redis) -> float:
    """Seconds of processor the server has used: what a busy machine does not distort."""
    used = await redis.info("cpu")
    return float(used["used_cpu_user"]) + float(used["used_cpu_sys"])


async def test_cost_and_memory_stay_flat() -> None:
    """The last tenths cost at most 1.2 times the first, an article at most 1.5 kB, and memory stops growing."""
    with EmbeddedRedis() as server:
        async with Redis.from_url(server.url) as redis:
            memory = RedisStories(redis, "scale")
            empty = (await redis.info("memory"))["used_memory"]
            yards, sizes = [], []
            articles = yard = relating = 0.0
            wire = _wire(ARTICLES)
            for number in range(BATCH, ARTICLES + 1, BATCH):
                batch = list(islice(wire, BATCH))
                first = await _cpu(redis)
                began = time.perf_counter()
                await memory.relate(batch)
                relating += time.perf_counter() - began
                second = await _cpu(redis)
                await redis.eval(YARD, 0)
                articles, yard = articles + second - first, yard + await _cpu(redis) - second
                if number % (ARTICLES // 10) == 0:
                    yards.append(round(articles / yard, 2))
                    sizes.append((await redis.info("memory"))["used_memory"] - empty)
                    each = round(articles / (ARTICLES // 10) * 1_000_000)
                    articles = yard = 0.0
                    print(f"{number}: {each} us of server an article, {yards[-1]} yards, {sizes[-1]} bytes", flush=True)
            rate = ARTICLES / relating
            kept = (await memory.size())["articles"]
    print(f"{rate:.0f}/s, cost in yards {yards}, kept {kept} of {sizes[-1] / kept:.0f} bytes each")
    full = yards if ARTICLES > 20 * KEPT else yards[4:]  # a short run spends its first tenths filling up
    assert median(yards[-3:]) <= 1.2 * median(full[:3])
    assert sizes[-1] <= 1.1 * sizes[-4]
    assert kept <= 1.2 * KEPT
    assert sizes[-1] / kept <= 1_500
    assert rate >= 200  # far below what it does: only a standstill fails


def _tell(url: str, prefix: str, articles: list[Telling], found: dict[str, str], start: threading.Barrier) -> None:
    async def tell() -> None:
        async with Redis.from_url(url) as redis:
            memory = RedisStories(redis, prefix)
            start.wait()
            for first in range(0, len(articles), 20):
                some = articles[first : first + 20]
                links = await memory.relate(some)
                found.update({a.article_key: link.id for a, link in zip(some, links, strict=True)})

    asyncio.run(tell())


def test_four_racing_workers_split_no_copy(redis_url: str) -> None:
    """Each of 2,500 headlines comes from four outlets at once, each outlet to another worker: 10,000 copies."""
    originals = list(_wire(2_500, seed=11))
    copies = [
        [replace(a, article_key=f"{outlet}-{a.article_key}", url="", partition=outlet) for a in originals]
        for outlet in range(4)
    ]
    for outlet, articles in enumerate(copies):  # each worker in an order of its own
        random.Random(outlet).shuffle(articles)
    found: dict[str, str] = {}
    start = threading.Barrier(4)
    prefix = f"race-{uuid4().hex}"
    workers = [threading.Thread(target=_tell, args=(redis_url, prefix, c, found, start)) for c in copies]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    split = [a.article_key for a in originals if len({found[f"{outlet}-{a.article_key}"] for outlet in range(4)}) > 1]
    assert len(found) == 10_000
    assert split == []


async def test_a_replay_gives_the_same_links(redis_url: str) -> None:
    """The live memory, a fresh one fed the same order, and the one in process agree on every link."""
    articles = list(_wire(3_000, seed=5))
    async with Redis.from_url(redis_url) as redis:
        first = await RedisStories(redis, f"replay-{uuid4().hex}").relate(articles)
        second = await RedisStories(redis, f"replay-{uuid4().hex}").relate(articles)
    assert first == second == await MemoryStories().relate(articles)
