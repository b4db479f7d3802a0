"""Live parts to what watches over a worker: its signs, its observer, its health server."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from streams.assemble import Live
from streams.channels.slack import SlackChannel
from streams.flow import Parts
from streams.health.server import HealthServer
from streams.health.signs import Signs, judge
from streams.kafka.publish import Publisher
from streams.looking import Look, Readings, look_for_ever
from streams.metrics import names
from streams.metrics.conservation import Conservation
from streams.metrics.meter import Meter
from streams.records import Away
from streams.reload import Fresh, Reloader
from streams.renew import Renewer
from streams.settings import Settings
from streams.settings_connections import address
from streams.times import SECOND
from streams.worker.beside import Job
from streams.worker.deliver import Deliver
from streams.worker.desk import DeskService
from streams.worker.observe import Observer
from streams.worker.triage import Triage

log = logging.getLogger(__name__)

_LONGEST_WAIT_S: Final = 5.0


def observing(settings: Settings, live: Live, triage: Triage | None, deliver: Deliver | None, role: str) -> Observer:
    """Looks at what these agents do."""
    healths = [(live.names.articles, triage.health)] if triage else []
    healths += [(live.names.alerts, deliver.health)] if deliver else []
    signs = Signs(
        role=role,
        stall_s=settings.stall / SECOND,
        away=lambda: next((health.away for _, health in healths if health.away), ""),
    )
    tell_build(live.meter, live.parts, role)
    return Observer(
        signs=signs,
        meter=live.meter,
        conservation=triage.measured.conservation if triage else Conservation(),
        healths=healths,
        judged=live.names.articles if triage else "",
        vitals=live.vitals,
        stories=live.stories,
        book=live.book if deliver else None,
        let_go=triage.let_go if triage else None,
    )


def tell_build(meter: Meter, parts: Parts, role: str) -> None:
    """What is in use, as labels."""
    meter.clear(names.BUILD)
    labels = (_version(), role, parts.model.version, parts.directory.version, parts.desk.version)
    meter.set(names.BUILD, 1, *labels)
    meter.set(names.WATCHES, len(parts.desk.at(parts.clock.now()).watches))


def _version() -> str:
    try:
        return version("tapewire")
    except PackageNotFoundError:  # run from its sources
        return "unknown"


def serving(settings: Settings, live: Live, observer: Observer) -> tuple[Job, ...]:
    """The health server's job; none when health is off."""
    if settings.health == "off":
        return ()
    server = HealthServer(
        *address(settings.health),
        settings.health_token,
        verdict=lambda: judge(observer.signs, time.monotonic()),
        metrics=live.meter.text,
    )
    return (server.run,)


def reloading(
    settings: Settings,
    live: Live,
    triage: Triage | None,
    observer: Observer,
    *,
    desk: DeskService,
    config: Path | None,
) -> tuple[Job, ...]:
    """Reads changed files again: the desk's, by which we judge or answer; the Slack token's, when we speak."""
    looks: list[Look] = [reloader(settings, live, triage, observer, desk).look]
    if isinstance(slack := live.channels.get("slack"), SlackChannel):
        looks.append(Renewer(settings=settings, config=config, renew=slack.renew).look)
    return (lambda: look_for_ever(settings.reload, *looks),)


def reloader(settings: Settings, live: Live, triage: Triage | None, observer: Observer, desk: DeskService) -> Reloader:
    """What it reads is heard by the desk at once, and judged by from the next batch on, where this process judges."""
    now = live

    def swap(fresh: Fresh) -> None:
        nonlocal now
        now = replace(live, known=fresh.known, desk=desk.renew(fresh))
        if triage is not None:
            triage.take(now.parts)
        tell_build(live.meter, now.parts, observer.signs.role)

    def tell_refused(refused: Mapping[str, str]) -> None:
        observer.signs.refused = dict(refused)

    readings = Readings(meter=live.meter, tell=tell_refused)
    return Reloader(settings=settings, current=lambda: now.known, swap=swap, readings=readings)


def reaching(publisher: Publisher, signs: Signs) -> Job:
    """Connects to Kafka, with patience: a worker that ends instead is started ever more rarely by its supervisor."""

    async def reached() -> None:
        wait = 0.5
        while True:
            try:
                await publisher.start()
            except Away as away:
                signs.waiting = str(away)
                log.warning("waiting to begin: %s", away)
                await asyncio.sleep(wait)
                wait = min(2 * wait, _LONGEST_WAIT_S)
            else:
                signs.waiting = ""
                return

    return reached
