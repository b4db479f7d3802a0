"""The agents: batches taken from a topic, begun ahead, finished and acknowledged in order."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import faust

from streams.basics.times import WallClock
from streams.delivery.book import DeliveryBook
from streams.flow import Parts
from streams.kafka.record import came_in
from streams.metrics.conservation import Conservation
from streams.records import Article, Millis
from streams.settings.record import Settings
from streams.worker.batches import Gathered, Line
from streams.worker.deliver import Deliver
from streams.worker.holding import Health
from streams.worker.jobs import or_exit
from streams.worker.stamp import stamp_of
from streams.worker.triage import Begun, Triage

AHEAD: Final = 2
"""Batches that may be begun before the one ahead of them is finished."""

Service = Callable[[], Awaitable[None]]
"""What never ends by itself and is run by the app."""


@dataclass(frozen=True, slots=True)
class Steps:
    """What an agent does with a batch: `begin` may run ahead of `finish`, which takes the batches in order."""

    begin: Callable[[Sequence[Any]], Awaitable[Any]]
    finish: Callable[[Any], Awaitable[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """Who reads a topic, and what goes with it. What an agent does not have is empty: nobody asks which one it is."""

    name: str
    topic: str
    steps: Steps
    health: Health
    services: tuple[Service, ...] = ()
    looks: tuple[Callable[[], None], ...] = ()  # called every second
    takes: tuple[Callable[[Parts], None], ...] = ()  # given parts that were read again
    judged: Conservation | None = None  # what it decided, to be held against what is committed
    book: DeliveryBook | None = None  # where it enters what is to be told


class Raw(faust.Schema):  # type: ignore[misc]  # Faust says nothing of its types
    """Records as they lie on the topic; Faust's own raw codec asks five layers for each to come to the same."""

    def compile(self, app: faust.App, **_: Any) -> Callable[..., Awaitable[Any]]:
        """See Faust."""

        async def decode(message: Any, **_: Any) -> Any:
            return faust.Event(app, message.key, message.value, message.headers, message)

        return decode


def attach(app: faust.App, settings: Settings, agent: Agent) -> None:
    """The agent on its topic. What it cannot begin or finish ends the process, and comes again."""
    source = app.topic(agent.topic, schema=Raw())
    name, steps = agent.name, agent.steps

    async def act(stream: Any) -> None:
        gathered, line = Gathered(settings.batch), Line(AHEAD)
        tasks = [
            asyncio.create_task(or_exit(partial(_beginning, gathered, line, steps), name), name=f"{name} beginning"),
            asyncio.create_task(or_exit(partial(_finishing, stream, line, steps), name), name=f"{name} finishing"),
        ]
        try:
            async for events in stream.noack_take(settings.batch, within=settings.batch_wait / 1_000):
                agent.health.taken = agent.health.taken or min(stamp_of(e, WallClock().now()) for e in events)
                await gathered.add(events)
        finally:
            for task in tasks:  # what is not acknowledged comes again
                task.cancel()

    app.agent(source, name=name, concurrency=1)(act)


async def _beginning(gathered: Gathered, line: Line, steps: Steps) -> None:
    while True:
        await line.place()
        events = await gathered.batch()
        line.enter(events, asyncio.ensure_future(steps.begin(events)))


async def _finishing(stream: Any, line: Line, steps: Steps) -> None:
    while True:
        events, begun = await line.first()
        await steps.finish(await begun)
        for event in events:
            await stream.ack(event)


def triaging(triage: Triage) -> Agent:
    """Read ahead, settle in order."""

    async def begin(events: Sequence[Any]) -> Begun:
        now = triage.parts.clock.now()
        return await triage.read([article_of(e, now) for e in events])

    return Agent(
        name="triage",
        topic=triage.names.articles,
        steps=Steps(begin, triage.settle),
        health=triage.health,
        looks=(triage.let_go.look,),
        takes=(triage.take,),
        judged=triage.measured.conservation,
    )


def delivering(deliver: Deliver, *services: Service) -> Agent:
    """Nothing of it may run ahead."""

    async def begin(events: Sequence[Any]) -> Sequence[Any]:
        return events

    return Agent(
        name="deliver",
        topic=deliver.names.alerts,
        steps=Steps(begin, deliver),
        health=deliver.health,
        services=services,
        book=deliver.book,
    )


def article_of(event: Any, now: Millis) -> Article:
    """A Faust event as triage takes it."""
    return came_in(event.message, stamp_of(event, now))
