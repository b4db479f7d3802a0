"""The ledger read from the time of what is asked for on: a warm-up, a replay in live order, the walk of one article."""

from __future__ import annotations

import pytest

from streams.basics.times import DAY, HOUR, MINUTE
from streams.replay import find, followed, warm
from streams.replay.followed import FollowedSource
from streams.replay.order import Order
from streams.replay.topic_source import TopicSource
from streams.replay.warm import Past, past
from streams.settings.record import Settings
from tests.build import NOON, arrival
from tests.unit.ledger_rows import Topics, decision, receipt


@pytest.fixture
def topics(monkeypatch: pytest.MonkeyPatch) -> Topics:
    """Sixty days, an article a day, each decided and told a minute later."""
    made = Topics()
    for day in range(60):
        _decided(made, day % 2, NOON + day * DAY, day)
    for module in (warm, followed, find):
        monkeypatch.setattr(module, "TopicReader", made)
    return made


def _decided(topics: Topics, partition: int, at: int, number: int, said: int = 0) -> None:
    """One article; its timestamp says something else where its producer's clock does."""
    offset = topics.put("articles", partition, said or at)
    told = decision(
        partition,
        offset,
        "a",
        said or at,
        f"alert {number}",
        story_id="s",
        related=2 * number + 1,
        claimed=2 * number + 2,
    )
    topics.put("decisions", partition, at + MINUTE, told)
    topics.put("decisions", partition, at + 2 * MINUTE, receipt(f"alert {number}", at + 2 * MINUTE))


async def test_a_warm_up_reads_the_ledger_of_its_span_alone(topics: Topics) -> None:
    """Two records a day in two partitions."""
    found = await past("", "decisions", NOON + 58 * DAY)
    assert found == {(0, 29): Past("s", found[0, 29].claimed), (1, 29): Past("s", found[1, 29].claimed)}
    assert topics.ledger_read == [{("decisions", 0): (58, 60), ("decisions", 1): (58, 60)}]


async def _told(topics: Topics, first: int) -> tuple[Order, Order]:
    """The live order from an offset on, as a replay has it, and as the whole ledger tells it."""
    ranges = {tp: (first, end) for tp, (_, end) in (await topics.ranges("articles")).items()}
    source = FollowedSource(TopicSource(where="", topic="articles", ranges=ranges), "decisions")
    assert await source.told()
    assert source.order is not None
    whole = await source._read(topics, await topics.ranges("decisions"))
    whole.settle()
    topics.asked.pop()
    return source.order, whole


async def test_a_replay_in_live_order_reads_the_ledger_of_its_stretch_alone(topics: Topics) -> None:
    """The order is the one that all of it tells, so that --resume goes on."""
    order, whole = await _told(topics, 25)
    assert (order.digest(), order.claimed) == (whole.digest(), whole.claimed)
    assert topics.ledger_read == [{("decisions", 0): (50, 60), ("decisions", 1): (50, 60)}]


async def test_an_article_with_a_wrong_time_costs_no_order(topics: Topics) -> None:
    """Where both partitions begin with one from the future, its decision is not found there, and all is read."""
    for partition in (0, 1):
        _decided(topics, partition, NOON + 60 * DAY, 60 + partition, said=NOON + 60 * DAY + 9 * HOUR)
        _decided(topics, partition, NOON + 60 * DAY + MINUTE, 62 + partition)
    order, whole = await _told(topics, 30)
    assert (order.digest(), order.claimed) == (whole.digest(), whole.claimed)
    assert order.claimed["a", "a"] == [122, 124, 126, 128]


async def test_the_walk_of_one_article_reads_the_ledger_from_its_time_on(topics: Topics) -> None:
    """What was decided, and what became of its alert; other receipts are not of this article."""
    article = arrival(b"", offset=28, partition=1, seen=NOON + 57 * DAY)
    ledger = await find.ledger_of(Settings(), article)
    (told,) = ledger.newest.values()
    assert (told.alert_id, ledger.receipts.fate(told)) == ("alert 57", "sent")
    assert topics.ledger_read == [{("decisions", 0): (58, 60), ("decisions", 1): (56, 60)}]
