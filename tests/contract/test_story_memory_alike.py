"""Both story memories give the same answers, whatever they are told."""

from __future__ import annotations

import asyncio
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from streams.basics.times import HOUR
from streams.ports import StoryMemory, Telling
from streams.records import Role, Status
from streams.stories.facts import extract
from streams.stories.memory import MemoryStories
from streams.stories.redis import RedisStories
from tests.build import NOON
from tests.story_build import claims, told

_WORDS = st.sampled_from(
    [
        "laser",
        "bond",
        "plant",
        "sale",
        "Ulm",
        "Oslo",
        "strike",
        "vote",
        "chips",
        "grid",
        "$3.2bn",
        "$3.5bn",
        "4%",
        "300",
        "$9bn",
        "€2.8bn",
        "over $3bn",
        "about $9bn",
        "jobs",
        "plans",
        "allows",
        "bans",
        "to ban",
        "to allow",
        "curbs take effect",
        "halts",
        "pauses",
        "delays",
        "starts",
        "completes",
    ]
)
_TITLES = st.lists(_WORDS, min_size=1, max_size=9).map(" ".join)


@st.composite
def _articles(draw: st.DrawFn) -> Telling:
    title, text, lang = draw(_TITLES), draw(st.one_of(st.just(""), _TITLES)), draw(st.sampled_from(["en", "de"]))
    return Telling(
        article_key=f"{draw(st.integers(0, 12))}~{draw(st.integers(0, 2))}", title=title, text=text, lang=lang,
        url=draw(st.sampled_from(["", "https://wire.example/a", "https://wire.example/b"])), source="outlet",
        event_time=NOON + draw(st.integers(-60, 120)) * HOUR + draw(st.integers(0, 5_000)),
        partition=draw(st.integers(0, 2)), companies=tuple(draw(st.sets(st.sampled_from(["x", "y"])))),
        categories=tuple(draw(st.lists(st.sampled_from(["capex", "funding"]), max_size=3))),  # twice: two equal anchors
        facts=extract(title, text, lang),
        subjects=tuple(sorted(draw(st.sets(st.sampled_from(["x", "y"]))))),
        headlined=tuple(sorted(draw(st.sets(st.sampled_from(["x", "y", "z"]))))),
        names=tuple(draw(st.lists(st.sampled_from(["Ulm", "laser plant", "Oslo"]), max_size=2))),
        status=draw(st.sampled_from(list(Status))),
    )  # fmt: skip


_SEQUENCES = st.lists(st.tuples(_articles(), st.sampled_from(["w1", "w2", "release"])), max_size=40)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sequence=_SEQUENCES)
def test_both_memories_answer_alike(redis_url: str, sequence: list[tuple[Telling, str]]) -> None:
    """Any sequence of articles, claims and releases gives the same links and rulings in both."""

    async def answers(memory: StoryMemory) -> list[object]:
        said: list[object] = []
        for article, action in sequence:
            if action == "release":
                await memory.release([article.article_key])
                continue
            said += [await memory.relate([article]), await claims(memory, article, action, article.status)]
        sizes = await memory.size()
        return [*said, sizes["articles"], sizes["stories"]]

    async def compare() -> None:
        async with Redis.from_url(redis_url) as redis:
            theirs = await answers(RedisStories(redis, f"stories-{uuid4().hex}", wall=lambda: 0))
        assert await answers(MemoryStories()) == theirs

    asyncio.run(compare())


async def test_both_forget_a_story_in_the_same_call(redis_url: str) -> None:
    """How far the slowest partition is, is known after each article, not only with the next one."""
    hours = [("a", 0), ("b", 19), ("c", 0), ("d", 20), ("e", 1), ("f", 71), ("g", 0)]
    articles = [told(i, "laser", article_key=f"{name}~0", after=hour * HOUR) for i, (name, hour) in enumerate(hours)]
    async with Redis.from_url(redis_url) as redis:
        memories = (MemoryStories(), RedisStories(redis, f"stories-{uuid4().hex}", wall=lambda: 0))
        for article in articles:
            for memory in memories:
                await memory.relate([article])
            sizes = [await memory.size() for memory in memories]
            assert sizes[0]["stories"] == sizes[1]["stories"], article.article_key


async def test_a_founder_without_facts_says_in_both_since_when_something_was_told(redis_url: str) -> None:
    """An edit speaks for the latest time that was told: hours after the founder, a decision is news."""
    articles = [
        told(0, "laser", article_key="0~0", after=2 * HOUR, source="outlet", subjects=("x",)),
        told(1, "Ulm", article_key="0~1", source="outlet", subjects=("x",)),
        told(2, "Lumenta allows", article_key="0~2", status=Status.UPDATE, source="outlet", subjects=("x",)),
    ]
    async with Redis.from_url(redis_url) as redis:
        both = (MemoryStories(), RedisStories(redis, f"stories-{uuid4().hex}", wall=lambda: 0))
        mine, theirs = [[(await memory.relate([a]))[0].role for a in articles] for memory in both]
    assert mine == theirs == [Role.FIRST, Role.RETELLING, Role.UPDATE]
