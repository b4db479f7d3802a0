"""The source book in Redis. The only file that knows its schema: sent, sent-before, born, marks, at, notes, lease."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, cast

import orjson
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from streams.records import Millis
from streams.redis.scripts import Script, redis_away
from streams.sources.book import GENERATION, MOST_KEPT, Alias, Bookmark, Entry, Forgotten, Kept, Marks, Shared

_SHARED: Final = b"*"
_AT_ONCE: Final = 1_000


class RedisBook:
    """See `SourceBook`. `redis` must not decode responses; `prefix` becomes the hash tag of every key."""

    def __init__(self, redis: Redis, prefix: str, *, most: int = MOST_KEPT, generation: Millis = GENERATION) -> None:
        self._redis = redis
        self._tag = "{" + prefix + "}"
        self._bounds = (most, generation)
        self._script = Script(redis, Path(__file__).with_name("sources.lua"))

    async def close(self) -> None:
        """End the connections."""
        await self._redis.aclose()

    async def known(
        self, outlet: str, keys: Sequence[str], now: Millis, *, begun: bool = True
    ) -> Mapping[str, Entry | Shared]:
        """See `SourceBook.known`."""
        parts = [keys[i : i + _AT_ONCE] for i in range(0, len(keys), _AT_ONCE)]
        answers = await self._calls([["known", outlet, now, *self._bounds, int(begun), *part] for part in parts])
        flat = [raw for answer in answers for raw in answer]
        return {key: _kept(raw) for key, raw in zip(keys, flat, strict=True) if raw}

    async def keep(self, outlet: str, kept: Mapping[str, Kept], now: Millis) -> None:
        """See `SourceBook.keep`."""
        pairs = [(key, _encoded(one)) for key, one in kept.items()]
        parts = [pairs[i : i + _AT_ONCE] for i in range(0, len(pairs), _AT_ONCE)]
        await self._calls([["keep", outlet, now, *(x for pair in part for x in pair)] for part in parts])

    async def _calls(self, calls: Sequence[Sequence[Any]]) -> list[Any]:
        try:
            return await self._script.run_many([self._tag], calls)
        except ResponseError as fault:
            if "FORGOTTEN" in str(fault):
                raise Forgotten("Redis: the source book is empty and must be read back from the topic") from None
            raise

    async def marks(self, owner: str) -> Marks | None:
        """See `SourceBook.marks`."""
        raw = await _asked(self._redis.hget(self._key("marks"), owner))
        return {int(p): o for p, o in orjson.loads(raw).items()} if raw else None

    async def mark(self, owner: str, marks: Marks) -> None:
        """See `SourceBook.mark`."""
        told = orjson.dumps({str(p): o for p, o in marks.items()})
        await _asked(self._redis.hset(self._key("marks"), owner, told))

    async def bookmark(self, source: str) -> Bookmark:
        """See `SourceBook.bookmark`."""
        raw = await _asked(self._redis.hget(self._key("at"), source))
        return Bookmark(**orjson.loads(raw)) if raw else Bookmark()

    async def turn(self, source: str, bookmark: Bookmark) -> None:
        """See `SourceBook.turn`."""
        told = orjson.dumps({k: v for k, v in asdict(bookmark).items() if v})
        await _asked(self._redis.hset(self._key("at"), source, told))

    async def notes(self, sources: Sequence[str]) -> Sequence[str]:
        """See `SourceBook.notes`."""
        if not sources:
            return []
        found = await _asked(self._redis.hmget(self._key("notes"), list(sources)))
        return [(raw or b"").decode() for raw in cast("list[bytes | None]", found)]

    async def note(self, source: str, text: str) -> None:
        """See `SourceBook.note`."""
        await _asked(self._redis.hset(self._key("notes"), source, text))

    async def lease(self, owner: str, span: Millis) -> bool:
        """See `SourceBook.lease`."""
        return bool((await self._calls([["lease", owner, span]]))[0])

    def _key(self, name: str) -> str:
        return f"{self._tag}:{name}"


async def _asked(question: Any) -> Any:
    """The answer. redis-py's annotations know the waiting and the blocking client as one."""
    with redis_away():
        return await question


def _encoded(kept: Kept) -> bytes:
    if isinstance(kept, Alias):
        return b"=" + kept.key.encode()
    if isinstance(kept, Shared):
        return _SHARED
    return orjson.dumps([kept.id, kept.title[:200], kept.url, kept.count, *kept.revisions])


def _kept(raw: bytes) -> Entry | Shared:
    main = b""
    if raw.startswith(b"="):
        main, _, raw = raw[1:].partition(b" ")
    if raw == _SHARED:
        return Shared()
    own, title, url, count, *revisions = orjson.loads(raw)
    return Entry(id=own, title=title, url=url, count=count, revisions=tuple(revisions), main=main.decode())
