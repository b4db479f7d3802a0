"""Every kind of source keeps the same promises; a new line in the registry is tested by this file unchanged."""

from __future__ import annotations

from pathlib import Path

import feedparser
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.basics.limits import ARTICLES_A_PAGE
from streams.records import Article, Status
from streams.sources.base import Kind, NotRead, Page, Reading, Source
from streams.sources.items import items_of
from streams.sources.registry import KINDS
from streams.sources.settings import BadSources, read_sources
from streams.stages.decode import Decode
from streams.stages.normalise import Normalise
from tests.build import NOON, arrival
from tests.feeds.golden import Golden, pairs

ROOT = Path(__file__).parents[2]
GOLDEN = pairs()


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda g: g.folder.name)
def test_a_page_gives_what_was_written_down(golden: Golden) -> None:
    """Same bytes, same records, same ids."""
    assert golden.enters() == golden.expected
    assert golden.enters() == golden.enters()


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda g: g.folder.name)
async def test_what_enters_is_read_by_triage(golden: Golden) -> None:
    """Nothing that ingest sends ends as malformed; its id stays, its status is known."""
    for record in golden.expected["records"]:
        (decoded,) = await Decode()([arrival(orjson.dumps(record))])
        assert isinstance(decoded, Article), decoded
        (article,) = await Normalise()([decoded])
        assert isinstance(article, Article), article
        assert article.id == record["id"]
        assert article.status is Status(record.get("status", "new"))


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda k: k.name)
def test_every_kind_has_a_golden_pair_and_a_paragraph(kind: Kind) -> None:
    """What can be configured is shown and described."""
    assert [g for g in GOLDEN if g.source.kind == kind.name]
    assert f"### `{kind.name}`" in (ROOT / "deploy" / "sources.md").read_text()
    assert kind.words


def _source(kind: str) -> Source:
    return next(g.source for g in GOLDEN if g.source.kind == kind)


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda k: k.name)
@settings(max_examples=50)
@given(body=st.one_of(st.binary(max_size=300), st.text(max_size=200).map(lambda t: t.encode("utf-8", "replace"))))
def test_any_bytes_are_read_or_refused(kind: Kind, body: bytes) -> None:
    """A parse never fails otherwise."""
    _read(kind, body)


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda g: g.folder.name)
@settings(max_examples=20)
@given(data=st.data())
def test_a_broken_page_is_read_or_refused(golden: Golden, data: st.DataObject) -> None:
    """Cut anywhere, with any byte changed."""
    body = bytearray(golden.page.body[: data.draw(st.integers(0, len(golden.page.body)))])
    for at in data.draw(st.lists(st.integers(0, max(0, len(body) - 1)), max_size=5)) if body else ():
        body[at] = data.draw(st.integers(0, 255))
    _read(KINDS[golden.source.kind], bytes(body))


def _read(kind: Kind, body: bytes) -> Reading | None:
    source = _source(kind.name)
    page = Page(body=body, seen=NOON, media="text/xml", url=source.url)
    try:
        reading = kind.parse(page, source)
    except NotRead:
        return None
    assert len(reading.articles) <= ARTICLES_A_PAGE
    items, empty = items_of(reading.articles, source, page)
    assert len(items) + empty == len(reading.articles)
    assert kind.parse(page, source) == reading
    return reading


@pytest.mark.parametrize(
    "golden", [g for g in GOLDEN if g.folder.name in ("rss", "rdf", "atom-tombstone")], ids=lambda g: g.folder.name
)
def test_another_reader_finds_the_same(golden: Golden) -> None:
    """feedparser agrees on headlines and addresses."""
    theirs = feedparser.parse(golden.page.body)
    ours = KINDS["feed"].parse(golden.page, golden.source).articles
    titles = {t for e in theirs.entries if (t := e.get("title"))}
    assert titles - {a.get("title") for a in ours} <= {t for t in titles if "<" in t or "&" in t or "\u20ac" in t}
    links = {e.link for e in theirs.entries if e.get("link", "").startswith("http")}
    items, _ = items_of(ours, golden.source, golden.page)
    assert links <= {i.url for i in items}


def test_all_faults_of_a_file_are_told_at_once_with_their_lines() -> None:
    """Nobody mends a file one fault a run."""
    text = """
[ingest]
privat = ["127.0.0.1"]
[[source]]
name = "a"
url = "ftp://a.example/feed"
every = "1s"
[[source]]
name = "a"
kind = "fed"
url = "https://b.example/feed"
[[source]]
name = "c"
kind = "json"
zone = "Mars/North"
url = "https://c.example/"
items = "a.["
[source.map]
headline = "x"
"""
    with pytest.raises(BadSources) as bad:
        read_sources(text, "sources.toml", KINDS)
    told = {f.split("`")[1]: f for f in bad.value.faults if "`" in f}
    assert told["privat"].startswith("sources.toml:3:") and "private" in told["privat"]
    assert told["url"].startswith("sources.toml:6:")
    assert told["every"].startswith("sources.toml:7:")
    assert told["kind"].startswith("sources.toml:10:")
    assert told["zone"].startswith("sources.toml:15:")
    assert any("'a' is taken (sources.toml:4)" in f for f in bad.value.faults)
    assert sum("`map`" in f for f in bad.value.faults) >= 2
