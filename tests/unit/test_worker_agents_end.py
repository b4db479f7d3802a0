"""What ends the tasks of a worker's agents and services: cancelled from outside they end quietly, and whatever else ends them ends the process."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest

from streams.kafka.publish import Publisher
from streams.settings.record import Settings
from streams.worker import agents, jobs
from streams.worker.app import _run_services
from streams.worker.holding import Health
from streams.worker.jobs import or_exit


async def _fails() -> None:
    raise ValueError("no batch can begin")


async def _is_cancelled_within() -> None:
    begun = asyncio.get_running_loop().create_future()
    begun.cancel()
    await begun


async def _waits() -> None:
    await asyncio.Event().wait()


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the process would have ended with."""
    words: list[str] = []
    monkeypatch.setattr(jobs, "exit_now", words.append)
    return words


async def test_a_fault_ends_the_process(said: list[str]) -> None:
    """Else nobody would begin the next batch, and the worker would look alive."""
    await or_exit(_fails, "triage")
    assert said == ["triage: ValueError('no batch can begin')"]


async def test_so_does_a_batch_that_was_cancelled_from_within(said: list[str]) -> None:
    """Nobody asked the agent to end."""
    await or_exit(_is_cancelled_within, "triage")
    assert said == ["triage: CancelledError()"]


async def test_who_is_cancelled_from_outside_ends_quietly(said: list[str]) -> None:
    """A rebalance, or the worker's end."""
    task = asyncio.create_task(or_exit(_waits, "triage"))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert said == []


async def test_a_service_ends_it_alike(said: list[str]) -> None:
    """A sender whose client was cancelled beneath it would tell nothing any more, and the worker look alive."""
    begun = list[Any]()
    app: Any = SimpleNamespace(task=begun.append, on_before_shutdown=SimpleNamespace(connect=lambda *_, **__: None))
    _run_services(app, [_is_cancelled_within, _fails], Publisher("127.0.0.1:1"), None)
    await begun[0]()
    await asyncio.sleep(0.05)
    assert said == ["_is_cancelled_within: CancelledError()", "_fails: ValueError('no batch can begin')"]


async def test_a_first_batch_that_ends_the_process_has_been_seen(said: list[str]) -> None:
    """How old it is says how far behind the worker is, though it handled nothing; a time that is absurd says nothing."""
    app, acts, now = SimpleNamespace(), list[Any](), time.time()
    app.topic, app.agent = lambda *_, **__: None, lambda *_, **__: acts.append

    class Stream:
        async def noack_take(self, *_: object, **__: object) -> AsyncIterator[list[Any]]:
            for ages in ((60, 0, -86_400), (3_600,)):
                yield [SimpleNamespace(message=SimpleNamespace(timestamp=now - age)) for age in ages]
            await asyncio.Event().wait()

    async def begin(_: object) -> None:
        raise ValueError("no batch can begin")

    agent = agents.Agent(name="triage", topic="articles", steps=agents.Steps(begin, begin), health=Health())
    agents.attach(app, Settings(), agent)
    task = asyncio.create_task(acts[0](Stream()))
    async with asyncio.timeout(5):
        while not said:  # noqa: ASYNC110 - the process would be gone by now
            await asyncio.sleep(0.01)
    assert agent.health.reached == round((now - 60) * 1_000)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
