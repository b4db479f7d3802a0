"""A new consumer group on a topic that holds an archive tells the last day of it, and nothing older."""

from __future__ import annotations

import orjson
import pytest

from streams.basics.times import DAY, HOUR, MINUTE, WallClock, iso
from streams.kafka.publish import Publisher, Record
from streams.records import SPOKE, Reason
from tests.live.desk import LiveDesk

pytestmark = pytest.mark.live

OLD = ("Nvidia to invest $41 billion in new chip plant in Ohio", "Tencent to build $9 billion data centre in Perth")
FRESH = (
    "Nvidia to invest $41 billion in new chip plant in Ohio",
    "Intel to invest $13 billion in new fab in Leipzig",
)


async def test_an_archive_is_not_told_as_news(desk: LiveDesk) -> None:
    """What lay there for 20 days is late and says so; what came an hour ago is told, also on a story of the archive."""
    now = WallClock().now()
    records = [_record(desk, title, now - 20 * DAY, n) for n, title in enumerate(OLD)]
    records += [_record(desk, title, now - HOUR, n) for n, title in enumerate(FRESH, len(OLD))]
    publisher = Publisher(desk.broker.bootstrap)
    for record in records:
        await publisher.publish([record])
    await publisher.stop()
    desk.start_worker()
    ledger = await desk.until_done(len(records))
    china = {d.article_id: d for d in ledger.newest.values() if d.watch == "china"}
    assert [china[str(n)].reason for n in range(4)] == [Reason.LATE] * 2 + [Reason.ALERTED] * 2
    assert china["0"].detail == "lay on Kafka for 20 days: longer than catch_up 1d"
    assert await desk.faults(ledger) == {"lost": 0, "doubled": 0, "unexpected": 0, "gaps": 0}
    assert len(desk.posts()) == sum(d.reason in SPOKE for d in ledger.newest.values()) == 2


def _record(desk: LiveDesk, title: str, seen: int, number: int) -> Record:
    said = {"id": str(number), "title": title, "text": f"{title}.", "source": "Desk", "lang": "en"}
    value = orjson.dumps(said | {"published": iso(seen - MINUTE)})
    return Record(topic=desk.names.articles, key=b"k", value=value, timestamp=seen)
