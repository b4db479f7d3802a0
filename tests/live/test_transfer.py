"""import and export: to a topic and back with bytes, keys and times kept; CSV with other people's columns."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
import pytest

from streams import cli
from streams.basics.times import DAY
from streams.desk.feedback import Act, encode_feedback
from streams.desk.kafka import read_feedback
from streams.embedded import EmbeddedKafka
from streams.files.transfer import bring_in, take_out
from streams.kafka.bounds import Bound
from streams.kafka.publish import Publisher, Record
from streams.kafka.reader import TopicReader
from streams.names import Names
from tests.build import NOON
from tests.desk_kit import said

pytestmark = pytest.mark.live


@dataclass
class Pier:
    """A broker with topics of its own."""

    kafka: EmbeddedKafka
    publisher: Publisher

    def topic(self) -> str:
        """A new one."""
        name = f"p{uuid4().hex[:8]}"
        self.kafka.create(name)
        return name

    async def records(self, topic: str) -> list[Any]:
        """Everything on it."""
        async with TopicReader(self.kafka.bootstrap) as reader:
            found = [r async for records in reader.read(await reader.ranges(topic)) for r in records]
        return sorted(found, key=lambda r: (r.timestamp, r.value))

    async def out(self, topic: str, path: Path) -> int:
        """Export all."""
        return await take_out(self.kafka.bootstrap, topic, path, Bound(), Bound(), names=Names())


@pytest.fixture
async def pier(embedded_kafka: EmbeddedKafka) -> AsyncIterator[Pier]:
    """Closed at the end."""
    publisher = Publisher(embedded_kafka.bootstrap)
    yield Pier(embedded_kafka, publisher)
    await publisher.stop()


VALUES = [
    b'{"title": "Alibaba to invest", "tickers": ["BABA", "9988.HK"]}', b'{"title": "K\xc3\xbcche, \\"neu\\"\\nzweizeilig"}',
    b"junk", b'{"title": "extra", "desk": {"colour": 7}}', b'["a list"]',
    b'{"title": "a lone \\r in it", "url": "https://a.example"}', b'{"title": ["two", "titles"]}', b"{}", b"", b"\xff\xfe",
    b'{"title": "long", "text": "' + b"x" * 140_000 + b'"}',
]  # fmt: skip


def held(folder: Path) -> dict[str, bytes]:
    """Its files."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def same(records: list[Any]) -> list[tuple[bytes, bytes, int]]:
    """What must be kept of a record."""
    return [(r.key, r.value, r.timestamp) for r in records]


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
async def test_a_topic_survives_the_way_out_and_in_again(name: str, pier: Pier, tmp_path: Path) -> None:
    """Bytes (also those that are no text), keys, times and headers."""
    source, target = pier.topic(), pier.topic()
    values = [*VALUES, b"\xff\xfe", b""]
    await pier.publisher.publish(
        [
            Record(topic=source, key=f"k{n}".encode(), value=v, timestamp=NOON + n, headers={"h": b"\xff"})
            for n, v in enumerate(values)
        ]
    )
    path = tmp_path / name
    assert await pier.out(source, path) == len(values)
    assert (path.read_bytes()[:2] == b"\x1f\x8b") is name.endswith(".gz")
    assert await bring_in(path, pier.publisher, target, {}, names=Names()) == len(values)
    found = await pier.records(target)
    assert same(found) == same(await pier.records(source))
    assert {tuple(r.headers) for r in found} == {(("h", b"\xff"),)}


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz"])
async def test_a_table_holds_the_same_articles(name: str, pier: Pier, tmp_path: Path) -> None:
    """What no cell can hold stands in `raw`; line breaks and quotes inside a headline, bytes and times are kept."""
    source, target = pier.topic(), pier.topic()
    keys = [b"k", b"", b"\xff"]
    await pier.publisher.publish(
        [Record(topic=source, key=keys[n % 3], value=v, timestamp=NOON + n) for n, v in enumerate(VALUES)]
    )
    assert await pier.out(source, tmp_path / name) == len(VALUES)
    await bring_in(tmp_path / name, pier.publisher, target, {}, names=Names())

    def read(value: bytes) -> Any:
        return orjson.loads(value) if value[:1] in (b"{", b"[") else value

    found = await pier.records(target)
    assert [read(r.value) for r in found] == [read(v) for v in VALUES]
    assert [r.timestamp for r in found] == [NOON + n for n in range(len(VALUES))]
    assert [r.key for r in found if r.key in keys[::2]] == [keys[n % 3] for n in range(len(VALUES)) if n % 3 != 1]


async def test_bare_articles_get_a_key_of_their_own_and_the_brokers_time(pier: Pier, tmp_path: Path) -> None:
    """Id, else url, else headline: so that tellings of one page stay in one partition."""
    topic = pier.topic()
    path = tmp_path / "bare.jsonl"
    path.write_text(
        '{"id": "1", "title": "a", "published": 0}\n\n{"title": "b", "url": "https://b.example"}\n{"title": "c"}\n'
    )
    assert await bring_in(path, pier.publisher, topic, {}, names=Names()) == 3
    found = await pier.records(topic)
    assert {r.key for r in found} == {b"1", b"https://b.example", b"c"}
    assert all(r.timestamp > NOON for r in found)


@pytest.mark.parametrize("command", ["export", "replay"])
async def test_a_topic_that_is_not_there_is_a_fault(
    command: str, pier: Pier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A slip in a name or the prefix would leave an empty file where the backup was."""
    topic, out = pier.topic(), tmp_path / "kept.jsonl"
    out.write_text("the old archive")
    monkeypatch.setenv("TAPEWIRE_KAFKA", pier.kafka.bootstrap)
    target = ["--topic", "nope", str(out)] if command == "export" else ["--topic", "nope", "--out", str(out)]
    assert await asyncio.to_thread(cli.main, [command, *target]) == 2
    said = capsys.readouterr().err
    assert said.startswith("no topic is called 'nope'; there are ")
    assert topic in said
    assert held(tmp_path) == {"kept.jsonl": b"the old archive"}


async def test_a_record_says_which_topic_of_the_desk_it_lay_on(pier: Pier, tmp_path: Path) -> None:
    """Without the prefix, so that it may be restored under another; one that is none of the desk's says nothing."""
    desk, path = Names(f"t{uuid4().hex[:8]}."), tmp_path / "a.jsonl"
    pier.kafka.create(*desk.topics)
    await pier.publisher.publish([Record(topic=desk.decisions, key=b"", value=b"{}")])
    for names, role in ((desk, "decisions"), (Names(), None)):
        await take_out(pier.kafka.bootstrap, desk.decisions, path, Bound(), Bound(), names=names)
        assert orjson.loads(path.read_bytes()).get("topic") == role


async def test_what_was_said_in_slack_comes_back_from_a_backup(
    pier: Pier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As the runbook says: `feedback` by its own name, whole; not onto `articles`, and twice is no more than once."""
    lost, anew = Names(f"t{uuid4().hex[:8]}."), Names(f"t{uuid4().hex[:8]}.")
    pier.kafka.create(*lost.topics, *anew.topics)
    clicks = [
        said(Act.MUTE, companies=("alibaba",), until=NOON + DAY),
        said(Act.UNMUTE, companies=("alibaba",), at=NOON + 9),
    ]
    records = [Record(topic=lost.feedback, key=b"k", value=encode_feedback(c), timestamp=c.at) for c in clicks]
    await pier.publisher.publish(records)
    monkeypatch.setenv("TAPEWIRE_KAFKA", pier.kafka.bootstrap)
    file = str(tmp_path / "feedback.jsonl.gz")

    async def run(desk: Names, *command: str) -> int:
        monkeypatch.setenv("TAPEWIRE_PREFIX", desk.prefix)
        return await asyncio.to_thread(cli.main, command)

    assert await run(lost, "export", file, "--topic", lost.feedback) == 0
    assert await run(anew, "import", file) == 2
    assert f"does not belong on {anew.articles}: --topic {anew.feedback}" in capsys.readouterr().err
    for _ in range(2):
        assert await run(anew, "import", file, "--topic", anew.feedback) == 0
    assert await read_feedback(pier.kafka.bootstrap, anew.feedback) == clicks
