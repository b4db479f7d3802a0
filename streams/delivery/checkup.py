"""`tapewire doctor`'s look at Redis: version, eviction, persistence, clock; and at what the delivery book holds up."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from redis.asyncio import Redis
from redis.exceptions import RedisError

from streams.basics.times import MINUTE
from streams.delivery.book import State
from streams.delivery.redis import RedisBook
from streams.records import Away

OLDEST_REDIS: Final = (6, 2)
MOST_SKEW_S: Final = 2.0
_LATE: Final = 2 * MINUTE  # longer than a busy channel's digest waits
_BLOCKED: Final = "see what its own line here says; the log has the reason of every refusal"
_NAMED: Final = 20


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's report. `mend` is empty when all is well."""

    part: str
    words: str
    mend: str = ""

    @property
    def well(self) -> bool:
        """Whether there is nothing to mend."""
        return not self.mend


async def redis_findings(redis: Redis, prefix: str) -> list[Finding]:
    """Version, eviction, persistence, clock, and what the delivery book holds; closes the client."""
    try:
        info: Mapping[str, Any] = await redis.info()
        seconds, micros = await redis.time()
        told = await _delivery(RedisBook(redis, prefix))
    except (RedisError, OSError, Away) as fault:
        return [Finding("redis", f"cannot be reached: {fault}", "start it, or set TAPEWIRE_REDIS to where it runs")]
    finally:
        await redis.aclose()
    skew = seconds + micros / 1_000_000 - time.time()
    return [_version(info), _eviction(info), _persistence(info), skewed("clock", "Redis", skew), *told]


def _version(info: Mapping[str, Any]) -> Finding:
    text = str(info.get("redis_version", "0"))
    version = tuple(int(p) for p in text.split(".")[:2] if p.isdigit())
    mend = "" if version >= OLDEST_REDIS else "install Redis 6.2 or later: the scripts use its commands"
    return Finding("redis", f"version {text}", mend)


def _eviction(info: Mapping[str, Any]) -> Finding:
    policy = str(info.get("maxmemory_policy", "unknown"))
    mend = (
        ""
        if policy == "noeviction"
        else "redis-cli CONFIG SET maxmemory-policy noeviction: evicted state is lost state"
    )
    return Finding("redis", f"eviction policy {policy}", mend)


def _persistence(info: Mapping[str, Any]) -> Finding:
    if int(info.get("aof_enabled", 0)):
        return Finding("redis", "append-only file is on")
    mend = "redis-cli CONFIG SET appendonly yes: without it a restart re-reads the channels before anything is sent"
    return Finding("redis", "append-only file is off", mend)


async def _delivery(book: RedisBook) -> list[Finding]:
    counts, holds, waiting = await book.counts(), await book.holds(), await book.waiting()
    still = {s: n for s, n in counts.items() if s in {State.PENDING, State.SENDING, State.DOUBT, State.READING}}
    words = ", ".join(f"{n} {s}" for s, n in sorted(still.items())) or "nothing waits"
    if dead := counts.get(State.DEAD, 0):
        words += f"; {dead} dead so far, told to nobody: tapewire ledger counts them, tapewire why names the cause"
    held = [
        Finding("delivery", f"{k} is on hold: {why}", f"mend {k}; it resumes by itself") for k, why in holds.items()
    ]
    if waiting.held:
        words += f"; {waiting.held} of the pending are held until their quiet hours end"
    late = sorted(((since, channel) for channel, since in waiting.oldest.items() if since > _LATE), reverse=True)
    blocked = [
        Finding("delivery", f"{channel} was not told what has been due for {since // MINUTE} min", _BLOCKED)
        for since, channel in late[:_NAMED]
    ]
    return [Finding("delivery", words), *held, *blocked]


def skewed(part: str, whose: str, seconds: float) -> Finding:
    """A clock against ours; `seconds` is how far it is ahead."""
    mend = "" if abs(seconds) <= MOST_SKEW_S else "run NTP on both machines: the clocks in alerts would lie"
    return Finding(part, f"{whose} is {seconds:+.1f} s from this machine", mend)
