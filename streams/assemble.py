"""Settings to parts that speak: the only file that names every adapter. Its quiet twin is `streams/silent.py`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from streams.basics.times import WallClock
from streams.channels.console import ConsoleChannel
from streams.channels.slack import SlackChannel
from streams.channels.slack_socket import SlackEar
from streams.channels.webhook import WebhookChannel
from streams.delivery.book import DeliveryBook
from streams.delivery.channel import Channel
from streams.delivery.redis import RedisBook
from streams.delivery.rules import Rules
from streams.delivery.sender import Timing
from streams.desk.changing import ChangingDesk
from streams.desk.click import Ear
from streams.flow import Parts
from streams.knowledge import Knowledge, marks_of
from streams.looking import Mark
from streams.metrics.meter import Meter, SilentMeter
from streams.metrics.names import REDIS
from streams.metrics.prometheus import PrometheusMeter
from streams.names import Names, kind_of, place_of
from streams.ports import Clock, StoryMemory
from streams.records import Away, Millis
from streams.redis.client import Vitals, connect, vitals
from streams.settings.record import Settings, parse_webhooks
from streams.stories.redis import RedisStories


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """Everything a worker works with."""

    known: Knowledge
    marks: dict[str, Mark]  # of the files that it and the desk were read from
    stories: StoryMemory
    desk: ChangingDesk  # what people change in a channel is folded into it
    clock: Clock
    catch_up: Millis
    names: Names
    book: DeliveryBook
    channels: dict[str, Channel]
    timing: Timing
    ear: Ear | None  # hears people; None without an app token
    barred: Callable[[str], Awaitable[str]]  # why nothing can be posted in a channel; see `Clerk`
    meter: Meter
    vitals: Callable[[], Awaitable[Vitals]]  # of Redis

    @property
    def parts(self) -> Parts:
        """What the flow judges with."""
        return Parts(
            directory=self.known.directory, model=self.known.model, stories=self.stories, desk=self.desk,
            clock=self.clock, catch_up=self.catch_up,
        )  # fmt: skip


def live(settings: Settings) -> Live:
    """What remembers in Redis and speaks in Slack. Raises `BadWatches`, `BadDirectory`, `BadModel`."""
    marks = marks_of(settings)
    known = Knowledge.of(settings)
    meter: Meter = SilentMeter() if settings.health == "off" else PrometheusMeter()
    names = Names(settings.prefix)
    redis = connect(settings)
    ear = SlackEar(settings.slack_app_token, url=settings.slack_url, timeout=settings.slack_timeout)
    channels = channels_of(settings)
    rules = Rules(settle=settings.settle, team_pace=settings.slack_team_pace)
    return Live(
        known=known,
        marks=marks,
        stories=RedisStories(redis, names.stories, most=settings.stories_most, took=_timed(meter, "stories")),
        desk=known.changing(known.desk(settings.watches)),
        clock=WallClock(),
        catch_up=settings.catch_up,
        names=names,
        book=RedisBook(redis, names.delivery, rules, _timed(meter, "delivery")),
        channels=channels,
        timing=_timing(settings),
        ear=ear if settings.slack_app_token else None,
        barred=barred(channels.get("slack")),
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


def barred(slack: Channel | None) -> Callable[[str], Awaitable[str]]:
    """See `Live.barred`: asks Slack, where we have a token; the other kinds of channels take whatever comes."""

    async def why(channel: str) -> str:
        if kind_of(channel) != "slack":
            return ""
        if not isinstance(slack, SlackChannel):
            raise Away("Slack: there is no token to ask with")
        return await slack.barred(place_of(channel))

    return why


def _timed(meter: Meter, part: str) -> Callable[[float], object]:
    return lambda seconds: meter.observe(REDIS, (seconds,), part)
