"""Live parts to the jobs of a worker: what observes it, answers for its health, reads files again, reaches Kafka."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from streams.assemble import Live
from streams.basics.times import SECOND
from streams.channels.slack import SlackChannel
from streams.checks import speaking
from streams.flow import Parts
from streams.health.server import HealthServer
from streams.health.signs import Signs, judge
from streams.kafka.publish import Publisher
from streams.looking import Look, Readings, look_for_ever
from streams.metrics import names
from streams.metrics.meter import Meter
from streams.records import Away
from streams.reload import Fresh, Reloader
from streams.settings.connections import address
from streams.settings.record import Settings
from streams.settings.renew import Renewer
from streams.worker.agents import Agent
from streams.worker.desk import DeskService
from streams.worker.jobs import Job
from streams.worker.observe import Observer

log = logging.getLogger(__name__)

_LONGEST_WAIT_S: Final = 5.0


def observing(settings: Settings, live: Live, agents: Sequence[Agent], role: str, desk: DeskService) -> Observer:
    """Looks at what these agents do; without any, at whether the desk hears."""

    def away() -> str:
        return next((agent.health.away for agent in agents if agent.health.away), "")

    signs = Signs(role=role, stall_s=settings.stall / SECOND, away=away if agents else desk.deaf)
    tell_build(live.meter, live.parts, role)
    return Observer(signs=signs, meter=live.meter, agents=agents, vitals=live.vitals, stories=live.stories)


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


def jobs_of(
    settings: Settings,
    live: Live,
    agents: Sequence[Agent],
    observer: Observer,
    *,
    desk: DeskService,
    config: Path | None,
) -> tuple[Job, ...]:
    """What every role has, from its first moment to its last: it is looked at, answers, and reads changed files again.

    The desk's, by which we judge or answer; the Slack token's, when we speak.
    """
    looks: list[Look] = [reloader(settings, live, agents, observer, desk).look]
    if isinstance(slack := live.channels.get("slack"), SlackChannel):
        looks.append(Renewer(settings=settings, config=config, renew=slack.renew).look)
    return (observer.run, *_serving(settings, live, observer), lambda: look_for_ever(settings.reload, *looks))


def _serving(settings: Settings, live: Live, observer: Observer) -> tuple[Job, ...]:
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


def reloader(
    settings: Settings, live: Live, agents: Sequence[Agent], observer: Observer, desk: DeskService
) -> Reloader:
    """What it reads is heard by the desk at once, and judged by from the next batch on, where this process judges."""
    now = live

    def swap(fresh: Fresh) -> None:
        nonlocal now
        now = replace(live, known=fresh.known, desk=desk.renew(fresh))
        for take in (take for agent in agents for take in agent.takes):
            take(now.parts)
        tell_build(live.meter, now.parts, observer.signs.role)

    def tell_refused(refused: Mapping[str, str]) -> None:
        observer.signs.refused = dict(refused)

    return Reloader(
        settings=settings, speaks=speaking(observer.signs.role), current=lambda: now.known, swap=swap,
        readings=Readings(meter=live.meter, tell=tell_refused), marks=dict(live.marks),
    )  # fmt: skip


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
