"""replay: the same bytes for the same input, whatever the batches; going on where it was cut; files and their times."""

from __future__ import annotations

import gzip
from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.basics.times import HOUR, iso
from streams.cli import main
from streams.files.json_lines import Line, decode_line, encode_line
from streams.kafka.bounds import Bound, bound
from streams.ports import Clocked
from streams.records import Article, Millis
from streams.replay import run as running
from streams.replay.output import read_decisions
from streams.replay.report import alerts_words
from streams.replay.resume import Kept, kept
from streams.replay.run import Pace, Replay, Sums, run
from streams.replay.source import FileSource
from streams.replay.topic_source import merged, when
from streams.sample import WATCHES, sample_wire
from tests.build import NOON, arrival, sent
from tests.twins import Kit
from tests.unit.ledger_rows import Row

WIRE: list[dict[str, Any]] = [
    {"id": "1", "title": "Alibaba to invest in three data centres", "lang": "en"},
    {"id": "2", "title": "Storm closes railway line", "lang": "en"},
    {"id": "3", "title": "Alibaba to invest in three data centres", "source": "Second Desk", "lang": "en"},
    {"title": ["no", "headline"]},
    {"id": "5", "title": "Nvidia will invest with a Saxon glassworks", "lang": "en"},
    {"id": "6", "title": "Tencent to invest in Lyon", "lang": "en"},
]


def wire(folder: Path, *, times: int = 1) -> Path:
    """A file of bare articles, a second apart."""
    path = folder / "wire.jsonl"
    rows = [a | {"seen": iso(NOON + n * 1_000)} for n, a in enumerate(WIRE * times)]
    path.write_bytes(b"".join(orjson.dumps(r) + b"\n" for r in rows))
    return path


async def replayed(path: Path, before: Kept | None = None) -> tuple[bytes, Sums]:
    """The bytes a run writes, and its sums."""
    clock = Clocked()
    out: list[bytes] = []
    before = before or Kept()
    made = Replay(parts=Kit(clock=clock).parts, clock=clock, source=FileSource(path), done=bytes(before.done))
    sums = await run(made, out.append, before.sums)
    return b"".join(out), sums


async def test_the_same_input_and_configuration_give_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Byte for byte, also when the articles come in other batches."""
    path = wire(tmp_path, times=3)
    first, _ = await replayed(path)
    for size in (1, 2, 7):
        monkeypatch.setattr(running, "BATCH", size)
        again, _ = await replayed(path)
        assert again == first


async def test_every_article_has_one_line_for_all_or_one_per_watch_in_the_order_of_the_file(tmp_path: Path) -> None:
    """Conservation holds in a replay too, and its clock is the time an article was seen."""
    raw, sums = await replayed(wire(tmp_path))
    rows = [orjson.loads(line) for line in raw.splitlines()]
    assert [r["offset"] for r in rows] == sorted(r["offset"] for r in rows)
    assert {r["offset"]: [x["watch"] for x in rows if x["offset"] == r["offset"]] for r in rows} == {
        0: ["alibaba", "nvidia"], 1: [None], 2: ["alibaba", "nvidia"], 3: [None], 4: ["alibaba", "nvidia"],
        5: ["alibaba", "nvidia"],
    }  # fmt: skip
    assert all(r["decided"] == iso(NOON + 1_000 * r["offset"]) for r in rows)
    assert all(s.total() == sums.articles == len(WIRE) for s in sums.of(["alibaba", "nvidia"]).values())
    assert sums.alerts == 2


async def test_an_article_that_comes_twice_is_one_alert(tmp_path: Path) -> None:
    """Two decisions, one alert; both are told, for the table counts decisions."""
    _, once = await replayed(wire(tmp_path))
    _, sums = await replayed(wire(tmp_path, times=2))
    assert (once.alerts, once.spoken) == (2, 2)
    assert (sums.alerts, sums.spoken) == (2, 4)
    assert alerts_words(sums.alerts, sums.spoken) == "2 alerts (4 decisions)"
    assert alerts_words(once.alerts, once.spoken) == "2 alerts"


@given(share=st.floats(0.0, 1.0))
@pytest.mark.filterwarnings("ignore::hypothesis.errors.NonInteractiveExampleWarning")
def test_a_run_that_was_cut_off_anywhere_goes_on_to_the_same_bytes(
    share: float, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Cut after any byte: what stands is kept, the rest is the rest, and the sums are those of one run."""
    import asyncio  # noqa: PLC0415 - hypothesis drives a plain function

    folder = tmp_path_factory.mktemp("cut")
    path = wire(folder, times=3)
    whole, sums = asyncio.run(replayed(path))
    out = folder / "out.jsonl"
    out.write_bytes(whole[: int(len(whole) * share)])
    before = kept(out)
    rest, again = asyncio.run(replayed(path, before))
    assert whole[: before.size] + rest == whole
    assert again == sums


def test_a_foreign_file_is_not_continued(tmp_path: Path) -> None:
    """--resume onto something that is no output says which line."""
    out = tmp_path / "notes.txt"
    out.write_text("first note\nsecond note\n")
    with pytest.raises(ValueError, match=r"notes\.txt:1: no decision"):
        kept(out)


async def test_an_output_can_be_read_again(tmp_path: Path) -> None:
    """Each line gives the decision, its article's place, and what an alert was about."""
    raw, _ = await replayed(wire(tmp_path))
    (tmp_path / "out.jsonl").write_bytes(raw)
    rows = list(read_decisions(tmp_path / "out.jsonl"))
    told = [r for r in rows if r.spoke]
    assert [(r.watch, r.article, r.companies, r.categories, r.channel, r.hold) for r in told] == [
        ("alibaba", "1", ("alibaba",), ("capex",), "slack:C1", 0),
        ("nvidia", "5", ("nvidia",), ("capex",), "slack:C2", 0),
    ]
    assert rows[0].at == (0, 0)


@given(
    st.binary(max_size=60), st.none() | st.binary(max_size=9), st.integers(0, 4_000_000_000_000),
    st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=5), st.binary(max_size=5), max_size=2),
)  # fmt: skip
def test_a_record_survives_its_line(value: bytes, key: bytes | None, time: Millis, headers: dict[str, bytes]) -> None:
    """Any bytes, with key, time, place and headers."""
    line = Line(value=value, key=key, time=time, partition=3, offset=77, headers=headers)
    assert decode_line(encode_line(line)) == line


def test_a_bare_article_was_seen_when_it_says_so_else_when_published() -> None:
    """Replay takes no time from this machine's clock."""
    assert decode_line(b'{"title": "a", "published": "2026-01-09T12:00:00Z"}').time == NOON
    assert decode_line(b'{"title": "a", "published": 1, "seen": "2026-01-09T12:00:00Z"}').time == NOON
    assert decode_line(b'{"title": "a", "published": "soon"}').time is None
    assert decode_line(b"junk") == Line(value=b"junk", bare=True)
    with pytest.raises(ValueError, match="no record as export writes it"):
        decode_line(b'{"value64": "%%%"}')
    assert decode_line(b'{"value64": "' + b64encode(b"\xff") + b'"}').value == b"\xff"


async def test_a_packed_file_is_unpacked_and_a_line_without_time_takes_the_one_before(tmp_path: Path) -> None:
    """Empty lines are passed over; offsets are line numbers."""
    path = tmp_path / "wire.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"title": "a", "seen": "2026-01-09T12:00:00Z"}\n\njunk\n'))
    source = FileSource(path)
    assert await source.total() == 2
    (batch,) = [b async for b in source.batches(10)]
    assert [(a.raw[:4], a.seen, a.origin.offset) for a in batch] == [(b'{"ti', NOON, 0), (b"junk", NOON, 2)]


def lane(*rows: Row) -> Any:
    """A partition that is fetched two records at a time."""
    left = list(rows)

    async def following() -> list[Row]:
        taken = left[:2]
        del left[:2]
        return taken

    return following


def row(partition: int, offset: int, published: Millis, name: str) -> Row:
    """A record with an event time and an id."""
    raw = orjson.dumps({"id": name, "title": name, "published": iso(published)})
    return Row("articles", partition, offset, NOON + 60_000, raw)


async def order_of(*lanes: Any, size: int = 2) -> list[str]:
    """Ids as the merge gives them."""
    batches: AsyncIterator[list[Article]] = merged(dict(enumerate(lanes)), size, when)
    return [orjson.loads(a.raw)["id"] async for batch in batches for a in batch]


async def test_partitions_are_merged_by_event_time_then_id_and_keep_their_own_order() -> None:
    """An article that came late in its partition does not overtake what stood before it."""
    first = lane(row(0, 0, NOON, "c"), row(0, 1, NOON + 3, "e"), row(0, 2, NOON - HOUR, "late"))
    second = lane(row(1, 0, NOON, "b"), row(1, 1, NOON + 2, "d"), row(1, 2, NOON + 9, "z"))
    assert await order_of(first, second, lane()) == ["b", "c", "d", "e", "late", "z"]


async def test_what_cannot_be_read_stands_where_it_was_seen() -> None:
    """Tombstones and junk are merged too: they must be decided like the rest."""
    junk = Row("articles", 0, 0, NOON + 5, None)
    assert when(arrival(b"junk", seen=7)) == (7, "")
    assert when(sent(title="x", published="9999-01-01T00:00:00Z")) == (NOON, "")
    batches = merged({0: lane(junk), 1: lane(row(1, 0, NOON, "a"))}, 10, when)
    assert [a.raw for batch in [b async for b in batches] for a in batch][1] == b""


def test_a_bound_is_a_time_a_span_or_an_offset() -> None:
    """And anything else is refused with an example."""
    assert bound(None, NOON) == Bound()
    assert bound("24h", NOON) == Bound(time=NOON - 24 * HOUR)
    assert bound("2026-01-09T12:00Z", 0) == Bound(time=NOON)
    assert bound("1200", NOON) == bound("@1200", NOON) == Bound(offset=1200)
    with pytest.raises(ValueError, match="no time, span or offset"):
        bound("lately", NOON)


def test_speed_makes_event_time_run_so_many_times_as_fast() -> None:
    """At 60x an article a minute later is due a second later, and nothing waits for what is overdue."""
    clock = [100.0]
    pace = Pace(60.0, monotonic=lambda: clock[0])
    assert pace.wait(NOON) == 0.0
    assert pace.wait(NOON + 60_000) == pytest.approx(1.0)
    clock[0] = 105.0
    assert pace.wait(NOON + 120_000) == 0.0


def test_on_two_cores_the_bytes_are_the_same(tmp_path: Path) -> None:
    """The sample wire and broken bytes, judged ahead by another process and judged here, with the real model."""
    path = tmp_path / "wire.jsonl"
    raws = [raw for _, raw in sample_wire(NOON)] * 3 + [b"\xff", b"[]", b"", '{"title": "Bonjour à tous"}'.encode()]
    path.write_bytes(b"".join(encode_line(Line(value=raw, time=NOON + n)) + b"\n" for n, raw in enumerate(raws)))
    outs = []
    for cores in ("1", "2"):
        outs.append(tmp_path / cores)
        arguments = ["replay", str(path), "--watches", str(WATCHES), "--quiet", "--cores", cores]
        assert main([*arguments, "--out", str(outs[-1])]) == 0
    assert outs[0].read_bytes() == outs[1].read_bytes()
    assert outs[0].read_bytes().count(b"\n") > len(raws)


async def test_at_a_speed_the_decisions_are_the_same(tmp_path: Path) -> None:
    """Pacing changes when, never what."""
    path = wire(tmp_path)
    whole, _ = await replayed(path)
    clock = Clocked()
    out: list[bytes] = []
    made = Replay(parts=Kit(clock=clock).parts, clock=clock, source=FileSource(path))
    await run(replace(made, speed=10_000.0), out.append, Sums())
    assert b"".join(out) == whole
