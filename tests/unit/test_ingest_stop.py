"""Stopping ingest: each of its tasks is told until all have ended."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from streams.commands.ingest import _stop
from streams.sources.ingest import OURS


async def _stubborn() -> None:
    """Loses the first cancellation, as a wait that ends in the same moment does."""
    with suppress(asyncio.CancelledError):
        await asyncio.Event().wait()
    await asyncio.Event().wait()


async def _work(*names: str) -> None:
    async with asyncio.TaskGroup() as tasks:
        for name in names:
            tasks.create_task(_stubborn(), name=name)
        await asyncio.Event().wait()


@pytest.mark.parametrize("names", [["source one", "source two"], ["writes"], ["looks", "keeps its lease"]])
async def test_a_task_that_loses_a_cancellation_is_told_again(names: list[str]) -> None:
    """A group of tasks hands on only the first."""
    work = asyncio.create_task(_work(*(OURS + name for name in names)))
    await asyncio.sleep(0.01)
    _stop(work)
    done, _ = await asyncio.wait({work}, timeout=5)
    assert done
    assert work.cancelled()
