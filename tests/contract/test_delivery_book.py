"""Both delivery books keep the same promises; the Redis one keeps them through restarts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from streams.basics.times import WallClock
from streams.channels.memory import MemoryChannel
from streams.delivery.book import Back, Delivery, DeliveryBook, State
from streams.delivery.channel import Doubt, Reach, Refused
from streams.delivery.memory import MemoryBook
from streams.delivery.redis import RedisBook
from streams.delivery.rules import Rules
from streams.delivery.sender import Sender, Timing
from streams.records import Kind
from tests.build import alert

LEASE = 200
RULES = Rules(settle=80, edit_gap=150, edit_pace=10, breaker_after=3, breaker_wait=120, patience=5_000)


@pytest.fixture(params=["memory", "redis"])
async def book(request: pytest.FixtureRequest) -> AsyncIterator[DeliveryBook]:
    """An empty book of each kind."""
    if request.param == "memory":
        yield MemoryBook(WallClock(), RULES)
        return
    redis = Redis.from_url(request.getfixturevalue("redis_url"))
    book = RedisBook(redis, f"book-{uuid4().hex}", RULES)
    await book.begin()
    yield book
    await redis.aclose()


async def claimed(book: DeliveryBook, lease: int = LEASE) -> Delivery:
    """The next delivery; one must be due."""
    delivery = await book.claim(lease)
    assert delivery is not None
    return delivery


async def test_an_alert_entered_twice_is_one_delivery(book: DeliveryBook) -> None:
    """Redelivery by Kafka is harmless."""
    assert await book.intend([alert(1), alert(2)]) == 2
    assert await book.intend([alert(1)]) == 0
    assert await book.counts() == {"pending": 2}


async def test_a_claim_returns_the_alert_as_it_was(book: DeliveryBook) -> None:
    """Nothing is lost between intent and sending."""
    await book.intend([alert(1)])
    delivery = await claimed(book)
    assert delivery.alert == alert(1)
    assert (delivery.state, delivery.attempts, delivery.fence) == (State.SENDING, 1, 1)


async def test_one_channel_speaks_once_at_a_time_and_others_meanwhile(book: DeliveryBook) -> None:
    """While a delivery is in the air its channel is taken; another channel is free."""
    await book.intend([alert(1), alert(2), alert(3, channel="slack:C0OTHER")])
    first, second = await claimed(book, 5_000), await claimed(book, 5_000)
    assert {first.alert.channel, second.alert.channel} == {"slack:C0DESK", "slack:C0OTHER"}
    assert await book.claim(5_000) is None


async def test_the_pace_holds_the_channel_after_a_message(book: DeliveryBook) -> None:
    """The next message waits for the pace, then goes."""
    await book.intend([alert(1), alert(2)])
    await book.sent(await claimed(book), "1.1", 150)
    assert await book.claim(LEASE) is None
    await asyncio.sleep(0.2)
    assert (await claimed(book)).alert.alert_id == alert(2).alert_id


async def test_urgent_alerts_go_first(book: DeliveryBook) -> None:
    """Of what waits in a channel, the urgent one is claimed first."""
    await book.intend([alert(1), alert(2), alert(3, urgent=True)])
    assert (await claimed(book)).alert.alert_id == alert(3).alert_id


async def test_an_expired_lease_is_doubt_never_pending(book: DeliveryBook) -> None:
    """Whoever died while sending may have sent: the next claim reads the channel back."""
    await book.intend([alert(1)])
    first = await claimed(book, 50)
    await asyncio.sleep(0.08)
    assert await book.claim(50) is None
    await asyncio.sleep(0.1)
    second = await claimed(book, 50)
    assert second.state is State.READING
    assert second.fence == first.fence + 1


async def test_only_the_newest_fence_may_move_a_delivery(book: DeliveryBook) -> None:
    """A sender that slept through its lease changes nothing, except by proof of a message."""
    await book.intend([alert(1)])
    stale = await claimed(book, 30)
    await asyncio.sleep(0.05)
    await book.claim(30)
    await asyncio.sleep(0.1)
    fresh = await claimed(book, 1_000)
    assert not await book.again(stale, Back(State.PENDING))
    assert not await book.dead(stale, "late")
    assert await book.again(fresh, Back(State.DOUBT))
    assert await book.sent(stale, "9.9", 0)
    assert await book.counts() == {"sent": 1}


async def test_a_second_message_for_one_alert_is_noticed(book: DeliveryBook) -> None:
    """Proof with another ts is a double, and says so; the same proof again is fine."""
    await book.intend([alert(1)])
    delivery = await claimed(book)
    assert await book.sent(delivery, "1.1", 0)
    assert await book.sent(delivery, "1.1", 0)
    assert not await book.sent(delivery, "2.2", 0)


async def test_a_reply_waits_for_its_storys_first_message(book: DeliveryBook) -> None:
    """An update is sent after the first message, into its thread."""
    reply = alert(2, kind=Kind.UPDATE, root_id=alert(1).alert_id, urgent=True)
    await book.intend([alert(1), reply])
    first = await claimed(book)
    assert first.alert.alert_id == alert(1).alert_id
    await book.sent(first, "7.7", 0)
    await asyncio.sleep(0.3)
    second = await claimed(book)
    assert (second.alert.alert_id, second.root_ts) == (reply.alert_id, "7.7")


async def test_a_reply_to_a_message_that_never_was_goes_out_alone(book: DeliveryBook) -> None:
    """When the first message is dead or unknown, the update is not held for ever."""
    await book.intend([alert(2, kind=Kind.UPDATE, root_id="unknown")])
    await asyncio.sleep(0.4)
    assert (await claimed(book)).root_ts == ""


async def test_a_dead_delivery_is_never_claimed_again(book: DeliveryBook) -> None:
    """DEAD is final."""
    await book.intend([alert(1)])
    await book.dead(await claimed(book), "no such channel")
    assert await book.claim(LEASE) is None
    assert await book.counts() == {"dead": 1}


FAST = Timing(lease=300, timeout=100, settle=60, reread=40, pace=5)


@dataclass
class Desk:
    """A sender with one memory channel."""

    book: DeliveryBook
    channel: MemoryChannel = field(default_factory=MemoryChannel)

    async def until_final(self, seconds: float = 5.0) -> dict[str, int]:
        """Step until nothing is left to do."""
        sender = Sender(book=self.book, channels={"slack": self.channel}, timing=FAST)
        end = asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < end:
            if not await sender.step():
                await asyncio.sleep(0.01)
            counts = dict(await self.book.counts())
            if set(counts) <= {"sent", "dead"}:
                return counts
        raise AssertionError(f"still {counts}")

    @property
    def said(self) -> list[str]:
        """Alert ids in the order they stand in the channel."""
        return [p.alert.alert_id for p in self.channel.posts]


async def test_every_alert_is_sent_once_in_order(book: DeliveryBook) -> None:
    """Without faults the channel holds each alert once."""
    alerts = [alert(n) for n in range(12)]
    await book.intend(alerts)
    desk = Desk(book)
    assert await desk.until_final() == {"sent": 12}
    assert desk.said == [a.alert_id for a in alerts]


REFUSALS: list[tuple[str, Callable[[], object], int, int]] = [
    ("wait", lambda: Refused("ratelimited", Reach.CHANNEL, wait=30), 1, 0),
    ("plainer", lambda: Refused("invalid_blocks", Reach.PAYLOAD), 1, 0),
    ("for good", lambda: Refused("gone", Reach.MESSAGE), 0, 1),
    ("doubt, not stored", lambda: Doubt("cut"), 1, 0),
    ("doubt, stored", lambda: ("stored", Doubt("cut")), 1, 0),
]


@pytest.mark.parametrize(("name", "answer", "sent", "dead"), REFUSALS, ids=[r[0] for r in REFUSALS])
async def test_each_answer_ends_in_one_message_or_one_reason(
    book: DeliveryBook, name: str, answer: Callable[[], object], sent: int, dead: int
) -> None:
    """Refused means again or never; doubt means read back: in no case two messages."""
    await book.intend([alert(1)])
    desk = Desk(book)
    desk.channel.answers = [answer()]  # type: ignore[list-item]
    assert await desk.until_final() == {k: v for k, v in (("sent", sent), ("dead", dead)) if v}
    assert len(desk.said) == sent, name


async def test_the_ladder_ends_dead_when_even_plain_text_is_refused(book: DeliveryBook) -> None:
    """Three plainer tries, then DEAD with the reason."""
    await book.intend([alert(1)])
    desk = Desk(book)
    desk.channel.answers = [Refused("invalid_blocks", Reach.PAYLOAD)] * 4
    assert await desk.until_final() == {"dead": 1}


async def test_an_unknown_kind_of_channel_is_dead_not_stuck(book: DeliveryBook) -> None:
    """A watch that names a channel nobody built does not hold the others up."""
    await book.intend([replace(alert(1), channel="pigeon:9"), alert(2)])
    desk = Desk(book)
    assert await desk.until_final() == {"sent": 1, "dead": 1}


async def test_an_alert_can_be_looked_up_while_it_is_on_record(book: DeliveryBook) -> None:
    """A click names an alert by its id alone; what was never entered is not known."""
    await book.intend([alert(1)])
    assert await book.alert(alert(1).alert_id) == alert(1)
    await book.sent(await claimed(book), "1.1", 0)
    assert await book.alert(alert(1).alert_id) == alert(1)
    assert await book.alert("a99999") is None
