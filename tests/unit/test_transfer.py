"""import and export, as files: what came before a fault is kept, an old file too, and no table is misread in silence."""

from __future__ import annotations

import gzip
from pathlib import Path

import orjson
import pytest

from streams.basics.times import parse_time
from streams.files.csv_lines import CsvWriter, columns
from streams.files.json_lines import Line, decode_line, encode_line
from streams.files.transfer import bring_in, read_file, take_out
from streams.files.whole import packed
from streams.kafka.bounds import Bound, bound
from streams.names import Names
from streams.records import Away
from streams.replay.source import FileSource
from tests.build import NOON
from tests.twins import Shelf


def read(path: Path, text: str, mapping: str = "") -> list[object]:
    """The articles of a file with this text."""
    path.write_text(text, newline="")
    return [orjson.loads(line.value) for line in read_file(path, columns(mapping))]


def held(folder: Path) -> dict[str, bytes]:
    """Its files."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_other_peoples_columns_are_mapped(tmp_path: Path) -> None:
    """Unknown columns are kept as unknown fields; empty cells are none, and so is a row of them."""
    path = tmp_path / "feed.csv"
    path.write_text("headline,date,desk,source\nAlibaba to invest,2026-01-09,7,\n,,,\n", encoding="utf-8-sig")
    (line,) = read_file(path, columns("headline=title, date=published"))
    assert orjson.loads(line.value) == {"title": "Alibaba to invest", "published": "2026-01-09", "desk": "7"}


@pytest.mark.parametrize("mapping", ["headline:title", "headline=title,headline=text", "headline=colour"])
def test_a_mapping_that_cannot_be_meant_is_refused(mapping: str) -> None:
    """Written otherwise, given twice, or to a field there is not."""
    with pytest.raises(ValueError, match="--columns"):
        columns(mapping)


@pytest.mark.parametrize(
    ("text", "mapping", "words"),
    [
        ("title;published\na;2026-01-01\n", "", ":1: the columns are divided by ';': save it with commas"),
        ("title\tpublished\na\t2026-01-01\n", "", r":1: the columns are divided by '\\t'"),
        ("Alibaba raises,https://a.example\n", "", ":1: no column is `title`"),
        ("", "", ":1: no column is `title`"),
        ("headline\na\n", "headlin=title", ":1: no column is called 'headlin'; there are headline"),
        ("title,title\na,b\n", "", ":1: two columns are 'title'"),
        ("headline,title\na,b\n", "headline=title", ":1: two columns are 'title'"),
        (
            'title,url\nx,y\n"a,https://a.example\nb,https://b.example\n',
            "",
            ":3: a quote is opened here and never closed",
        ),
        ('title,url\n"Chips" boom,https://a.example\n', "", ":2: a quote inside a cell"),
        ("title,url\nAlibaba, Tencent raise,https://a.example\n", "", ":2: 3 cells under 2 columns"),
        ("title,time\na,never\n", "", ":2: not a time"),
        ("title,time\na,1 Jan 99999999999999999999\n", "", ":2: not a time"),
    ],
)
def test_a_table_that_would_be_misread_is_refused(tmp_path: Path, text: str, mapping: str, words: str) -> None:
    """With the line, instead of thousands of articles that nobody can read."""
    with pytest.raises(ValueError, match=r"a\.csv" + words):
        read(tmp_path / "a.csv", text, mapping)


def test_a_table_in_another_encoding_is_refused(tmp_path: Path) -> None:
    """With the last line that could be read."""
    (tmp_path / "a.csv").write_bytes(b"title\n" + b"a\n" * 9_000 + "Küche\n".encode("cp1252"))
    with pytest.raises(ValueError, match=r"a\.csv: not UTF-8, after line \d{4}; save it as UTF-8"):
        list(read_file(tmp_path / "a.csv", {}))


def test_the_end_of_its_name_says_what_a_file_is(tmp_path: Path) -> None:
    """In capitals or not; only `.gz` is left aside."""
    assert read(tmp_path / "a.CSV", "title\na\n") == [{"title": "a"}]
    assert read(tmp_path / "x.csv.jsonl", '{"title": "a"}\n') == [{"title": "a"}]
    (tmp_path / "a.csv.GZ").write_bytes(gzip.compress(b"title\na\n"))
    assert [line.value for line in read_file(tmp_path / "a.csv.GZ", {})] == [b'{"title":"a"}']
    with pytest.raises(ValueError, match="does not end with"):
        read(tmp_path / "a.jsonl", '{"title": "a"}\n', "headline=title")


def test_a_table_with_times_needs_no_keys(tmp_path: Path) -> None:
    """The time is the record's, whatever else is given; of a bare article it is the article's, and the broker says."""
    (tmp_path / "a.csv").write_text("title,time\na,2026-01-09T12:00:00Z\n")
    (line,) = read_file(tmp_path / "a.csv", {})
    assert (line.time, line.bare) == (NOON, False)
    assert decode_line(b'{"title": "a", "published": "2026-01-09T12:00:00Z"}').bare


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    """Also one whose value is no string: it would come back as something else. A byte order mark breaks nothing."""
    path = tmp_path / "a.jsonl.gz"
    for broken in (b'{"value64": "%%"}', b'{"value": {"title": "b"}}', b'{"key": 7, "value": "b"}'):
        path.write_bytes(gzip.compress(b'\xef\xbb\xbf{"title": "a"}\n' + broken))
        with pytest.raises(ValueError, match=r"a\.jsonl\.gz:2: no record"):
            list(read_file(path, {}))
    assert next(read_file(path, {})).value == b'{"title": "a"}'


@pytest.mark.parametrize("text", ["title,source\nAlibaba to invest,Harbour\n", "[\n", "Alibaba to invest\n", '"a"\n'])
def test_what_is_no_line_of_json_is_refused(tmp_path: Path, text: str) -> None:
    """A table under another name would be buried row by row, and a worker stops that buries nearly everything."""
    path = tmp_path / "a.txt"
    path.write_text('{"title": "a"}\n' + text)
    with pytest.raises(ValueError, match=r"a\.txt:2: no JSON object"):
        list(read_file(path, {}))


async def test_what_came_before_a_fault_is_on_the_topic(tmp_path: Path) -> None:
    """All of it, and the fault says how many: in a broken record and in a file that was cut off."""
    shelf, path = Shelf(), tmp_path / "a.jsonl"
    path.write_bytes(b'{"title": "a"}\n' * 799 + b'{"value64": "%%"}\n')
    with pytest.raises(ValueError, match=r"a\.jsonl:800: .*; the 799 records before that are on articles"):
        await bring_in(path, shelf, "articles", {}, names=Names())
    assert len(shelf.records) == 799
    shelf, small = Shelf(), tmp_path / "a.jsonl.gz"
    small.write_bytes(gzip.compress(b"".join(b'{"title": "%d"}\n' % n for n in range(100_000)))[:-5_000])
    with pytest.raises(ValueError, match=r"a\.jsonl\.gz: cannot be unpacked: .*; the \d+ records before") as cut:
        await bring_in(small, shelf, "articles", {}, names=Names())
    assert f"the {len(shelf.records)} records" in str(cut.value)
    with pytest.raises(OSError, match="cannot be unpacked"):
        await FileSource(small).total()


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv"])
async def test_records_of_the_ledger_do_not_go_among_the_articles(name: str, tmp_path: Path) -> None:
    """Put there they would be judged as news. Named without the prefix: another desk's may be restored here."""
    line, shelf, desk, path = Line(value=b'{"v": 1}', role="decisions"), Shelf(), Names("desk."), tmp_path / name
    with path.open("wb") as out:
        if name.endswith("csv"):
            CsvWriter(out).write([line])
        else:
            out.write(encode_line(line))
    with pytest.raises(
        ValueError, match=r"`decisions`, which does not belong on desk\.articles: --topic desk\.decisions"
    ):
        await bring_in(path, shelf, "desk.articles", {}, names=desk)
    assert not shelf.records
    assert await bring_in(path, shelf, "desk.decisions", {}, names=desk) == 1
    assert await bring_in(path, shelf, "a.copy", {}, names=desk) == 1


async def test_another_tables_topic_is_its_own_affair(tmp_path: Path) -> None:
    """A column of that name is an unknown field, as before."""
    shelf, path = Shelf(), tmp_path / "a.csv"
    path.write_text("title,topic\na,decisions\n")
    assert await bring_in(path, shelf, "articles", {}, names=Names()) == 1
    assert orjson.loads(shelf.records[0].value) == {"title": "a", "topic": "decisions"}


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv.gz"])
async def test_an_export_that_fails_leaves_the_old_file(name: str, tmp_path: Path) -> None:
    """Nobody may mistake half an archive for one, or lose the one there was; when it is whole it takes its place."""
    path = tmp_path / name
    path.write_bytes(b"the old archive")
    with pytest.raises(Away):
        await take_out("127.0.0.1:1", "articles", path, Bound(), Bound(), names=Names())
    assert held(tmp_path) == {name: b"the old archive"}
    (tmp_path / "link").symlink_to(name)
    with packed(tmp_path / "link") as out:
        out.write(b"new")
        assert path.read_bytes() == b"the old archive"
    assert path.read_bytes() == b"new"


def test_a_time_beyond_all_calendars_is_no_time() -> None:
    """As every other text that is none; a span that long reaches back to the beginning."""
    with pytest.raises(ValueError, match="not a time"):
        parse_time("99999999999999999999h")
    assert bound("999999999999999999d", NOON) == Bound(time=0)
