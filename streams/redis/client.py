"""How Redis is reached: one client for the story memory, the delivery book and the doctor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from streams.records import Away
from streams.redis.scripts import GONE
from streams.settings.record import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """What Redis says of itself. Bytes; `most` 0 is no limit."""

    memory: int
    most: int
    evicts: bool
    evicted: int


def connect(settings: Settings) -> Redis:
    """A client of the settings' Redis; it connects with the first call. TLS verifies name and chain."""
    options: dict[str, Any] = {}
    if settings.redis_user:
        options["username"] = settings.redis_user
    if settings.redis_password:
        options["password"] = settings.redis_password
    if settings.redis.startswith("rediss:"):
        given = {
            "ssl_ca_certs": settings.redis_ca,
            "ssl_certfile": settings.redis_cert,
            "ssl_keyfile": settings.redis_key,
        }
        options |= {name: str(path) for name, path in given.items() if path}
    return Redis.from_url(settings.redis, socket_timeout=5, socket_connect_timeout=2, **options)


async def vitals(redis: Redis) -> Vitals:
    """Memory and eviction. Raises `Away`."""
    try:
        info = {**await redis.info("memory"), **await redis.info("stats")}
    except (*GONE, RedisError) as fault:
        raise Away(f"Redis: {fault}") from None
    return Vitals(
        memory=int(info.get("used_memory", 0)),
        most=int(info.get("maxmemory", 0)),
        evicts=info.get("maxmemory_policy", "noeviction") != "noeviction",
        evicted=int(info.get("evicted_keys", 0)),
    )
