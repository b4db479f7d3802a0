"""Live parts to a running worker."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from streams.assemble import Live
from streams.basics.languages import load_detector
from streams.beside.reader import BesideReader
from streams.delivery.channel import PostOnly
from streams.delivery.report import Reporter
from streams.delivery.sender import Sender
from streams.kafka.publish import Publisher
from streams.logs.setup import set_up
from streams.metrics.delivered import Delivered
from streams.metrics.names import LOG_DROPPED
from streams.metrics.triaged import Triaged
from streams.records import Alert
from streams.settings.read import unread
from streams.settings.record import BadSettings, Settings
from streams.stories.tell import load_tables
from streams.worker.agents import Agent, Service, delivering, triaging
from streams.worker.alone import run_alone
from streams.worker.app import build_app, run
from streams.worker.assemble import jobs_of, observing, reaching
from streams.worker.deliver import Deliver, rebuild, telling
from streams.worker.desk import DeskService, desk_service
from streams.worker.holding import Health, Stop
from streams.worker.jobs import Jobs
from streams.worker.leaving import leave_in_time
from streams.worker.triage import Triage

log = logging.getLogger(__name__)


def start(
    settings: Settings, live: Live, *, role: str = "all", log_level: str = "info", config: Path | None = None
) -> None:
    """Run what belongs to `role` (all, triage, deliver or desk) until SIGTERM; returns after a clean stop."""
    set_up(settings, log_level, lambda level: live.meter.count(LOG_DROPPED, level))
    for line in unread():
        log.warning(line)
    desk = desk_service(settings, live, hears=role != "triage")
    if role == "desk" and desk.ear is None:
        raise BadSettings(["the role `desk` hears clicks: give `slack_app_token`"])
    leaving_s = settings.slack_timeout / 1_000 + 2  # a post under way has its answer by then
    if role == "desk":
        observer = observing(settings, live, (), role, desk)
        run_alone(desk, jobs_of(settings, live, (), observer, desk=desk, config=config), leaving_s)
        return
    stop, publisher = Stop(), Publisher(settings.cluster)
    reader = _reader(settings, live) if role != "deliver" else None
    agents = _agents(settings, live, role, publisher=publisher, stop=stop, desk=desk, reader=reader)
    observer = observing(settings, live, agents, role, desk)
    app = build_app(settings, agents, services=[desk.run], publisher=publisher, stop=stop, observer=observer)
    if reader:
        app.on_before_shutdown.connect(_closing(reader), weak=False)
    leave_in_time(stop.given, leaving_s)  # it follows the app by now
    jobs = jobs_of(settings, live, agents, observer, desk=desk, config=config)
    run(app, Jobs(*jobs, first=reaching(publisher, observer.signs)))


def _agents(
    settings: Settings,
    live: Live,
    role: str,
    *,
    publisher: Publisher,
    stop: Stop,
    desk: DeskService,
    reader: BesideReader | None,
) -> tuple[Agent, ...]:
    """Those of the role, in the order in which they begin."""
    agents = []
    if role != "deliver":
        load_detector()
        load_tables()
        measured = Triaged(live.meter)
        triage = Triage(live.parts, live.names, publisher, desk.follower.fresh, reader, Health(stop), measured=measured)
        agents.append(triaging(triage))
    if role != "triage":
        deliver = Deliver(live.book, live.names, publisher, Health(stop))
        agents.append(delivering(deliver, *_speaking(settings, live, publisher, desk)))
    return tuple(agents)


def _reader(settings: Settings, live: Live) -> BesideReader | None:
    """A process beside this one, when the settings ask for it."""
    if not settings.beside:
        return None
    return BesideReader(live.parts, model=settings.model, directory=settings.directory)


def _closing(reader: BesideReader) -> Callable[..., Awaitable[None]]:
    async def close(*_: Any, **__: Any) -> None:
        await reader.close()

    return close


def _speaking(settings: Settings, live: Live, publisher: Publisher, desk: DeskService) -> tuple[Service, ...]:
    """The services of the deliver agent: alerts to their channels, and what became of them to the ledger."""
    reporter = Reporter(book=live.book, publish=telling(live.names, publisher), lease=live.timing.lease)
    sender = _sender(settings, live, desk)

    async def send() -> None:
        await desk.follower.begun()  # or what was muted while it waited would be told by a worker that just began
        await sender.run()

    return send, reporter.run


def _sender(settings: Settings, live: Live, desk: DeskService) -> Sender:
    blind = {kind for kind, channel in live.channels.items() if isinstance(channel, PostOnly)}
    return Sender(
        book=live.book,
        channels=live.channels,
        timing=live.timing,
        rebuild=lambda: rebuild(settings.cluster, live.names.alerts, live.book, blind),
        release=_releasing(live),
        tried=Delivered(live.meter, live.clock),
        desk=lambda: desk.clerk.desk.at(live.clock.now()),
        alarm=settings.alarm,
    )


def _releasing(live: Live) -> Callable[[Sequence[Alert]], Awaitable[None]]:
    """A story that could not be told must not silence the next article, for the watch that was not told."""

    async def release(alerts: Sequence[Alert]) -> None:
        for watch in {a.watch for a in alerts}:
            await live.stories.release([a.article_key for a in alerts if a.watch == watch], watch)

    return release
