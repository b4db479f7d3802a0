"""`tapewire feedback`: clicks become labelled examples to review, and a command needs no Slack."""

from __future__ import annotations

import asyncio
import csv
import json
from pathlib import Path
from uuid import uuid4

import pytest

from models.relevance.corpus import load_corpus
from streams.cli import main
from streams.desk.feedback import Act, Subject, decode_feedback, encode_feedback
from streams.kafka.publish import Publisher, Record
from streams.kafka.reader import TopicReader
from streams.names import Names
from tests.apache_kafka import ApacheKafka
from tests.build import NOON
from tests.desk_kit import HERE, said

pytestmark = [pytest.mark.live, pytest.mark.kafka]  # a mock broker does not find offsets by their times

ENGLISH = {"id": "e1", "title": "Alibaba opens a canteen", "text": "<p>Lunch for &amp; by all.</p>", "lang": "en"}
GERMAN = {"id": "g1", "title": "Tencent feiert Jubiläum", "text": "Es gab Kuchen.", "lang": "de"}


@pytest.fixture
async def names(apache_kafka: ApacheKafka, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Names:
    """Two articles among others, and what people clicked on their alerts."""
    made = Names(f"t{uuid4().hex[:8]}.")
    apache_kafka.create(*made.topics)
    publisher = Publisher(apache_kafka.bootstrap)
    articles = [{"id": f"x{n}", "title": f"Other {n}", "lang": "en"} for n in range(20)]
    articles[7:7], articles[15:15] = [ENGLISH], [GERMAN]
    await publisher.publish(
        [
            Record(topic=made.articles, key=str(n).encode(), value=json.dumps(a).encode(), timestamp=NOON + n // 4)
            for n, a in enumerate(articles)
        ]
    )
    clicks = [
        said(Act.NOT_RELEVANT, id="1", subject=_subject("e1", NOON + 1), user="U1"),
        said(Act.NOT_RELEVANT, id="2", subject=_subject("e1", NOON + 1), user="U2", at=NOON + 60_000),
        said(Act.NOT_RELEVANT, id="2", subject=_subject("e1", NOON + 1), user="U2", at=NOON + 90_000),
        said(Act.NOT_RELEVANT, id="3", subject=_subject("g1", NOON + 3)),
        said(Act.NOT_RELEVANT, id="4", subject=_subject("gone", NOON - 9)),
        said(Act.NOT_RELEVANT, id="5", subject=_subject("x1", NOON), refused="no"),
        said(Act.WHY, id="6", subject=_subject("x2", NOON)),
    ]
    records = [Record(topic=made.feedback, key=b"k", value=encode_feedback(c)) for c in clicks]
    await publisher.publish([*records, Record(topic=made.feedback, key=b"k", value=b"no feedback")])
    await publisher.stop()
    (tmp_path / "watches.toml").write_text("watch = []")
    monkeypatch.setenv("TAPEWIRE_KAFKA", apache_kafka.bootstrap)
    monkeypatch.setenv("TAPEWIRE_PREFIX", made.prefix)
    monkeypatch.setenv("TAPEWIRE_WATCHES", str(tmp_path / "watches.toml"))
    return made


def _subject(article: str, seen: int) -> Subject:
    return Subject(
        alert_id=f"alert-{article}", article_id=article, seen=seen, title=f"title of {article}", lang="en",
        categories=("capex",),
    )  # fmt: skip


async def test_clicks_become_examples_that_training_reads(
    names: Names, apache_kafka: ApacheKafka, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One example an article, in the corpus format, with its text; who said it stands beside, never in it."""
    folder = tmp_path / "review"
    assert await asyncio.to_thread(main, ["feedback", "export", "--into", str(folder)]) == 0
    corpus = {e.title: e for e in load_corpus(folder)}
    assert set(corpus) == {ENGLISH["title"], GERMAN["title"], "title of gone"}
    english, german = corpus[ENGLISH["title"]], corpus[GERMAN["title"]]
    assert (english.text, english.categories, english.kind, english.lang) == (
        "Lunch for & by all.", frozenset(), "feedback", "en",
    )  # fmt: skip
    assert (german.lang, german.text, corpus["title of gone"].text) == ("de", "Es gab Kuchen.", "")
    rows = list(csv.DictReader((folder / "feedback.en.who.csv").open(encoding="utf-8")))
    assert {r["user"] for r in rows if r["article"] == "e1"} == {"U2"}
    assert {r["text found"][:2] for r in rows} == {"ye", "no"}
    assert b"U2" not in (folder / "feedback.en.jsonl").read_bytes()
    assert await asyncio.to_thread(main, ["feedback", "export", "--into", str(folder)]) == 2  # it may be under review
    capsys.readouterr()
    assert await asyncio.to_thread(main, ["feedback", "list", "--json", "--act", "not_relevant"]) == 0
    listed = [decode_feedback(line.encode()) for line in capsys.readouterr().out.splitlines()]
    assert sorted(f.id for f in listed) == ["1", "2", "3", "4", "5"]
    assert await asyncio.to_thread(main, ["feedback", "list"]) == 0
    assert "title of g1" in capsys.readouterr().out


async def test_a_command_needs_no_slack(
    names: Names, apache_kafka: ApacheKafka, capsys: pytest.CaptureFixture[str]
) -> None:
    """When Slack's events are away, a mute still can be said; a fault is named and exits 1."""
    say = ["feedback", "say", "--channel", HERE]
    assert await asyncio.to_thread(main, [*say, "mute", "BABA", "1h"]) == 0
    assert "muted here until" in capsys.readouterr().out
    assert await asyncio.to_thread(main, [*say, "mute", "BABBA", "1h"]) == 1
    assert "did you mean BABA" in capsys.readouterr().out
    async with TopicReader(apache_kafka.bootstrap) as reader:
        ranges = await reader.ranges(names.feedback)
        rows = [r async for records in reader.read(ranges) for r in records]
    assert [decode_feedback(r.value).act for r in rows if r.key == HERE.encode()] == [Act.MUTE, Act.HELP]
