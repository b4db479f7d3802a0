"""What ends an agent's tasks: cancelled from outside they end quietly, and whatever else ends them ends the process."""

from __future__ import annotations

import asyncio

import pytest

from streams.worker import agents


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
    monkeypatch.setattr(agents, "exit_now", words.append)
    return words


async def test_a_fault_ends_the_process(said: list[str]) -> None:
    """Else nobody would begin the next batch, and the worker would look alive."""
    await agents._or_exit(_fails, "triage")
    assert said == ["triage: ValueError('no batch can begin')"]


async def test_so_does_a_batch_that_was_cancelled_from_within(said: list[str]) -> None:
    """Nobody asked the agent to end."""
    await agents._or_exit(_is_cancelled_within, "triage")
    assert said == ["triage: CancelledError()"]


async def test_who_is_cancelled_from_outside_ends_quietly(said: list[str]) -> None:
    """A rebalance, or the worker's end."""
    task = asyncio.create_task(agents._or_exit(_waits, "triage"))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert said == []
