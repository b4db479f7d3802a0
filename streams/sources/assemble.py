"""Settings to an ingest that fetches and writes: the only file that names every adapter of it."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from streams.basics.times import WallClock
from streams.kafka.publish import Publisher, Record
from streams.metrics.meter import Meter, SilentMeter
from streams.metrics.prometheus import PrometheusMeter
from streams.names import Names
from streams.records import Alert
from streams.redis.client import connect
from streams.settings.record import Settings
from streams.sources.base import World
from streams.sources.change import Change
from streams.sources.fetch import SafeWeb
from streams.sources.full_text import FullText
from streams.sources.guard import Guard
from streams.sources.hosts import PoliteWeb
from streams.sources.ingest import Ingest, Signs
from streams.sources.intake import Intake
from streams.sources.kafka_tape import KafkaTape
from streams.sources.redis_book import RedisBook
from streams.sources.registry import KINDS
from streams.sources.robots import AGENT
from streams.sources.settings import Sources
from streams.sources.watchman import Tell, Watchman
from streams.sources.writer import Writer
from streams.wire import encode_alert

_HANG_UP_S = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """Everything `tapewire ingest` works with."""

    world: World
    writer: Writer
    take: Intake
    watchman: Watchman
    meter: Meter
    owner: str
    ingest: Ingest
    change: Change
    signs: Signs = field(default_factory=Signs)


@asynccontextmanager
async def live(settings: Settings, sources: Sources) -> AsyncIterator[Live]:
    """The parts, hung up in the end."""
    clock, names = WallClock(), Names(settings.prefix)
    meter: Meter = SilentMeter() if settings.health == "off" else PrometheusMeter()
    publisher = Publisher(settings.cluster)
    book = RedisBook(connect(settings), names.sources)
    writer = Writer(book=book, tape=KafkaTape(settings.cluster, names.articles, publisher), clock=clock)
    web = web_of(sources)
    polite = PoliteWeb(web=web, clock=clock, pace=sources.pace, at_once=sources.at_once)
    world = World(clock=clock, web=polite, book=book)
    full_text = FullText(web=world.web, book=book)
    watchman = Watchman(
        book=book, sources=sources.sources, channel=sources.alerts, tell=_telling(publisher, names.alerts), meter=meter
    )
    take = Intake(KINDS, writer, full_text)
    ingest = Ingest(kinds=KINDS, world=world, take=take, notice=watchman, sources=sources.sources)
    change = Change(current=sources, web=web, web_of=web_of, polite=polite, ingest=ingest, watchman=watchman)
    owner = f"{socket.gethostname()}:{os.getpid()}"
    try:
        yield Live(
            world=world, writer=writer, take=take, watchman=watchman, meter=meter, owner=owner, ingest=ingest,
            change=change,
        )  # fmt: skip
    finally:
        full_text.close()
        for close in (change.close, publisher.stop, book.close):
            with suppress(TimeoutError):  # nothing is owed by now: what was sent is acknowledged
                await asyncio.wait_for(close(), _HANG_UP_S)


def web_of(sources: Sources) -> SafeWeb:
    """The guarded web; without manners, for a single look."""
    contact = f" (+{sources.contact})" if sources.contact else ""
    return SafeWeb(Guard(sources.private), f"{AGENT}{contact}")


def _telling(publisher: Publisher, topic: str) -> Tell:
    """Onto the outbox, as triage does."""

    async def tell(alert: Alert) -> None:
        await publisher.publish([Record(topic=topic, key=alert.channel.encode(), value=encode_alert(alert))])

    return tell
