"""--order ledger: the live order, also where a crash let an article claim after one that was related later."""

from __future__ import annotations

import asyncio
import random

from hypothesis import given
from hypothesis import strategies as st

from streams.ports import Claim
from streams.records import Article, Decision, Kind, Origin, Reason
from streams.replay.followed import Followed
from streams.replay.order import Order
from streams.stories.memory import MemoryStories
from tests.build import arrival


def decided(offset: int, related: int, claimed: int = 0, partition: int = 0, name: str = "") -> Decision:
    """A decision as the live ledger keeps it."""
    origin = Origin(topic="articles", partition=partition, offset=offset)
    return Decision(
        article_id=name or f"{partition}-{offset}", watch="w", stage="decide", reason=Reason.ALERTED, detail="",
        origin=origin, related=related, claimed=claimed,
    )  # fmt: skip


def at(offset: int, partition: int = 0) -> Article:
    """The record at a place."""
    return arrival(b"", offset=offset, partition=partition)


def ordered(*decisions: Decision, size: int = 10) -> Order:
    """The order that a ledger tells."""
    order = Order.over({("articles", 0): (100, 100 + size), ("articles", 1): (0, size)})
    for decision in decisions:
        order.add(decision)
    order.settle()
    return order


def test_articles_stand_where_the_memory_first_saw_them() -> None:
    """What was never related goes with the one before it in its partition; a repeated record does not go back."""
    order = ordered(decided(100, 50), decided(101, 0), decided(102, 70), decided(103, 50), decided(0, 60, partition=1))
    assert [order.rank(at(o))[0] for o in (100, 101, 102, 103)] == [50, 50, 70, 70]
    assert order.rank(at(0, 1))[0] == 60


def test_another_ledger_is_another_order() -> None:
    """So --resume does not go on where the order has changed since."""
    told = [decided(100, 50, 9), decided(101, 60)]
    assert ordered(*told).digest() == ordered(*reversed(told)).digest()
    assert len({ordered(*told[:n]).digest() for n in range(3)}) == 3


def test_a_batch_ends_only_where_no_later_article_claimed_before() -> None:
    """Article 101 was related second but claimed last, after a crash: the batch is held open until it came."""
    order = ordered(decided(100, 1, 9), decided(101, 2, 5), decided(102, 3, 11), decided(103, 4, 10))
    free = order.boundaries().free
    assert [free(at(o)) for o in (100, 101, 102, 103)] == [False, True, False, True]


def test_a_repeated_record_holds_no_batch_open() -> None:
    """The same article again, much later, has the claim of the first."""
    order = ordered(decided(100, 1, 5, name="a"), decided(101, 2, 6), decided(104, 1, 5, name="a"))
    free = order.boundaries().free
    assert [free(at(o)) for o in (100, 101, 102, 104)] == [True] * 4


def test_claims_are_ruled_in_the_live_order_and_answered_in_the_order_asked() -> None:
    """The one who claimed first live is told first, though it is asked about second."""

    async def ruled() -> list[Kind | None]:
        memory = Followed(MemoryStories(), {("a", "w"): [9], ("b", "w"): [5]})
        claims = [Claim(watch="w", story_id="s", article_key=f"{name}~1") for name in "ab"]
        return [r.kind for r in await memory.claim(claims)]

    assert asyncio.run(ruled()) == [Kind.ECHO, Kind.NEW]


@given(st.permutations(range(12)), st.randoms(use_true_random=False))
def test_any_order_of_claims_can_be_followed_in_batches(claims: list[int], chance: random.Random) -> None:
    """Every batch's claims all lie before those of the next, and what can be cut is cut."""
    partitions = [chance.randint(0, 1) for _ in claims]
    offsets = {0: 100, 1: 0}
    decisions = []
    for related, (claimed, partition) in enumerate(zip(claims, partitions, strict=True), 1):
        decisions.append(decided(offsets[partition], related, claimed + 1, partition))
        offsets[partition] += 1
    free = ordered(*decisions, size=12).boundaries().free
    cuts = [free(at(d.origin.offset, d.origin.partition)) for d in decisions]
    assert cuts == [max(claims[: n + 1]) < min(claims[n + 1 :], default=99) for n in range(len(claims))]
