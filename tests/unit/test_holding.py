"""Holding: what is away is waited for and told; nothing is given up but by a worker that stops."""

from __future__ import annotations

import asyncio

import pytest

from streams.records import Away
from streams.worker.holding import Health, Stop, Stopping, hold, patiently


async def test_what_is_away_is_tried_again_until_it_is_there() -> None:
    """Meanwhile `away` says what is missing."""
    health, told, answers = Health(), [], [Away("Redis: refused"), Away("Redis: refused"), None]

    async def act() -> int:
        told.append(health.away)
        if fault := answers.pop(0):
            raise fault
        return 7

    assert await hold(health, act) == 7
    assert told == ["", "Redis: refused", "Redis: refused"]
    assert health.away == ""


async def test_a_worker_that_stops_gives_its_batch_back() -> None:
    """Nothing of it is acknowledged: the next one begins there."""

    async def act() -> None:
        raise Away("Kafka: gone")

    with pytest.raises(Stopping, match="Kafka: gone"):
        await hold(Health(Stop(lambda: True)), act)


async def test_who_does_not_answer_is_told_of_and_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A frozen broker: standing still is right then, and the watchdog must know."""
    monkeypatch.setattr("streams.worker.holding._SILENT_S", 0.01)
    health, answer = Health(), asyncio.get_running_loop().create_future()
    waiting = asyncio.create_task(hold(health, lambda: patiently(health, "Kafka", answer)))
    async with asyncio.timeout(5):
        while not health.away:  # noqa: ASYNC110 - the state is what is tested
            await asyncio.sleep(0.01)
    assert health.away == "Kafka: does not answer"
    answer.set_result(7)
    assert await waiting == 7
    assert health.away == ""
