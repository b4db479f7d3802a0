"""The follower: a batch is judged only by a desk that is up to date, and waits like everything else when it is not."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest

from streams.delivery.sender import Timing
from streams.desk.feedback import GRACE, Act
from streams.desk.kafka import Follower
from streams.kafka.reader import Ranges, TopicReader
from streams.names import Names
from streams.ports import Clocked
from streams.records import Away, Reason
from streams.worker import start
from streams.worker.holding import Health, Stop, Stopping
from streams.worker.triage import Triage
from tests.build import NOON, sent
from tests.desk_kit import desk, said
from tests.twins import Kit, Shelf


def follower(as_of: int) -> Follower:
    """One that has read everything recorded before."""
    return Follower("127.0.0.1:1", "feedback", desk(), Clocked([NOON]), as_of=as_of)


async def test_a_desk_read_lately_is_fresh_enough() -> None:
    """Half the grace is for records under way, half for the reader; what lies long back needs no news."""
    await follower(NOON - GRACE // 2 + 1).fresh(NOON)
    await follower(NOON - GRACE).fresh(NOON - GRACE)
    await follower(NOON - 1).fresh(NOON + 10 * GRACE)  # an article from the future waits for nobody


async def test_a_stale_desk_is_away() -> None:
    """Never judged by: an outage of its topic holds."""
    for stale in (0, NOON - GRACE // 2):
        with pytest.raises(Away, match="not up to date"):
            await follower(stale).fresh(NOON)


async def test_a_worker_that_begins_tells_nothing_before_it_knows_the_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits may have been muted meanwhile. Later no broker that is away holds a post."""
    begun = asyncio.Event()

    async def run() -> None:
        begun.set()

    monkeypatch.setattr(start, "_sender", lambda *_: SimpleNamespace(run=run))
    service = SimpleNamespace(follower=follower(0))
    live = SimpleNamespace(book=None, names=Names(), timing=Timing())
    send, _ = start._speaking(*(cast("Any", part) for part in (None, live, Shelf(), service)))
    sending = asyncio.ensure_future(send())
    await asyncio.sleep(0.15)
    assert not begun.is_set()

    async def ranges(_: str) -> Ranges:
        return {}

    await service.follower.look(cast("TopicReader", SimpleNamespace(ranges=ranges)))
    await asyncio.wait_for(sending, 5)
    assert begun.is_set()


async def test_triage_holds_until_the_desk_is_known() -> None:
    """And judges by it then: the mute that was on the topic all the time counts."""
    known = desk()
    looks = 0

    async def fresh(_: int) -> None:
        nonlocal looks
        looks += 1
        if looks < 3:
            raise Away("Kafka: the desk is not up to date")
        known.add([said(Act.MUTE, companies=("alibaba",), until=NOON * 2, at=NOON - 2 * GRACE)])

    parts = Kit(desk=known).parts
    triage = Triage(parts, Names(), Shelf(), fresh)
    (journey,) = await triage([sent(id="1", title="Alibaba to invest", lang="en")])
    assert looks == 3
    assert [d.reason for d in journey.decisions] == [Reason.MUTED]


async def test_a_worker_that_stops_while_the_desk_is_unknown_acknowledges_nothing() -> None:
    """The next worker begins there."""

    async def never(_: int) -> None:
        raise Away("Kafka: the desk is not up to date")

    triage = Triage(Kit(desk=desk()).parts, Names(), Shelf(), never, health=Health(Stop(lambda: True)))
    with pytest.raises(Stopping):
        await triage([sent(id="1", title="Alibaba to invest", lang="en")])
