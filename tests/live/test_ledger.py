"""A topic that goes on while it is read: the ledger's command and a replay's gate tell of one moment."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from streams.cli import main
from streams.desk.kafka import LedgerSearch
from streams.embedded import EmbeddedKafka
from streams.kafka.bounds import Bound
from streams.kafka.publish import Publisher, Record
from streams.kafka.reader import TopicReader
from streams.ledger.topic import read_ledger
from streams.ledger.why import recorded
from streams.names import Names
from streams.records import Article, Decision, Origin, Reason
from streams.replay.find import ledger_of
from streams.replay.topic_source import TopicSource
from streams.settings.load import load_settings
from streams.wire import encode_decision
from tests.build import NOON

pytestmark = pytest.mark.live


class Topics:
    """Articles and decisions under a prefix of their own."""

    def __init__(self, bootstrap: str) -> None:
        self.bootstrap = bootstrap
        self.names = Names(f"l{uuid4().hex[:8]}.")
        self.publisher = Publisher(bootstrap)

    async def articles(self, count: int) -> None:
        """So many more, a second apart."""
        raw = b'{"title": "Alibaba to invest in three data centres"}'
        records = [
            Record(topic=self.names.articles, key=b"k", value=raw, timestamp=NOON + n * 1_000) for n in range(count)
        ]
        await self.publisher.publish(records)

    def visit(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Settings that lead here."""
        monkeypatch.setenv("TAPEWIRE_KAFKA", self.bootstrap)
        monkeypatch.setenv("TAPEWIRE_PREFIX", self.names.articles.removesuffix("articles"))

    async def decisions(self, *places: tuple[int, str | None]) -> None:
        """One for each offset and watch, all of the only partition that holds articles."""
        async with TopicReader(self.bootstrap) as reader:
            ((_, partition),) = [
                tp for tp, (low, high) in (await reader.ranges(self.names.articles)).items() if low < high
            ]
        records = []
        for offset, watch in places:
            origin = Origin(topic=self.names.articles, partition=partition, offset=offset)
            decision = Decision(
                article_id="a", watch=watch, stage="decide", reason=Reason.LATE, detail="", origin=origin
            )
            records.append(Record(topic=self.names.decisions, key=b"a", value=encode_decision(decision)))
        await self.publisher.publish(records)


@pytest.fixture
async def topics(embedded_kafka: EmbeddedKafka) -> AsyncIterator[Topics]:
    """On the embedded broker."""
    made = Topics(embedded_kafka.bootstrap)
    embedded_kafka.create(*made.names.topics)
    yield made
    await made.publisher.stop()


async def test_a_stretch_with_an_open_end_is_cut_once(topics: Topics) -> None:
    """What comes in between a run and its baseline is in neither: it would be lost to the one that came first."""
    await topics.articles(3)
    source = await TopicSource.between(topics.bootstrap, topics.names.articles, Bound(), Bound())
    await topics.articles(2)
    assert await source.total() == 3
    for _ in range(2):
        assert sum([len(batch) async for batch in source.batches(10)]) == 3
    later = await TopicSource.between(topics.bootstrap, topics.names.articles, Bound(), Bound())
    assert await later.mark() != await source.mark()  # so --resume does not go on with the one as the other


async def test_the_ledger_is_of_the_articles_that_were_there(topics: Topics) -> None:
    """A decision on what came in meanwhile, or on what retention took, is no stranger; one in no version is named."""
    await topics.articles(3)
    await topics.decisions(*((offset, "w") for offset in range(3)), (7, "w"))
    await topics.publisher.publish([Record(topic=topics.names.decisions, key=b"a", value=b"junk")])
    ledger, came_in = await read_ledger(topics.bootstrap, topics.names)
    assert ledger.gaps(came_in, ["w"]) == []
    assert len(ledger.articles()) == 3


async def test_what_was_decided_anew_is_told_instead_of_the_earlier_kind(
    topics: Topics, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An article that failed and was judged when it came again: `why`, and the desk's, tell of the judgement alone."""
    topics.visit(monkeypatch)
    await topics.articles(1)
    await topics.decisions((0, None), (0, "w"))
    ledger, _ = await read_ledger(topics.bootstrap, topics.names)
    (decision,) = ledger.newest.values()
    assert recorded(await ledger_of(load_settings(None), Article(raw=b"", origin=decision.origin, seen=NOON)))[2:] == [
        "    w: late:  (1970-01-01T00:00:00.000Z)"
    ]
    assert await LedgerSearch(topics.bootstrap, topics.names.decisions)("a") == [decision]
    assert await LedgerSearch(topics.bootstrap, topics.names.decisions)(" ") == []


async def test_a_watch_new_in_the_file_is_told_and_a_missing_decision_is_a_gap(
    topics: Topics, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 0 for the one, 1 for the other, 2 for a bound that says two things; companies are the settings'."""
    watches = tmp_path / "watches.toml"
    watches.write_text(
        "".join(f'[[watch]]\nname = "{w}"\nchannel = "console"\ncompanies = ["acme-desk"]\n' for w in ("old", "new"))
    )
    own = tmp_path / "own"
    own.mkdir()
    (own / "own.toml").write_text(
        '[[company]]\nid = "acme-desk"\nname = "Acme Desk Robotics"\nkind = "private"\ncountry = "DE"\n'
        'aliases = ["Acme Desk Robotics"]\n'
    )
    topics.visit(monkeypatch)
    for name, path in (("WATCHES", watches), ("DIRECTORY", own)):
        monkeypatch.setenv(f"TAPEWIRE_{name}", str(path))

    async def ledger(*arguments: str) -> int:
        return await asyncio.to_thread(main, ["ledger", "--json", *arguments])

    await topics.articles(4)
    await topics.decisions(*((offset, "old") for offset in range(4)), (2, "new"), (3, "new"))
    assert await ledger() == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["articles"], said["gaps"]) == (4, [])
    assert said["changed"] == {"new": "decided on 2 of 4 articles that reached the watches"}
    assert await ledger("--since", "@9999") == 0
    assert json.loads(capsys.readouterr().out)["articles"] == 0
    assert await ledger("--since", "20260109") == 2
    assert "write 2026-01-09 for a day" in capsys.readouterr().err
    await topics.decisions((0, "new"))
    assert await ledger() == 1
    assert json.loads(capsys.readouterr().out)["gaps"] == ["watch new: 3 decisions for 4 articles"]
