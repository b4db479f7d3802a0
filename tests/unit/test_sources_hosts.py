"""How many requests one host gets at once, and that a changed file says so from then on."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from streams.basics.times import WallClock
from streams.sources.hosts import PoliteWeb
from streams.sources.web import Got


async def test_a_host_is_asked_by_as_many_at_once_as_the_file_says_now() -> None:
    """More at once for those who wait already; fewer as soon as enough have left."""
    open_: list[asyncio.Event] = []

    class Held:
        async def get(self, url: str, headers: Mapping[str, str]) -> Got:
            open_.append(asyncio.Event())
            await open_[-1].wait()
            return Got(status=200, url=url)

    polite = PoliteWeb(web=Held(), clock=WallClock(), pace=0, at_once=2)
    asking = [asyncio.create_task(polite.get("https://a.example/", {})) for _ in range(8)]
    await settle()
    assert len(open_) == 2
    await polite.renew(web=Held(), pace=0, at_once=4)
    await settle()
    assert len(open_) == 4
    await polite.renew(web=Held(), pace=0, at_once=1)
    for left, begun in ((3, 4), (2, 4), (1, 4), (0, 5)):
        open_[3 - left].set()
        await settle()
        assert len(open_) == begun, left
    asking[-1].cancel()  # who waits may give up
    while not all(task.done() for task in asking):
        open_[-1].set()
        await settle()
    assert len(open_) == 7


async def settle() -> None:
    """Let everybody go as far as they can."""
    for _ in range(20):
        await asyncio.sleep(0)
