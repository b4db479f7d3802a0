"""`why` on a topic: the article that is asked for, and of those before it the ones that may have told its story."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from streams.embedded import EmbeddedKafka
from streams.find import until_found
from streams.kafka.publish import Publisher, Record
from streams.kafka.reader import TopicReader
from streams.names import Names
from streams.records import Decision, Origin, Reason
from streams.settings_load import load_settings
from streams.wire import encode_decision
from tests.build import NOON

pytestmark = pytest.mark.live

TITLES = ("Alibaba raises $3.2 billion", "Home side wins derby", "Alibaba sells bonds", "Alibaba bonds priced")


async def test_what_ended_before_the_story_memory_is_not_read_again(
    embedded_kafka: EmbeddedKafka, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two days of a busy wire would not fit; where the ledger tells of nothing, all of them are taken."""
    names = Names(f"f{uuid4().hex[:8]}.")
    embedded_kafka.create(*names.topics)
    monkeypatch.setenv("TAPEWIRE_KAFKA", embedded_kafka.bootstrap)
    monkeypatch.setenv("TAPEWIRE_PREFIX", names.articles.removesuffix("articles"))
    settings, publisher = load_settings(None), Publisher(embedded_kafka.bootstrap)
    try:
        await publisher.publish(
            [
                Record(
                    topic=names.articles, key=b"k", timestamp=NOON + n,
                    value=json.dumps({"id": str(n), "title": title}).encode(),
                )
                for n, title in enumerate(TITLES)
            ]
        )  # fmt: skip
        assert [a.origin.offset for a in (await until_found("Alibaba bonds priced", None, None, settings)).context] == [
            0,
            1,
            2,
            3,
        ]
        async with TopicReader(embedded_kafka.bootstrap) as reader:
            ranges = await reader.ranges(names.articles)
        ((_, partition),) = [tp for tp, (low, high) in ranges.items() if low < high]
        decided = [
            Decision(
                article_id=str(n), watch=None, stage="decide", reason=Reason.MERGED, detail="", seen=NOON + n,
                origin=Origin(topic=names.articles, partition=partition, offset=n), story_id="s" if n != 1 else "",
            )
            for n in range(4)
        ]  # fmt: skip
        await publisher.publish([Record(topic=names.decisions, key=b"k", value=encode_decision(d)) for d in decided])
        assert [a.origin.offset for a in (await until_found("Alibaba bonds priced", None, None, settings)).context] == [
            0,
            2,
            3,
        ]
        assert (await until_found("a headline nobody sent", None, None, settings)).context == []
        assert (await until_found("Alibaba", None, None, settings)).others == 2
    finally:
        await publisher.stop()


async def test_what_came_before_stands_in_the_order_of_the_live_run(
    embedded_kafka: EmbeddedKafka, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who founded a story is whom the live run took first, not whose time is earlier."""
    names = Names(f"f{uuid4().hex[:8]}.")
    embedded_kafka.create(*names.topics)
    monkeypatch.setenv("TAPEWIRE_KAFKA", embedded_kafka.bootstrap)
    monkeypatch.setenv("TAPEWIRE_PREFIX", names.articles.removesuffix("articles"))
    settings, publisher = load_settings(None), Publisher(embedded_kafka.bootstrap)
    sent = [(b"k", NOON + 1), (b"n", NOON), (b"k", NOON + 2)]
    try:
        for n, (key, at) in enumerate(sent):
            raw = json.dumps({"id": str(n), "title": TITLES[0] if n < 2 else TITLES[3]}).encode()
            await publisher.publish([Record(topic=names.articles, key=key, timestamp=at, value=raw)])
        before = (await until_found(TITLES[3], None, None, settings)).context
        assert [json.loads(a.raw)["id"] for a in before] == ["1", "0", "2"]
        decided = [
            Decision(
                article_id=(name := json.loads(a.raw)["id"]), watch=None, stage="decide", reason=Reason.MERGED, detail="",
                seen=a.seen, origin=a.origin, story_id="s", related=int(name) + 1,
            )
            for a in before
        ]  # fmt: skip
        await publisher.publish([Record(topic=names.decisions, key=b"k", value=encode_decision(d)) for d in decided])
        after = (await until_found(TITLES[3], None, None, settings)).context
        assert [json.loads(a.raw)["id"] for a in after] == ["0", "1", "2"]
    finally:
        await publisher.stop()
