"""Dead letters read in passes: the same answers as with all of them in hand, and few bytes at a time."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any, Self

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.basics.times import HOUR, MINUTE
from streams.commands import dead
from streams.deadletters import graves
from streams.deadletters.graves import find, opened
from streams.deadletters.letters import ORIGIN, SETTLED, Filter
from streams.kafka.publish import Record
from streams.kafka.reader import Forgotten, Ranges, TopicReader
from streams.names import Names
from streams.records import Away, Millis
from streams.settings.record import Settings
from tests.build import NOON
from tests.buried import letters

NAMES = Names("")


@dataclass(frozen=True)
class Row:
    """As a Kafka client gives it."""

    partition: int
    offset: int
    timestamp: Millis
    value: bytes
    headers: tuple[tuple[str, bytes], ...] = ()
    key: bytes = b"k"

    @property
    def at(self) -> str:
        return f"{self.partition}/{self.offset}"


@dataclass
class Topic(TopicReader):
    """The dead letters of two partitions, without Kafka; it says what was read, and how many bytes it gave at most."""

    rows: dict[int, list[Row]] = field(default_factory=lambda: {0: [], 1: []})
    asked: list[Ranges] = field(default_factory=list)

    def put(self, on: int, at: Millis, value: bytes, /, **headers: str) -> Row:
        """One more."""
        rows = self.rows[on]
        rows.append(Row(on, len(rows), at, value, tuple((k, v.encode()) for k, v in headers.items())))
        return rows[-1]

    def bury(self, on: int, at: Millis, value: bytes, reason: str = "malformed") -> Row:
        """As the worker does."""
        offset = str(len(self.rows[on]))
        return self.put(
            on, at, value, reason=reason, stage="decode", detail="no title", topic="articles", partition="1",
            offset=offset, time="2026-01-09T12:00:00.000Z",
        )  # fmt: skip

    def __call__(self, _where: object) -> Self:
        """Stands for the class."""
        return self

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None: ...

    async def expect(self, topic: str) -> None:
        """It is there."""

    async def ranges(self, *topics: str) -> Ranges:
        """All there is."""
        return {(topics[0], p): (0, len(rows)) for p, rows in self.rows.items()}

    async def offsets_at(self, ranges: Ranges, at: Millis) -> dict[tuple[str, int], int]:
        """As Kafka answers: the first that is not earlier."""
        return {tp: next((r.offset for r in self.rows[tp[1]] if r.timestamp >= at), ranges[tp][1]) for tp in ranges}

    async def read(self, ranges: Ranges, batch: int = 2) -> AsyncIterator[list[Any]]:
        """In small batches."""
        self.asked.append(ranges)
        found = [row for (_, p), (first, end) in ranges.items() for row in self.rows[p][first:end]]
        for at in range(0, len(found), batch):
            yield found[at : at + batch]


Told = tuple[str, bytes, int, str, str]
"""Place, bytes, burials, what became of it, and the offset of the first burial."""


def _with_all_in_hand(topic: Topic, wanted: Filter) -> list[Told]:
    """The rule that the passes have to agree with."""
    ordered = sorted(chain(*topic.rows.values()), key=lambda r: (r.timestamp, r.partition, r.offset))
    notes = {(h := dict(r.headers))["of"].decode(): h[SETTLED].decode() for r in ordered if SETTLED in dict(r.headers)}
    same: dict[bytes, list[Row]] = {}
    out = []
    for row in (r for r in ordered if SETTLED not in dict(r.headers)):
        before = same.setdefault(row.value, [])
        again = sum(notes.get(x.at) == "requeued" for x in before)
        before.append(row)
        first = dict((before[0] if again else row).headers)
        letter = graves._letter(row)
        if wanted.holds(replace(letter, settled=notes.get(row.at, ""))):
            out.append((row.at, row.value, again + 1, notes.get(row.at, ""), first["offset"].decode()))
    return out


@st.composite
def graveyards(draw: st.DrawFn) -> Topic:
    """Some hours of burials, many of the same bytes, settled and buried again, some under a time that is wrong."""
    made, now = Topic(), NOON
    buried: list[Row] = []
    for _ in range(draw(st.integers(1, 12))):
        now += draw(st.sampled_from([0, MINUTE, 2 * HOUR]))
        if draw(st.booleans()) and buried:
            of = draw(st.sampled_from(buried))
            made.put(of.partition, now, b"", settled=draw(st.sampled_from(["requeued", "dropped"])), of=of.at)
        else:
            value = draw(st.sampled_from([b"one", b"two", b'{"source": "Wire"}']))
            at = now + draw(st.sampled_from([0, 0, -3 * HOUR, 3 * HOUR]))
            buried.append(made.bury(draw(st.integers(0, 1)), at, value, draw(st.sampled_from(["malformed", "failed"]))))
    return made


filters = st.builds(
    Filter,
    reason=st.sampled_from(["", "", "failed"]),
    source=st.sampled_from(["", "", "wire"]),
    words=st.sampled_from(["", "ONE", "title", "never"]),
    since=st.one_of(st.none(), st.integers(-4, 12).map(lambda n: NOON + n * HOUR)),
    at=st.sampled_from([(), (), ("0/1", "1/0")]),
    settled=st.booleans(),
)


@given(graveyards(), filters)
def test_letters_are_what_they_were_with_all_of_them_in_hand(topic: Topic, wanted: Filter) -> None:
    """Which, in which order, how often buried, what became of them and where they were buried first."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(graves, "TopicReader", topic)
        patched.setattr(graves, "_MOST", 2)
        found = asyncio.run(letters("", NAMES, wanted))
    assert [(x.at, x.value, x.burials, x.settled, x.first["offset"].decode()) for x in found] == _with_all_in_hand(
        topic, wanted
    )
    assert all(set(x.first) == set(ORIGIN) for x in found)


async def test_what_is_not_meant_is_read_once_and_held_for_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a thousand large letters one is meant. Since a time when none was buried, nothing before it is read."""
    topic = Topic()
    for n in range(1_000):
        topic.bury(n % 2, NOON + n * MINUTE, b"%d " % n * 1_000)
    monkeypatch.setattr(graves, "TopicReader", topic)
    (found,) = await letters("", NAMES, Filter(words=" 777 "))
    assert found.at == "1/388"
    assert topic.asked[-1] == {("articles.dead", 1): (388, 389)}
    topic.asked.clear()
    assert await find("", NAMES, Filter(since=NOON + 2_000 * MINUTE)) == []
    assert topic.asked == [{("articles.dead", p): (500, 500) for p in (0, 1)}]


async def test_letters_are_opened_so_many_at_a_time_as_can_be_held(monkeypatch: pytest.MonkeyPatch) -> None:
    """By their bytes and by their number; one that is larger than that comes alone."""
    topic = Topic()
    for n, size in enumerate((40, 40, 40, 500, 1, 1, 1, 1)):
        topic.bury(n % 2, NOON + n, b"x" * size)
    monkeypatch.setattr(graves, "TopicReader", topic)
    monkeypatch.setattr(graves, "_HELD", 100)
    monkeypatch.setattr(graves, "_MOST", 3)
    chosen = await find("", NAMES, Filter())
    assert [[len(x.value) for x in some] async for some in opened("", NAMES, chosen)] == [
        [40, 40], [40], [500], [1, 1, 1], [1],
    ]  # fmt: skip


async def test_a_letter_that_retention_took_meanwhile_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither it nor another in its place is sent again."""
    topic = Topic()
    topic.bury(0, NOON, b"one")
    monkeypatch.setattr(graves, "TopicReader", topic)
    chosen = await find("", NAMES, Filter())
    topic.rows[0][0] = replace(topic.rows[0][0], value=b"another")
    with pytest.raises(Forgotten, match="0/0"):
        _ = [some async for some in opened("", NAMES, chosen)]


@pytest.mark.parametrize(("action", "said"), [("requeue", "sent 2 again to articles\n"), ("drop", "dropped 2\n")])
async def test_what_was_done_before_kafka_went_is_said(
    action: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Letters are settled some at a time, each batch with its notes; the bytes are sent as they were."""
    topic, sent = Topic(), list[Record]()
    for n in range(5):
        topic.bury(n % 2, NOON + n, b"\xff letter %d" % n)

    class Short:
        """A publisher that loses Kafka after two letters."""

        def __init__(self, _where: object, **_: object) -> None: ...

        async def publish(self, records: Sequence[Record]) -> None:
            if sum(r.topic == NAMES.dead for r in sent) == 2:
                raise Away("Kafka: gone")
            sent.extend(records)

        async def stop(self) -> None: ...

    monkeypatch.setattr(graves, "TopicReader", topic)
    monkeypatch.setattr(graves, "_MOST", 2)
    monkeypatch.setattr(dead, "Publisher", Short)
    chosen = await find("", NAMES, Filter())
    with pytest.raises(Away):
        await dead._settle(argparse.Namespace(action=action, attempts=3), Settings(), NAMES, chosen)
    assert capsys.readouterr().out == said
    again = [r.value for r in sent if r.topic == NAMES.articles]
    assert again == ([b"\xff letter 0", b"\xff letter 1"] if action == "requeue" else [])
    assert [r.headers["of"] for r in sent if r.topic == NAMES.dead] == [b"0/0", b"1/0"]
