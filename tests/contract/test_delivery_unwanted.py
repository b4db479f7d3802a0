"""Both delivery books end what nobody wants any more: with a receipt, without a ticket, and nothing waits for it."""

from __future__ import annotations

import asyncio

from streams.basics.times import WallClock
from streams.delivery.book import Back, Delivery, DeliveryBook, State
from streams.records import Alert, Kind, Proof
from tests.build import alert
from tests.contract.books import LEASE, Make, claimed, opened, say, soon

LONG = 10_000_000
MUTED = "Alibaba: muted in slack:C0DESK for good"


def reply(number: int, kind: Kind = Kind.UPDATE) -> Alert:
    """What follows the story that the first alert opened."""
    return alert(number, kind=kind, root_id="a00001")


async def digest(book: DeliveryBook, *alerts: Alert) -> Delivery:
    """All of them on their way as one."""
    await book.intend(alerts)
    await asyncio.sleep(0.01)
    delivery = await claimed(book)
    assert [m.alert_id for m in delivery.members] == [a.alert_id for a in alerts]
    return delivery


async def test_what_is_unwanted_has_a_receipt_and_releases_no_story(make: Make) -> None:
    """Once, by whoever holds it; the outbox read again enters nothing, and the channel goes on at once."""
    book = await opened(make)
    await book.intend([alert(1), alert(2)])
    delivery = await claimed(book)
    assert await book.state("a00001") is State.SENDING and await book.state("nobody") is None
    assert await book.unwanted(delivery, {"a00001": MUTED})
    assert not await book.unwanted(delivery, {"a00001": MUTED})
    assert await book.state("a00001") is State.UNWANTED
    assert await book.intend([alert(1)]) == 0
    assert await book.counts() == {"unwanted": 1, "pending": 1}
    assert not await book.buried()
    (receipt,) = await book.receipts(9, LEASE)
    assert (receipt.alert_id, receipt.proof, receipt.why, receipt.ts) == ("a00001", Proof.UNWANTED, MUTED, "")
    await book.reported([receipt])
    assert not (await book.waiting()).unreported
    assert (await claimed(book)).id == "a00002"


async def test_nothing_waits_for_what_is_unwanted(make: Make) -> None:
    """Its echoes have nowhere to be told; an update that waited, and one that comes, is told alone."""
    book = await opened(make)
    await book.intend([alert(1), reply(2), reply(3, Kind.ECHO)])
    await book.unwanted(await claimed(book), {"a00001": MUTED})
    await book.intend([reply(4, Kind.ECHO), reply(5)])
    assert await book.counts() == {"unwanted": 1, "folded": 2, "pending": 2}
    first = await soon(book)
    await book.sent(first, "1.000001", 0)
    second = await soon(book)
    assert [(d.id, d.root_ts) for d in (first, second)] == [("a00002", ""), ("a00005", "")]
    assert await book.edit(LEASE) is None
    assert set((await book.waiting()).oldest) == {"slack:C0DESK"}


async def test_what_is_unwanted_leaves_its_digest_and_the_rest_is_told(make: Make) -> None:
    """Together, where there is more than one."""
    book = await opened(make, patience=0)
    whole = await digest(book, alert(1), alert(2), alert(3))
    assert await book.unwanted(whole, {"a00002": MUTED})
    assert await book.counts() == {"unwanted": 1, "pending": 2}
    rest = await say(book, "1.000001")
    assert [m.alert_id for m in rest.members] == ["a00001", "a00003"]
    told = {r.alert_id: r.proof for r in await book.receipts(9, LEASE)}
    assert told == {"a00001": Proof.FOLDED, "a00002": Proof.UNWANTED, "a00003": Proof.FOLDED}
    assert await book.claim(LEASE) is None


async def test_replies_keep_their_order_over_one_that_is_unwanted(make: Make) -> None:
    """The reply before it is still to be told, when the next one comes."""
    book = await opened(make, patience=0)
    await say_first(book)
    whole = await digest(book, reply(2), reply(3))
    await book.unwanted(whole, {"a00003": MUTED})
    await book.intend([alert(4, kind=Kind.CORRECTION, root_id="a00001")])  # urgent: it waits for what it follows
    assert [(await say(book, "2.000001")).id, (await soon(book)).id] == ["a00002", "a00004"]


async def test_what_follows_an_unwanted_reply_is_put_off_with_those_before_it(make: Make) -> None:
    """All of a story is held that waits."""
    book = await opened(make, patience=LONG, crowd=2)
    whole = await digest(book, alert(1), reply(2), reply(3))
    await book.unwanted(whole, {"a00003": MUTED})
    await book.put_off(await claimed(book), {"a00001": WallClock().now() + LONG})
    assert (await book.waiting()).held == 2


async def test_a_message_that_stands_outweighs_that_nobody_wanted_it(make: Make) -> None:
    """A worker that was paused in its post answers late."""
    book = await opened(make)
    await book.intend([alert(1)])
    late = await claimed(book)
    await asyncio.sleep(LEASE / 1_000 + 0.02)
    await book.again(await soon(book), Back(State.PENDING, clean=2))
    await book.unwanted(await claimed(book), {"a00001": MUTED})
    assert await book.sent(late, "1.000001", 0)
    assert await book.counts() == {"sent": 1}
    (receipt,) = await book.receipts(9, LEASE)
    assert (receipt.proof, receipt.why) == (Proof.SENT, "")


async def say_first(book: DeliveryBook) -> None:
    """The first message stands."""
    await book.intend([alert(1)])
    await say(book, "1.000001")
