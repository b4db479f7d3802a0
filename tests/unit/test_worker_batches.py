"""Events to batches: full ones while others are in work, in order, and never more of them than have a place."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence

from streams.worker.batches import Gathered, Line


async def stands(waiting: Awaitable[object]) -> bool:
    """Whether it does not end by itself."""
    task = asyncio.ensure_future(waiting)
    done, _ = await asyncio.wait({task}, timeout=0.01)
    task.cancel()
    return not done


async def test_what_came_in_pieces_is_one_batch() -> None:
    """The first piece was too little for a batch of its own, and nobody took it before the second."""
    gathered = Gathered(4)
    await gathered.add([1])
    await gathered.add([2, 3])
    assert await gathered.batch() == [1, 2, 3]
    assert await stands(gathered.batch())


async def test_a_batch_holds_so_many_and_the_rest_comes_next() -> None:
    """In the order of arrival."""
    gathered = Gathered(4)
    await gathered.add([1, 2, 3])
    adding = asyncio.create_task(gathered.add([4, 5]))
    await asyncio.sleep(0)
    assert [await gathered.batch(), await gathered.batch()] == [[1, 2, 3, 4], [5]]
    await adding


async def test_nothing_more_is_taken_while_a_whole_batch_waits() -> None:
    """What lies on the topic costs no memory."""
    gathered = Gathered(2)
    assert await stands(gathered.add([1, 2]))
    assert await gathered.batch() == [1, 2]
    assert not await stands(gathered.add([3]))


async def test_a_batch_waits_for_its_first_event() -> None:
    """It is never empty."""
    gathered = Gathered(4)
    waiting = asyncio.create_task(gathered.batch())
    await asyncio.sleep(0)
    assert not waiting.done()
    await gathered.add([1])
    assert await waiting == [1]


async def test_so_many_batches_have_a_place_and_are_finished_in_order() -> None:
    """The one that is being finished has none."""
    line = Line(2)
    for number in range(2):
        await line.place()
        line.enter([number], begun(number))
    assert await stands(line.place())
    assert await told(line) == ([0], 0)
    await line.place()
    line.enter([2], begun(2))
    assert [await told(line), await told(line)] == [([1], 1), ([2], 2)]


def begun(number: int) -> asyncio.Future[int]:
    """A batch that was read."""
    future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    future.set_result(number)
    return future


async def told(line: Line) -> tuple[Sequence[int], int]:
    """The next batch, and what became of it."""
    events, begun = await line.first()
    return events, await begun
