"""Settings to parts that speak: the only file that names every adapter. Its quiet twin is `streams/silent.py`."""

from __future__ import annotations

from dataclasses import dataclass

from redis.asyncio import Redis

from streams.channels.base import Channel
from streams.channels.console import ConsoleChannel
from streams.channels.slack import SlackChannel
from streams.channels.webhook import WebhookChannel
from streams.delivery.book import DeliveryBook, Rules
from streams.delivery.redis import RedisBook
from streams.delivery.sender import Timing
from streams.flow import Parts
from streams.names import Names
from streams.settings import Settings, parse_webhooks
from streams.silent import knowledge, read_desk
from streams.stories.redis import RedisStories
from streams.times import WallClock


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """Everything a worker works with."""

    parts: Parts
    names: Names
    book: DeliveryBook
    channels: dict[str, Channel]
    timing: Timing


def live(settings: Settings) -> Live:
    """Parts that remember in Redis and speak in Slack. Raises `BadWatches`."""
    directory, model = knowledge()
    clock = WallClock()
    names = Names(settings.prefix)
    redis = _redis(settings)
    parts = Parts(
        directory=directory,
        model=model,
        stories=RedisStories(redis, names.stories),
        desk=read_desk(settings.watches),
        clock=clock,
    )
    channels: dict[str, Channel] = {"console": ConsoleChannel(clock)}
    if settings.slack_token:
        channels["slack"] = SlackChannel(
            settings.slack_token, clock, url=settings.slack_url, timeout=settings.slack_timeout
        )
    if settings.webhooks:
        channels["webhook"] = WebhookChannel(parse_webhooks(settings.webhooks), clock, timeout=settings.slack_timeout)
    timing = Timing(
        lease=settings.lease,
        timeout=settings.slack_timeout,
        settle=settings.settle,
        reread=settings.reread,
        pace=settings.slack_pace,
    )
    rules = Rules(settle=settings.settle, team_pace=settings.slack_team_pace)
    return Live(
        parts=parts, names=names, book=RedisBook(redis, names.delivery, rules), channels=channels, timing=timing
    )


def _redis(settings: Settings) -> Redis:
    return Redis.from_url(settings.redis, socket_timeout=5, socket_connect_timeout=2)
