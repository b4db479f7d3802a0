"""tapewire warm: a desk whose Redis was flushed and warmed says nothing again and goes on where it was."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from streams.basics.times import MINUTE, WallClock, iso
from streams.cli import main
from streams.embedded import EmbeddedKafka
from streams.flow import Journey, Parts
from streams.kafka.publish import Publisher, Record
from streams.kafka.reader import TopicReader
from streams.knowledge import Knowledge
from streams.names import Names
from streams.records import Kind, Millis
from streams.stories.redis import RedisStories
from streams.worker.triage import Triage

pytestmark = pytest.mark.live

WATCHES = """
[[watch]]
name = "china"
channel = "slack:C0DESK"
companies = ["BABA", "NVDA"]

[[watch]]
name = "rounds"
channel = "slack:C0OPS"
categories = ["funding_rounds"]
"""
RAISES = "Alibaba raises $3.2bn in convertible bond sale to fund cloud build-out"
WIRE = (
    {"id": "1", "title": RAISES, "source": "Harbour Wire"},
    {"id": "2", "title": "Nvidia opens a chip design office in Dresden", "source": "Harbour Wire"},
    {"id": "3", "title": "Alibaba sells convertible bonds for 3.2 billion dollars to fund cloud build-out", "source": "Second Desk"},
    {"id": "4", "title": "Harbour workers in Rotterdam vote to end their strike", "source": "Second Desk"},
    {"id": "5", "title": "Alibaba convertible bond sale to fund cloud build-out raised to $3.5bn", "source": "Third Desk"},
)  # fmt: skip
LATER = (
    {"id": "6", "title": "Alibaba raised $3.5bn in convertible bond sale to fund cloud build-out", "source": "Fourth Desk"},
    {"id": "7", "title": "Nvidia opens chip design office in Dresden", "source": "Fourth Desk"},
    {"id": "8", "title": "Alibaba convertible bond sale to fund cloud build-out raised to $3.9bn", "source": "Third Desk"},
)  # fmt: skip


class Desk:
    """Triage on an embedded broker, without the worker around it."""

    def __init__(self, kafka: str, redis: Redis, folder: Path) -> None:
        self.kafka, self.redis = kafka, redis
        self.names = Names(f"w{uuid4().hex[:8]}.")
        self.watches = folder / "watches.toml"
        self.watches.write_text(WATCHES)
        self.publisher = Publisher(kafka)
        known, stories = Knowledge.load(), RedisStories(redis, self.names.stories)
        self.parts = Parts(
            directory=known.directory, model=known.model, stories=stories, desk=known.desk(self.watches),
            clock=WallClock(),
        )  # fmt: skip
        self.judged = 0

    async def send(self, articles: Sequence[dict[str, str]], now: Millis) -> None:
        """Articles onto the topic, a minute apart."""
        for n, fields in enumerate(articles):
            at = now + n * MINUTE
            raw = json.dumps(fields | {"published": iso(at), "lang": "en"}).encode()
            await self.publisher.publish([Record(topic=self.names.articles, key=b"k", value=raw, timestamp=at)])

    async def judge(self) -> list[Journey]:
        """What the worker would do with the articles it has not judged yet."""
        from streams.replay.topic_source import article  # noqa: PLC0415

        triage = Triage(self.parts, self.names, self.publisher)
        found = []
        async with TopicReader(self.kafka) as reader:
            async for records in reader.read(await reader.ranges(self.names.articles)):
                found += [article(r) for r in records]
        fresh, self.judged = found[self.judged :], len(found)
        return await triage(fresh)

    async def lose_memory(self) -> None:
        """Redis comes back empty."""
        async for key in self.redis.scan_iter(match="{" + self.names.stories + "}*"):
            await self.redis.delete(key)


def outcomes(journeys: Sequence[Journey]) -> dict[str, tuple[str, list[tuple[str, Kind, str]]]]:
    """Article -> story, and what each watch says, of which opening article."""
    return {
        j.article.id: (
            j.article.story.id if j.article.story else "",
            sorted((a.watch, a.kind, a.root_id) for a in j.alerts),
        )
        for j in journeys
    }


async def test_a_warmed_memory_goes_on_where_the_lost_one_was(
    embedded_kafka: EmbeddedKafka, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """Same stories, same rulings; what was told is not told again, and what changes after still is."""
    now = WallClock().now() - 30 * MINUTE
    async with Redis.from_url(redis_url) as redis:
        lost, kept = (Desk(embedded_kafka.bootstrap, redis, tmp_path) for _ in range(2))
        for desk in (lost, kept):
            embedded_kafka.create(desk.names.articles, desk.names.alerts, desk.names.decisions, desk.names.dead)
            await desk.send(WIRE, now)
            before = outcomes(await desk.judge())
        await lost.lose_memory()
        monkeypatch.setenv("TAPEWIRE_KAFKA", lost.kafka)
        monkeypatch.setenv("TAPEWIRE_REDIS", redis_url)
        monkeypatch.setenv("TAPEWIRE_PREFIX", lost.names.prefix)
        monkeypatch.setenv("TAPEWIRE_WATCHES", str(lost.watches))
        monkeypatch.setenv("TAPEWIRE_SLACK_TOKEN", "xoxb-unused")
        async with TopicReader(lost.kafka) as reader:
            ends = await reader.ranges(lost.names.alerts, lost.names.decisions)
        assert await asyncio.to_thread(main, ["warm"]) == 0
        said = capsys.readouterr().out
        assert await asyncio.to_thread(main, ["warm"]) == 1  # not empty any more
        assert await asyncio.to_thread(main, ["warm", "--again"]) == 0
        async with TopicReader(lost.kafka) as reader:
            assert await reader.ranges(lost.names.alerts, lost.names.decisions) == ends
        lost.judged = 0
        assert outcomes(await lost.judge()) == before  # a redelivery is answered as it was
        for desk in (lost, kept):
            await desk.send(LATER, now + 10 * MINUTE)
        after, same = outcomes(await lost.judge()), outcomes(await kept.judge())
        for desk in (lost, kept):
            await desk.publisher.stop()
    assert "nothing was published" in said
    assert after == same
    kinds = {i: {kind for _, kind, _ in told} for i, (_, told) in after.items()}
    assert kinds == {"6": {Kind.ECHO}, "7": {Kind.ECHO}, "8": {Kind.UPDATE}}
    assert after["6"][0] == before["1"][0]


async def test_a_story_is_shown_with_what_each_watch_was_told(
    embedded_kafka: EmbeddedKafka, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """By an article's id, by words of a headline and by the story's own id; and what the memory holds."""
    async with Redis.from_url(redis_url) as redis:
        desk = Desk(embedded_kafka.bootstrap, redis, tmp_path)
        embedded_kafka.create(desk.names.articles, desk.names.alerts, desk.names.decisions, desk.names.dead)
        await desk.send(WIRE, WallClock().now() - 30 * MINUTE)
        story = outcomes(await desk.judge())["1"][0]
        await desk.publisher.stop()
    monkeypatch.setenv("TAPEWIRE_KAFKA", desk.kafka)
    monkeypatch.setenv("TAPEWIRE_REDIS", redis_url)
    monkeypatch.setenv("TAPEWIRE_PREFIX", desk.names.prefix)
    shown = []
    for what in ("3", "cloud build-out RAISED to $3.5bn", story):
        assert await asyncio.to_thread(main, ["stories", "show", what]) == 0
        shown.append(capsys.readouterr().out)
    assert shown[0] == shown[1] == shown[2]
    assert f"story {story}: 3 articles (en)" in shown[0]
    assert "china: alerted to slack:C0DESK" in shown[0]
    assert "china: updated to slack:C0DESK" in shown[0]
    assert "amount:USD:3500000000" in shown[0]
    assert await asyncio.to_thread(main, ["stories", "show", story, "--json"]) == 0
    assert [a["article"] for a in json.loads(capsys.readouterr().out)["articles"]] == ["1", "3", "5"]
    assert await asyncio.to_thread(main, ["stories", "show", "no such words"]) == 1
    assert await asyncio.to_thread(main, ["stories", "size", "--json"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["articles"] >= 4
