"""Records that were made to stop the flow: each ends with a decision that the ledger takes and reads again."""

from __future__ import annotations

from types import SimpleNamespace

import orjson
import pytest

from streams.basics.times import DAY, FOR_GOOD, HOUR, SECOND
from streams.files.transfer import _key
from streams.flow import triage
from streams.ports import Clocked
from streams.records import Article, Reason
from streams.replay.topic_source import article, when
from streams.sources.base import NotRead, Page, Source
from streams.sources.book import MemoryBook
from streams.sources.intake import Intake
from streams.sources.registry import KINDS
from streams.sources.tape import MemoryTape
from streams.sources.writer import Writer
from streams.wire import decode_decision, encode_decision
from streams.worker.agents import article_of
from tests.build import NOON, arrival, sent
from tests.twins import Kit

NEST = b"[" * 1_000 + b"]" * 1_000


async def test_an_id_of_a_megabyte_makes_no_decision_of_a_megabyte() -> None:
    """The topic would refuse it for ever: also where the headline holds no word."""
    (journey,) = await triage(Kit().parts, [sent(title="<b></b>", id="A" * 1_000_000)])
    assert journey.buried and journey.buried.reason is Reason.MALFORMED
    assert len(encode_decision(journey.decisions[0])) < 2_000
    assert journey.decisions[0].article_id.startswith("i-")


async def test_nor_when_the_stage_itself_falls(monkeypatch: pytest.MonkeyPatch) -> None:
    """Until it is normalised, an article goes by where it lay."""
    monkeypatch.setattr("streams.stages.normalise.plain", lambda words: 1 / 0)
    (journey,) = await triage(Kit().parts, [sent(title="Harbour opens", id="A" * 1_000_000)])
    assert journey.buried and journey.buried.reason is Reason.FAILED
    assert journey.decisions[0].article_id == str(journey.article.origin)


@pytest.mark.parametrize(
    ("at", "seen"),
    [
        *((none, NOON) for none in (-1, 0, -NOON, NOON * 1_000, FOR_GOOD, 1 << 62, NOON + 30 * DAY)),
        *((at, at) for at in (NOON, NOON + HOUR, NOON - 90 * DAY)),
    ],
)
async def test_a_timestamp_that_cannot_be_meant_is_now(at: int, seen: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Microseconds, a month ahead, none at all: worker and replay see one time, and the ledger can hold it.

    None is not 1970, or all of it were late; and a month ahead would empty the story memory.
    """
    monkeypatch.setattr("streams.replay.topic_source._CLOCK", Clocked([NOON]))
    raw = orjson.dumps({"title": "Harbour opens", "lang": "en"})
    record = SimpleNamespace(topic="articles", partition=0, offset=7, timestamp=at, value=raw)
    message = SimpleNamespace(**vars(record) | {"timestamp": at / SECOND})
    taken = article_of(SimpleNamespace(message=message), NOON)
    assert taken == article(record)
    assert taken.seen == seen
    (journey,) = await triage(Kit().parts, [taken])
    assert journey.decisions
    for decision in journey.decisions:
        assert decode_decision(encode_decision(decision)) == decision


async def test_an_article_that_fells_its_reader_is_told_of_its_source(monkeypatch: pytest.MonkeyPatch) -> None:
    """As any page that cannot be read: asked again later, and health knows."""
    monkeypatch.setattr("streams.sources.items.plain", lambda words: 1 / 0)
    source = Source(name="wire", kind="feed", outlet="Wire", url="https://wire.example/feed")
    page = Page(body=b"<rss><channel><item><title>Harbour opens</title></item></channel></rss>", seen=NOON)
    writer = Writer(book=MemoryBook(), tape=MemoryTape(), clock=Clocked())
    with pytest.raises(NotRead, match="cannot be read"):
        await Intake(KINDS, writer)(source, page)


@pytest.mark.parametrize("field", [b"id", b"published"])
async def test_a_field_nested_without_end_fells_neither_flow_nor_replay(field: bytes) -> None:
    """It is malformed, not failed: a batch of such would look like a bad deployment."""
    raw = b'{"title": "Harbour opens", "%s": %s}' % (field, NEST)
    (journey,) = await triage(Kit().parts, [arrival(raw)])
    assert journey.buried and journey.buried.reason is Reason.MALFORMED
    assert when(Article(raw=raw, origin=journey.article.origin, seen=NOON)) == (NOON, "")
    assert _key(raw) == b"Harbour opens"
