"""Settings to parts that speak: the only file that names every adapter. Its quiet twin is `streams/silent.py`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from streams.channels.base import Channel
from streams.channels.console import ConsoleChannel
from streams.channels.slack import SlackChannel
from streams.channels.slack_socket import SlackEar
from streams.channels.webhook import WebhookChannel
from streams.delivery.book import DeliveryBook, Rules
from streams.delivery.redis import RedisBook
from streams.delivery.sender import Timing
from streams.desk.changing import ChangingDesk
from streams.desk.click import Ear
from streams.flow import Parts
from streams.knowledge import Knowledge, changing_desk, load_knowledge, read_desk
from streams.metrics.meter import Meter, SilentMeter
from streams.metrics.names import REDIS
from streams.metrics.prometheus import PrometheusMeter
from streams.names import Names
from streams.redis_client import Vitals, connect, vitals
from streams.settings import Settings, parse_webhooks
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
    known: Knowledge  # that of the parts, as a watch is read against it
    desk: ChangingDesk  # that of the parts: what people change in a channel is folded into it
    ear: Ear | None  # hears those people; None without an app token
    meter: Meter
    vitals: Callable[[], Awaitable[Vitals]]  # of Redis


def live(settings: Settings) -> Live:
    """Parts that remember in Redis and speak in Slack. Raises `BadWatches`, `BadDirectory`, `BadModel`."""
    known = directory, model = load_knowledge(settings.directory, settings.model)
    clock = WallClock()
    meter: Meter = SilentMeter() if settings.health == "off" else PrometheusMeter()
    names = Names(settings.prefix)
    redis = connect(settings)
    desk = changing_desk(read_desk(settings.watches, known), known=known)
    parts = Parts(
        directory=directory,
        model=model,
        stories=RedisStories(redis, names.stories, most=settings.stories_most, took=_timed(meter, "stories")),
        desk=desk,
        clock=clock,
        catch_up=settings.catch_up,
    )
    ear = SlackEar(settings.slack_app_token, url=settings.slack_url, timeout=settings.slack_timeout)
    rules = Rules(settle=settings.settle, team_pace=settings.slack_team_pace)
    return Live(
        parts=parts,
        names=names,
        book=RedisBook(redis, names.delivery, rules, _timed(meter, "delivery")),
        channels=channels_of(settings),
        timing=_timing(settings),
        known=known,
        desk=desk,
        ear=ear if settings.slack_app_token else None,
        meter=meter,
        vitals=lambda: vitals(redis),
    )


def _timing(settings: Settings) -> Timing:
    return Timing(
        lease=settings.lease, timeout=settings.slack_timeout, settle=settings.settle, reread=settings.reread,
        pace=settings.slack_pace,
    )  # fmt: skip


def channels_of(settings: Settings) -> dict[str, Channel]:
    """The kinds of channels that can be spoken to, by kind. Nothing is connected yet."""
    clock = WallClock()
    channels: dict[str, Channel] = {"console": ConsoleChannel(clock)}
    if settings.slack_token:
        channels["slack"] = SlackChannel(
            settings.slack_token, clock, url=settings.slack_url, timeout=settings.slack_timeout,
            buttons=bool(settings.slack_app_token), desk=settings.prefix,
        )  # fmt: skip
    if settings.webhooks:
        urls = parse_webhooks(settings.webhooks)
        channels["webhook"] = WebhookChannel(urls, clock, timeout=settings.slack_timeout, desk=settings.prefix)
    return channels


def _timed(meter: Meter, part: str) -> Callable[[float], object]:
    return lambda seconds: meter.observe(REDIS, (seconds,), part)
