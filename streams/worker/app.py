"""The Faust app: its agents, manual acknowledgement, nothing at import. Only this package imports faust."""

from __future__ import annotations

import asyncio
import gc
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import faust

from streams.basics.tasks import end
from streams.kafka.publish import Publisher
from streams.names import Names
from streams.settings.record import Settings
from streams.worker import commits, repairs
from streams.worker.agents import Agent, Service, attach
from streams.worker.buffer import PLACES, App
from streams.worker.credentials import credentials
from streams.worker.holding import Stop
from streams.worker.jobs import Jobs, or_exit
from streams.worker.observe import Observer
from streams.worker.watchdog import Watchdog, by_reading


def build_app(
    settings: Settings,
    agents: Sequence[Agent],
    *,
    services: Sequence[Service] = (),
    publisher: Publisher,
    stop: Stop,
    observer: Observer | None = None,
) -> faust.App:
    """A new app with these agents; it runs `services` and theirs, and gives the order to `stop`.

    Two apps in one process do not know of each other.
    """
    _repair(settings)
    app = _bare(settings, Names(settings.prefix).group(agents[0].name if len(agents) == 1 else "worker"))
    for agent in agents:
        attach(app, settings, agent)
    stop.follow(app)
    watchdog = Watchdog(
        app,
        stall_s=settings.stall / 1_000,
        held=lambda: any(agent.health.away for agent in agents),
        nothing_left=by_reading(settings.cluster),
    )
    app.timer(1.0)(_looking(watchdog))
    begun = (lambda: observer.attach(app, watchdog.standing)) if observer else None
    _run_services(app, [*services, *(s for agent in agents for s in agent.services)], publisher, begun)
    return app


def _bare(settings: Settings, group: str) -> faust.App:
    return App(
        group,
        broker=";".join(f"kafka://{one.strip()}" for one in settings.kafka.split(",")),
        broker_credentials=credentials(settings.cluster),
        store="memory://",
        datadir=Path(tempfile.gettempdir()) / "tapewire-faust",  # Faust wants a folder, though no table is kept
        autodiscover=False,
        web_enabled=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        processing_guarantee="at_least_once",
        consumer_auto_offset_reset="earliest",
        consumer_metadata_max_age_ms=10_000,  # a topic made anew, or widened, goes unread for so long
        broker_session_timeout=settings.session_timeout / 1_000,
        broker_heartbeat_interval=settings.session_timeout / 6_000,
        broker_commit_interval=settings.commit_interval / 1_000,
        stream_wait_empty=True,  # False loses the batch in flight on SIGTERM
        stream_buffer_maxsize=PLACES,
        producer_linger=0.005,
        producer_request_timeout=60.0,
    )


def _repair(settings: Settings) -> None:
    commits.exact_commits()
    repairs.inline_delivery()
    repairs.read_committed()
    gc.freeze()  # directory and model: a million objects; Faust collects garbage while it waits for a batch to end
    if settings.embedded:
        repairs.fetch_wait(10)
        repairs.join_mock_groups()


def _looking(watchdog: Watchdog) -> Callable[[], Awaitable[None]]:
    async def look() -> None:
        await watchdog.look()

    return look


def _run_services(
    app: faust.App, services: Sequence[Service], publisher: Publisher, started: Callable[[], None] | None
) -> None:
    """What runs from when the agents begin, and is stopped after them; `started` hears that the app has begun."""
    tasks: list[asyncio.Task[None]] = []

    async def start() -> None:
        if started:
            started()
        tasks.extend(asyncio.create_task(or_exit(service, _name(service))) for service in services)

    async def stop(*_: Any, **__: Any) -> None:
        await end(tasks)
        await publisher.stop()

    app.task(start)
    app.on_before_shutdown.connect(stop, weak=False)


def _name(service: Service) -> str:
    return str(getattr(service, "__qualname__", service))


def run(app: faust.App, jobs: Jobs) -> None:
    """Run the app, and the jobs around it, until SIGTERM or SIGINT; the batch in flight is finished and committed."""
    # Faust would set up logging of its own, spin on a terminal, and print on the standard output
    worker = faust.Worker(app, jobs, redirect_stdouts=False, override_logging=False, quiet=True)
    worker.spinner = None
    worker.execute_from_commandline()
