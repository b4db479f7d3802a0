"""A followed file: every whole line once and in order, through half lines, rotation, truncation and restarts."""

from __future__ import annotations

import asyncio
import csv
import io
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.basics.times import WallClock
from streams.records import Away
from streams.sources import follow
from streams.sources.base import Errand, Source, Visit, World
from streams.sources.book import Bookmark, MemoryBook
from streams.sources.file import KIND
from streams.sources.follow import _whole, next_piece
from streams.sources.intake import Intake
from streams.sources.registry import KINDS
from streams.sources.settings import BadSources, read_sources
from streams.sources.tape import MemoryTape
from streams.sources.writer import Writer
from tests.feeds.inside import InsideWeb


@pytest.fixture(autouse=True)
def soon() -> Iterator[None]:
    """What was moved away counts as finished at once."""
    kept, follow.SETTLED_S = follow.SETTLED_S, -1.0  # type: ignore[misc]
    yield
    follow.SETTLED_S = kept  # type: ignore[misc]


def drained(path: Path, at: Bookmark, *, table: bool = False) -> tuple[bytes, Bookmark]:
    """All there is now."""
    got = b""
    while piece := next_piece(path, at, table=table):
        got, at = got + piece.body, piece.after
    return got, at


@settings(max_examples=60)
@given(data=st.data())
def test_every_line_once_whatever_the_file_does(data: st.DataObject) -> None:
    """The reader is a new one each time: all it knows is the bookmark."""
    with TemporaryDirectory() as folder:
        path, at, got, told, number = Path(folder) / "a.jsonl", Bookmark(), b"", [], 0
        for step in range(data.draw(st.integers(1, 8))):
            match data.draw(st.sampled_from(["write", "rotate", "truncate"])):
                case "write":
                    lines = [b'{"title": "%d"}\n' % (number + i) for i in range(data.draw(st.integers(1, 700)))]
                    number += len(lines)
                    told += lines
                    whole = b"".join(lines)
                    half = data.draw(st.integers(0, len(whole)))
                    with path.open("ab") as file:
                        file.write(whole[:half])
                        file.flush()
                        more, at = drained(path, at)
                        got += more
                        file.write(whole[half:])
                case "rotate" if path.exists():
                    path.rename(path.with_name(f"a.{step}.jsonl"))
                    path.touch()
                case "truncate" if path.exists():  # what is cut before anybody looked is gone
                    more, at = drained(path, at)
                    got += more
                    os.truncate(path, 0)
            if path.exists() and (data.draw(st.booleans()) or not _is_newest(path, at)):
                more, at = drained(path, at)
                got += more
        if path.exists():
            got += drained(path, at)[0]
        assert got == b"".join(told)


def _is_newest(path: Path, at: Bookmark) -> bool:
    """Whether the reader still is on the newest file: of two rotations between two looks, the middle one is lost."""
    told = path.stat()
    return at.etag == f"{told.st_dev}:{told.st_ino}"


def test_half_a_line_waits_and_a_table_keeps_its_header_and_its_quotes(tmp_path: Path) -> None:
    """A line is whole at its end; a quoted text may hold line ends; the last line of a finished file counts."""
    path = tmp_path / "a.csv"
    path.write_bytes(b"id,title\r\n")
    assert next_piece(path, Bookmark(), table=True) is None
    path.write_bytes(b'id,title\r\n1,"two\r\nlines"\r\n2,"half a')
    got, at = drained(path, Bookmark(), table=True)
    assert got == b'id,title\r\n1,"two\r\nlines"\r\n'
    with path.open("ab") as file:
        file.write(b'\nline"\r\n3,last')
    got, at = drained(path, at, table=True)
    assert got == b'id,title\r\n2,"half a\nline"\r\n'
    path.rename(tmp_path / "a.csv.1")
    path.write_bytes(b"id,title\n4,new\n")
    got, at = drained(path, at, table=True)
    assert got == b"id,title\r\n3,last" + b"id,title\n4,new\n"


def test_an_inch_sign_holds_no_table_up(tmp_path: Path) -> None:
    """A quote inside a cell that does not begin with one opens nothing."""
    path = tmp_path / "a.csv"
    path.write_bytes(b'id,title\n1,Maker of 27" screens opens plant\n2,"a ""big"" one"\n')
    assert drained(path, Bookmark(), table=True)[0] == path.read_bytes()


@given(st.text('a",\n', max_size=14))
def test_a_table_is_cut_where_the_csv_module_ends_a_row(text: str) -> None:
    """What is taken ends with a row; a line end in what is left stands inside a quote."""

    def ends(part: str) -> bool:
        return list(csv.reader(io.StringIO(part + "last\n", newline="")))[-1] == ["last"]

    whole = _whole(text.encode(), table=True, most=1_000)
    assert ends(text[:whole])
    assert "\n" not in text[whole:] or not ends(text[whole:])


def test_a_file_filled_anew_beyond_where_we_were_is_another(tmp_path: Path) -> None:
    """Same name, same inode, more bytes than before: its beginning tells."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"title": "old"}\n' * 3)
    _, at = drained(path, Bookmark())
    with path.open("r+b") as file:
        file.truncate(0)
        file.write(b'{"title": "new"}\n' * 9)
    assert drained(path, at)[0] == b'{"title": "new"}\n' * 9


def test_a_line_without_end_and_a_pipe_hold_nobody_up(tmp_path: Path) -> None:
    """Five megabytes without a line end pass in bounded pieces; what is no file is refused."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"x" * 5_000_000 + b'\n{"title": "next"}\n')
    got, _ = drained(path, Bookmark())
    assert len(got) == path.stat().st_size
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="no plain file"):
        next_piece(tmp_path / "pipe", Bookmark(), table=False)


async def test_a_restart_and_an_outage_send_nothing_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed between Kafka's word and the bookmark, Redis away, a broken line, a file that is not there yet."""
    monkeypatch.setattr("streams.sources.file._LOOK_S", 0.01)

    class Shaky(MemoryBook):
        turns = 0

        async def turn(self, source: str, bookmark: Bookmark) -> None:
            self.turns += 1
            if self.turns % 2:
                raise Away("Redis")
            await super().turn(source, bookmark)

    path, book, tape, visits = tmp_path / "a.jsonl", Shaky(), MemoryTape(), list[Visit]()
    source = Source(
        name="f",
        kind="file",
        outlet="F",
        every=10,
        options={"path": str(path), "media": "application/x-ndjson", "map": {}},
    )

    async def notice(_: Source, visit: Visit) -> None:
        visits.append(visit)

    async def life(until: int) -> None:
        clock = WallClock()
        writer = Writer(book=book, tape=tape, clock=clock, settle=0)
        world = World(clock=clock, web=InsideWeb([], clock), book=book)
        bring: Any = KIND.bring(Errand(source), world, Intake(KINDS, writer), notice)
        tasks = [asyncio.create_task(t) for t in (writer.run(), bring)]
        async with asyncio.timeout(20):
            while len(tape.records) < until or (not until and not visits):  # noqa: ASYNC110 - a list tells nobody
                await asyncio.sleep(0.01)
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    await life(0)
    assert "No such file" in visits[-1].fault
    for round_ in range(3):
        with path.open("ab") as file:
            file.write(b"".join(b'{"title": "Headline %d"}\n' % n for n in range(round_ * 600, round_ * 600 + 600)))
            file.write(b"broken\n")
        await life(600 * (round_ + 1))
    titles = [orjson.loads(r.value)["title"] for r in tape.records]
    assert titles == [f"Headline {n}" for n in range(1_800)]


def test_faults_of_the_table_are_told() -> None:
    """Where, and what to write."""
    text = '[[source]]\nname = "f"\nkind = "file"\npath = "a.jsonl.gz"\nformat = "xml"\n[source.map]\nheadline = "x"\n'
    with pytest.raises(BadSources) as bad:
        read_sources(text, "s.toml", KINDS)
    assert {f.split("`")[1] for f in bad.value.faults} == {"path", "format", "map"}
