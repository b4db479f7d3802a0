"""How Redis is reached: one client for the story memory, the delivery book and the doctor."""

from __future__ import annotations

from typing import Any

from redis.asyncio import Redis

from streams.settings import Settings


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
