"""The Faust app: two agents, manual acknowledgement, nothing at import. Only this package imports faust."""

from __future__ import annotations

import asyncio
import logging
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import faust

from streams.names import Names
from streams.records import Article, Away, Origin
from streams.settings import Settings
from streams.topics import TopicReader
from streams.worker import repairs
from streams.worker.deliver import Deliver
from streams.worker.publish import Publisher
from streams.worker.triage import Triage

log = logging.getLogger(__name__)

Handler = Callable[[Sequence[Any]], Awaitable[object]]


def build_app(
    settings: Settings,
    *,
    triage: Triage | None,
    deliver: Deliver | None,
    beside: Sequence[Callable[[], Awaitable[None]]],
    publisher: Publisher,
) -> faust.App:
    """A new app with the agents whose parts are given; `beside` them runs what never ends.

    Two apps in one process do not know of each other.
    """
    _repair(settings)
    names = Names(settings.prefix)
    role = "worker" if triage and deliver else "triage" if triage else "deliver"
    app = faust.App(
        names.group(role),
        broker="kafka://" + settings.kafka.replace(",", ";kafka://"),
        store="memory://",
        datadir=Path(tempfile.gettempdir()) / "tapewire-faust",  # Faust wants a folder, though no table is kept
        autodiscover=False,
        web_enabled=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        processing_guarantee="at_least_once",
        consumer_auto_offset_reset="earliest",
        broker_session_timeout=settings.session_timeout / 1_000,
        broker_heartbeat_interval=settings.session_timeout / 6_000,
        broker_commit_interval=settings.commit_interval / 1_000,
        stream_wait_empty=True,  # False loses the batch in flight on SIGTERM
        stream_buffer_maxsize=65_536,  # a full buffer makes the fetcher sleep a whole second
        producer_linger=0.005,
        producer_request_timeout=60.0,
    )
    if triage:
        _agent(app, names.articles, "triage", settings, _triaging(triage))
    if deliver:
        _agent(app, names.alerts, "deliver", settings, deliver)
    held = [part.health for part in (triage, deliver) if part]
    for health in held:
        health.stopping = lambda: bool(app.should_stop)
    watchdog = repairs.Watchdog(app, stall_s=settings.stall / 1_000, held=lambda: any(h.away for h in held))
    app.timer(1.0)(_looking(watchdog))
    _side_services(app, beside, publisher)
    return app


def _repair(settings: Settings) -> None:
    repairs.exact_commits()
    repairs.inline_delivery()
    if settings.embedded:
        repairs.fetch_wait(10)
        repairs.join_mock_groups()


def _agent(app: faust.App, topic: str, name: str, settings: Settings, handle: Handler) -> None:
    source = app.topic(topic, key_type=bytes, value_type=bytes, value_serializer="raw", key_serializer="raw")

    async def agent(stream: Any) -> None:
        async for events in stream.noack_take(settings.batch, within=settings.batch_wait / 1_000):
            try:
                await handle(events)
            except asyncio.CancelledError:
                raise
            except BaseException as error:
                log.exception("the %s agent cannot go on", name)
                repairs.exit_now(f"{name}: {error!r}")
            for event in events:
                await stream.ack(event)

    app.agent(source, name=name, concurrency=1)(agent)


def _triaging(triage: Triage) -> Handler:
    async def handle(events: Sequence[Any]) -> None:
        await triage([_article(e) for e in events])

    return handle


def _article(event: Any) -> Article:
    message = event.message
    return Article(
        raw=message.value or b"",
        origin=Origin(topic=message.topic, partition=message.partition, offset=message.offset),
        seen=round(message.timestamp * 1_000),
    )


def _looking(watchdog: repairs.Watchdog) -> Callable[[], Awaitable[None]]:
    async def look() -> None:
        watchdog.look()

    return look


def _side_services(app: faust.App, beside: Sequence[Callable[[], Awaitable[None]]], publisher: Publisher) -> None:
    """What runs beside the agents, and is stopped after them."""
    tasks: list[asyncio.Task[None]] = []

    async def start() -> None:
        tasks.extend(asyncio.create_task(_running(service)) for service in beside)

    async def stop(*_: Any, **__: Any) -> None:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await publisher.stop()

    app.task(start)
    app.on_before_shutdown.connect(stop, weak=False)


async def _running(service: Callable[[], Awaitable[None]]) -> None:
    try:
        await service()
    except asyncio.CancelledError:
        raise
    except BaseException as error:
        log.exception("what runs beside the agents cannot go on")
        repairs.exit_now(f"{getattr(service, '__qualname__', service)}: {error!r}")


def await_broker(bootstrap: str) -> None:
    """Wait until Kafka can be reached: Faust ends when it is away at the start, and would be started again for ever."""
    asyncio.run(_answers(bootstrap))
    asyncio.set_event_loop(asyncio.new_event_loop())  # Faust takes the current one


async def _answers(bootstrap: str) -> None:
    wait = 1.0
    while True:
        try:
            async with TopicReader(bootstrap):
                return
        except Away as away:
            log.warning("waiting for a broker: %s", away)
            await asyncio.sleep(wait)
            wait = min(10.0, 1.5 * wait)


def run(app: faust.App, log_level: str = "info") -> None:
    """Run the app until SIGTERM or SIGINT; the batch in flight is finished and committed."""
    worker = faust.Worker(app, loglevel=log_level, redirect_stdouts=False)
    worker.execute_from_commandline()
