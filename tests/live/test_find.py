"""`why` on a topic: the article that is asked for, and of those before it the ones that may have told its story."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import uuid4

import pytest

from streams.embedded import EmbeddedKafka
from streams.kafka.publish import Publisher, Record
from streams.kafka.reader import TopicReader
from streams.names import Names
from streams.records import Article, Decision, Origin, Reason
from streams.replay.find import until_found
from streams.settings.load import load_settings
from streams.settings.record import Settings
from streams.wire import encode_decision
from tests.build import NOON

pytestmark = pytest.mark.live

TITLES = ("Alibaba raises $3.2 billion", "Home side wins derby", "Alibaba sells bonds", "Alibaba bonds priced")


@dataclass(frozen=True, slots=True)
class Desk:
    """Topics of one's own, and who writes to them."""

    settings: Settings
    names: Names
    publisher: Publisher

    async def context(self, title: str) -> list[Article]:
        """What is read to explain the article with this headline."""
        return (await until_found(title, None, None, self.settings)).context

    async def decide(self, *decisions: Decision) -> None:
        """Onto the ledger."""
        records = [Record(topic=self.names.decisions, key=b"k", value=encode_decision(d)) for d in decisions]
        await self.publisher.publish(records)


@pytest.fixture
async def desk(embedded_kafka: EmbeddedKafka, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    """Empty."""
    prefix = f"f{uuid4().hex[:8]}."
    monkeypatch.setenv("TAPEWIRE_KAFKA", embedded_kafka.bootstrap)
    monkeypatch.setenv("TAPEWIRE_PREFIX", prefix)
    names, publisher = Names(prefix), Publisher(embedded_kafka.bootstrap)
    embedded_kafka.create(*names.topics)
    yield Desk(load_settings(None), names, publisher)
    await publisher.stop()


async def test_what_ended_before_the_story_memory_is_not_read_again(desk: Desk) -> None:
    """Two days of a busy wire would not fit; where the ledger tells of nothing, all of them are taken."""
    await desk.publisher.publish(
        [
            Record(
                topic=desk.names.articles, key=b"k", timestamp=NOON + n,
                value=json.dumps({"id": str(n), "title": title}).encode(),
            )
            for n, title in enumerate(TITLES)
        ]
    )  # fmt: skip
    assert [a.origin.offset for a in await desk.context(TITLES[3])] == [0, 1, 2, 3]
    async with TopicReader(desk.settings.cluster) as reader:
        ranges = await reader.ranges(desk.names.articles)
    ((_, partition),) = [tp for tp, (low, high) in ranges.items() if low < high]
    decided = [
        Decision(
            article_id=str(n), watch=None, stage="decide", reason=Reason.MERGED, detail="", seen=NOON + n,
            origin=Origin(topic=desk.names.articles, partition=partition, offset=n), story_id="s" if n != 1 else "",
        )
        for n in range(4)
    ]  # fmt: skip
    await desk.decide(*decided)
    assert [a.origin.offset for a in await desk.context(TITLES[3])] == [0, 2, 3]
    assert await desk.context("a headline nobody sent") == []
    assert (await until_found("Alibaba", None, None, desk.settings)).others == 2


async def test_what_came_before_stands_in_the_order_of_the_live_run(desk: Desk) -> None:
    """Who founded a story is whom the live run took first, not whose time is earlier."""
    sent = [(b"k", NOON + 1), (b"n", NOON), (b"k", NOON + 2)]
    for n, (key, at) in enumerate(sent):
        raw = json.dumps({"id": str(n), "title": TITLES[0] if n < 2 else TITLES[3]}).encode()
        await desk.publisher.publish([Record(topic=desk.names.articles, key=key, timestamp=at, value=raw)])
    before = await desk.context(TITLES[3])
    assert [json.loads(a.raw)["id"] for a in before] == ["1", "0", "2"]
    decided = [
        Decision(
            article_id=(name := json.loads(a.raw)["id"]), watch=None, stage="decide", reason=Reason.MERGED, detail="",
            seen=a.seen, origin=a.origin, story_id="s", related=int(name) + 1,
        )
        for a in before
    ]  # fmt: skip
    await desk.decide(*decided)
    after = await desk.context(TITLES[3])
    assert [json.loads(a.raw)["id"] for a in after] == ["0", "1", "2"]
