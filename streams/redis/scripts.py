"""Lua scripts on Redis: loaded by hash, reloaded when Redis forgot them, its absence said as `Away`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha1
from pathlib import Path
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import MovedError, NoScriptError, RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

from streams.records import Away

GONE = (RedisConnectionError, RedisTimeoutError, OSError)
SLICE = 25
"""Calls of `run_each` that go together."""
_TRANSIENT = ("LOADING", "READONLY", "MASTERDOWN", "OOM", "BUSY", "CLUSTERDOWN", "TRYAGAIN", "MISCONF")

Constants = Mapping[str, "float | Constants"]

Took = Callable[[float], object]
"""Is told the seconds of each round trip."""


@contextmanager
def redis_away(keys: str = "asked for") -> Iterator[None]:
    """A Redis that is not there, or not able just now (busy, loading, full, read-only), is said as `Away`."""
    try:
        yield
    except GONE as fault:
        raise Away(f"Redis: {fault}") from None
    except MovedError as fault:
        where = f"{fault.host}:{fault.port}"
        raise Away(f"Redis: a cluster, and {where} holds the keys {keys}: give its address") from None
    except RedisError as fault:
        if any(word in str(fault) for word in _TRANSIENT):
            raise Away(f"Redis: {fault}") from None
        raise


class Script:
    """One script; `run` calls it once, `run_many` once per argument list in a single round trip."""

    def __init__(
        self, redis: Redis, *parts: Path, constants: Constants | None = None, took: Took = lambda _seconds: None
    ) -> None:
        """`parts` are joined in order: Redis knows no files, and a long script wants more than one.

        `constants` are their table `C`: said once, and not with every call.
        """
        self._redis = redis
        self._took = took
        texts = [part.read_text(encoding="utf-8") for part in parts]
        self._text = "\n".join(texts if constants is None else [f"local C = {_literal(constants)}", *texts])
        self._sha = sha1(self._text.encode(), usedforsecurity=False).hexdigest()

    async def run(self, keys: Sequence[str], args: Sequence[Any]) -> Any:
        """The script's answer. Raises `Away`."""
        return (await self.run_many(keys, [args]))[0]

    async def run_each(self, keys: Sequence[str], calls: Iterable[Sequence[Any]]) -> list[Any]:
        """As `run_many`, where making the calls is work: some are made while Redis runs those before them."""
        answers: list[Any] = []
        running: asyncio.Task[list[Any]] | None = None
        try:
            async for some in _slices(calls):
                answers += await running if running else []
                running = asyncio.create_task(self.run_many(keys, some))
            return answers + (await running if running else [])
        finally:
            if running:
                running.cancel()

    async def run_many(self, keys: Sequence[str], calls: Sequence[Sequence[Any]]) -> list[Any]:
        """The answers in order. Each call is atomic, the whole is not. Raises `Away`."""
        if not calls:
            return []
        with redis_away(keys[0]):
            try:
                return await self._pipelined(keys, calls)
            except NoScriptError:  # Redis was restarted or flushed
                await self._redis.script_load(self._text)
                return await self._pipelined(keys, calls)

    async def _pipelined(self, keys: Sequence[str], calls: Sequence[Sequence[Any]]) -> list[Any]:
        pipe = self._redis.pipeline(transaction=False)
        for args in calls:
            pipe.evalsha(self._sha, len(keys), *keys, *args)
        started = time.perf_counter()
        answers = list(await pipe.execute())
        self._took(time.perf_counter() - started)
        return answers


async def _slices(calls: Iterable[Sequence[Any]]) -> AsyncIterator[list[Sequence[Any]]]:
    """Gives way to the loop in between, or what was sent would lie here until the next slice is made."""
    some: list[Sequence[Any]] = []
    for call in calls:
        some.append(call)
        await asyncio.sleep(0)
        if len(some) == SLICE:
            yield some
            some = []
    if some:
        yield some


def _literal(value: float | Constants) -> str:
    """As Lua writes it; a number comes out as the same double."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{name} = {_literal(one)}" for name, one in value.items()) + " }"
    return repr(value)
