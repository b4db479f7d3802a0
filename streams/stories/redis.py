"""The story memory in Redis: one atomic script per article, one per claim; all keys share one hash tag.

The scripts derive their keys from the prefix, which Redis Cluster allows where all lie in one slot: they do.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import msgpack
from redis.asyncio import Redis

from streams.ports import Claim, Ruling, Telling
from streams.records import Kind, Millis, Role, StoryLink
from streams.redis.scripts import Constants, Script, Took, redis_away
from streams.stories import thresholds as at
from streams.stories.news import ALLOWS, DECIDED, DENIED, FORBIDS, HALTED, PLANNED, STARTED
from streams.stories.points import (
    CONVERTED,
    COUNT_BIT,
    LEAD_BIT,
    PEOPLE,
    RATES,
    REACHES,
    Strength,
    point_of_key,
    spoken_at,
)
from streams.stories.prepare import Prepared, prepare
from streams.stories.retention import in_use
from streams.stories.similarity import FINE, FINEST
from streams.stories.terms import CONCEPT_BIT, TERM_TOP, key_for

_CONSTANTS: Constants = (
    {
        "exact": at.EXACT_WINDOW, "window": at.WINDOW, "kept": at.KEPT, "link": at.LINK, "short": at.SHORT,
        "link_across": at.LINK_ACROSS, "link_apart": at.LINK_APART, "agree": at.FIGURE_AGREES, "agreed": at.AGREED,
        "link_anchored": at.LINK_ANCHORED, "same_page": at.SAME_PAGE, "copy": at.COPY, "half_life": at.HALF_LIFE,
        "centroid": at.CENTROID_SHARE, "beside": at.BESIDE, "beside_meant": at.BESIDE_MEANT,
        "beside_across": at.BESIDE_ACROSS, "long": at.LONG,
        "terms": at.TERMS, "posted": at.POSTED, "postings": at.POSTINGS, "candidates": at.CANDIDATES,
        "centroid_terms": at.CENTROID_TERMS, "facts": at.FACTS_PER_STORY, "epoch": at.EPOCH, "prior": at.PRIOR,
        "slots": at.DF_SLOTS, "scale": at.SCALE, "idle": at.IDLE, "swept": at.SWEPT_PER_CALL,
        "backstop": at.BACKSTOP, "anchor_weight": at.ANCHOR_WEIGHT, "concept_bit": CONCEPT_BIT,
        "lead_bit": LEAD_BIT, "count_bit": COUNT_BIT, "term_top": TERM_TOP, "fine": FINE, "finest": FINEST,
        "converted": CONVERTED, "people": {f"g{group}": 1 for group in PEOPLE},
        "rates": {f"g{group}": rate for group, rate in RATES.items()},
        "retold": at.RETOLD, "planned": PLANNED, "started": STARTED, "decided": DECIDED, "denied": DENIED,
        "forbids": FORBIDS, "allows": ALLOWS, "halted": HALTED,
        "strength": {s.name.lower(): s.value for s in Strength},
        "reaches": {f"s{s.value}": {"low": low, "high": high} for s, (low, high) in REACHES.items()},
    }
)  # fmt: skip


_SLOWEST = 11  # place in the answer of the script


def _parts(*names: str) -> list[Path]:
    return [Path(__file__).parent / "lua" / f"{name}.lua" for name in names]


def _wall() -> Millis:
    return time.time_ns() // 1_000_000


class RedisStories:
    """See `StoryMemory`. `redis` must not decode responses; `prefix` becomes the hash tag of every key."""

    def __init__(
        self,
        redis: Redis,
        prefix: str,
        *,
        wall: Callable[[], Millis] = _wall,
        most: int = at.MOST_ARTICLES,
        took: Took = lambda _seconds: None,
    ) -> None:
        self._redis = redis
        self._tag = "{" + prefix + "}"
        self._wall = wall
        self._most = most
        self._slowest: Millis | None = None  # where the slowest partition was, as far as this process knows
        constants = {**_CONSTANTS, "most": most}
        related = _parts("shared", "news", "similar", "keep", "relate")
        self._relate = Script(redis, *related, constants=constants, took=took)
        self._claim = Script(redis, *_parts("shared", "news", "claim"), constants=constants, took=took)

    async def relate(self, tellings: Sequence[Telling]) -> list[StoryLink]:
        """See `StoryMemory.relate`. One call per article. Raises `Away`."""
        wall, floor = self._wall(), in_use([t.event_time for t in tellings], self._slowest)
        calls = ([wall, *_arguments(prepare(t), floor)] for t in tellings)  # each made when its turn comes
        answers = await self._relate.run_each([self._tag], calls)
        self._slowest = next((int(a[_SLOWEST]) for a in reversed(answers) if a[_SLOWEST]), self._slowest)
        return [_link(answer[:_SLOWEST]) for answer in answers]

    async def claim(self, claims: Sequence[Claim]) -> list[Ruling]:
        """See `StoryMemory.claim`. Raises `Away`."""
        answers = await self._claim.run_many([self._tag], [_claim_arguments(c) for c in claims])
        return [_ruling(answer) for answer in answers]

    async def release(self, article_keys: Sequence[str], watch: str | None = None) -> None:
        """See `StoryMemory.release`. Raises `Away`."""
        only = [] if watch is None else [watch]
        calls = [["release", key_for("article", i), i, *only] for i in article_keys]
        await self._claim.run_many([self._tag], calls)

    async def size(self) -> Mapping[str, int]:
        """See `StoryMemory.size`. Raises `Away`."""
        with redis_away():
            articles, stories = await self._redis.hmget(self._tag + ":n", ["articles", "stories"])
            sizes = [await self._redis.memory_usage(f"{self._tag}:{name}", samples=200) for name in "asxpmw"]
        return {"articles": int(articles or 0), "stories": int(stories or 0), "bytes": sum(s or 0 for s in sizes),
                "most": self._most}  # fmt: skip


def _arguments(article: Prepared, floor: float) -> tuple[bytes, bytes]:
    said = msgpack.encode(
        {
            "id": article.id, "story": article.founds, "at": article.at, "floor": floor, "lang": article.lang,
            "source": article.source, "partition": article.partition, "titles": [how for how, _ in article.titles],
            "patterns": len(article.patterns), "pages": [how for how, _ in article.pages],
            "terms": [t for t, _ in article.terms], "weights": [w for _, w in article.terms],
            "slots": [f"#{t % at.DF_SLOTS}" for t, _ in article.terms],
            "anchors": article.anchors, "companies": article.companies, "subjects": article.subjects,
            "headlined": article.headlined,
            "naming": article.naming, "categories": article.categories, "figures": article.figures,
            "dollars": article.dollars, "abroad": article.abroad,
            "loud": article.loud, "points": article.points, "spoken": article.spoken, "revises": article.revises,
            "governed": article.governed,
            "rests": [who for _, who in article.rests],
        }
    )  # fmt: skip
    rests = (key for key, _ in article.rests)
    return said, b"".join((article.key, key_for("story", article.founds), *article.registered, *rests))


def _link(answer: Sequence[Any]) -> StoryLink:
    story, role, novelty, how, similarity, nearest, first_seen, lang, source, late, order = answer
    return StoryLink(
        id=story.decode(), role=Role(role.decode()), novelty=int(novelty), matched=how.decode(),
        similarity=int(similarity) / 10_000, nearest=nearest.decode(), first_seen=int(first_seen),
        first_lang=lang.decode(), first_source=source.decode(), late=bool(late), order=int(order),
    )  # fmt: skip


def _claim_arguments(claim: Claim) -> list[Any]:
    said = msgpack.encode(
        {
            "id": claim.article_key, "watch": claim.watch, "status": claim.status.value, "at": claim.event_time,
            "asks": claim.asks.value, "spoken": spoken_at(claim.event_time, claim.status),
            "facts": claim.facts[: at.FACTS_PER_ARTICLE],
            "points": [point_of_key(k) for k in claim.facts[: at.FACTS_PER_ARTICLE]],
        }
    )  # fmt: skip
    return ["claim", key_for("article", claim.article_key) + key_for("story", claim.story_id), said]


def _ruling(answer: Sequence[Any]) -> Ruling:
    kind, root, news, order = (*answer, 0)[:4]
    return Ruling(
        kind=Kind(kind.decode()) if kind else None, root=root.decode(), news=tuple(n.decode() for n in news),
        order=int(order),
    )  # fmt: skip
