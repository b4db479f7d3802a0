"""The observer: what it writes down of Redis, the delivery book and the story memory."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from streams.basics.times import HOUR
from streams.delivery.memory import MemoryBook
from streams.metrics import names
from streams.ports import Clocked
from streams.records import Away
from streams.redis.client import Vitals
from streams.worker.progress import Reading
from tests.build import NOON, alert
from tests.unit.observed import A0, Consumer, number, observer, vitals


async def test_redis_the_book_and_the_story_memory_are_measured() -> None:
    """Memory, eviction, deliveries by state, channels on hold."""
    book = MemoryBook(Clocked([NOON]))
    await book.begin()
    await book.intend([alert(1), alert(2)])
    await book.hold("slack", "token_revoked")
    looking = observer(Consumer({}, {}), book=book)
    await looking.look_outside(stories=True)
    assert (number(looking, names.REDIS_MEMORY), number(looking, names.REDIS_MOST)) == (1_000, 2_000)
    assert (number(looking, names.REDIS_EVICTS), number(looking, names.REDIS_EVICTED)) == (1, 7)
    assert number(looking, names.DELIVERIES, "pending") == 2
    assert b'tapewire_deliveries{state="dead"} 0' in looking.meter.text()  # else the first one would not be a growth
    assert number(looking, names.HELD, "slack") == 1
    assert looking.signs.held == {"slack": "token_revoked"}
    await book.resume("slack")
    await looking.look_outside(stories=False)
    assert number(looking, names.HELD, "slack") == 0
    assert b'tapewire_channel_held{channel="slack"}' not in looking.meter.text()


async def test_receipts_that_wait_are_counted_with_how_long_they_do() -> None:
    """None at first; what was proved half a minute ago and not reported is seen."""
    clock = Clocked([NOON])
    book = MemoryBook(clock)
    await book.intend([alert(1)])
    delivery = await book.claim(1_000)
    assert delivery is not None
    looking = observer(Consumer({}, {}), book=book)
    await looking.look_outside(stories=False)
    assert (number(looking, names.RECEIPTS), number(looking, names.RECEIPTS_AGE)) == (0, 0)
    await book.sent(delivery, "1.1", 0)
    clock.set(NOON + 30_000)
    await looking.look_outside(stories=False)
    assert (number(looking, names.RECEIPTS), number(looking, names.RECEIPTS_AGE)) == (1, 30)


async def test_what_is_held_is_no_blockage_and_one_blocked_channel_is_seen() -> None:
    """Quiet hours are told apart from what waits, and the longest wait of a kind from all that are shorter."""
    clock = Clocked([NOON])
    book = MemoryBook(clock)
    await book.intend([alert(1), alert(2, hold=NOON + HOUR)])
    clock.set(NOON + 90_000)
    await book.intend([alert(3, channel="slack:C0OTHER")])
    looking = observer(Consumer({}, {}), book=book)
    await looking.look_outside(stories=False)
    assert (number(looking, names.DELIVERIES, "pending"), number(looking, names.DELIVERIES, "held")) == (2, 1)
    assert number(looking, names.WAITED, "slack") == 90


@pytest.mark.parametrize(("begins", "told"), [(0, 0), (700, 1)])
async def test_an_empty_story_memory_in_the_middle_of_a_topic_is_said_once(
    begins: int, told: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Redis lost it, or is another one: `tapewire warm` mends that. A topic's very beginning needs none."""
    looking = observer(Consumer({A0: begins}, {A0: 900}, {A0: Reading(3, begins)}))
    for _ in range(2):
        await looking.look_outside(stories=True)
    assert caplog.text.count("tapewire warm") == told


async def test_a_redis_that_is_away_is_a_sign_not_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """The look raises `Away`; the loop goes on, turns it into a reason, and takes it back."""
    monkeypatch.setattr("streams.worker.observe._OUTSIDE_S", 0.05)
    answers: list[Exception | None] = [Away("Redis: connection refused"), None]

    async def away() -> Vitals:
        if answers and (fault := answers.pop(0)):
            raise fault
        return await vitals()

    looking = observer(Consumer({}, {}), vitals=away)
    looping = asyncio.create_task(looking._outside())
    try:
        await _until(lambda: looking.signs.redis == "connection refused")
        assert number(looking, names.REDIS_UP) == 0
        await _until(lambda: looking.signs.redis == "")
        assert number(looking, names.REDIS_UP) == 1
    finally:
        looping.cancel()


async def test_a_look_that_fails_takes_the_others_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are begun again together: what went on alone would be there twice."""
    looking = observer(Consumer({}, {}))

    async def denied() -> Vitals:
        raise RuntimeError("NOPERM")

    monkeypatch.setattr(looking, "vitals", denied)
    before = asyncio.all_tasks()
    for _ in range(3):
        with pytest.raises(ExceptionGroup):
            await asyncio.wait_for(looking.run(), 5)
    assert asyncio.all_tasks() == before


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110 - the loop under test is the event
            await asyncio.sleep(0.01)
