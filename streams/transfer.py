"""Articles from a file to a topic and back, streaming, with keys and times kept: JSON lines, CSV, either packed."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import IO, Any, Final

import orjson

from streams.kafka import Where
from streams.replay.lines import Line, decode_line, encode_line
from streams.replay.source import opened
from streams.replay.stretch import Bound, cut
from streams.stages.decode import field_text
from streams.times import believable, iso, parse_time
from streams.topics import TopicReader
from streams.worker.publish import Publisher, Record

FIELDS: Final = ("id", "title", "text", "url", "source", "published", "lang", "tickers", "status")
COLUMNS: Final = (*FIELDS, "key", "time", "raw")
"""Columns of a CSV file: an article's fields, the record's key and time; `raw` holds what no table can."""
_BATCH: Final = 500


def is_csv(path: Path) -> bool:
    """`.csv` or `.csv.gz`."""
    return ".csv" in path.suffixes[-2:]


def columns(text: str) -> dict[str, str]:
    """`headline=title,date=published`: a file's column to an article's field. Raises ValueError."""
    found = {}
    for pair in filter(None, text.split(",")):
        theirs, _, ours = (p.strip() for p in pair.partition("="))
        if not theirs or ours not in COLUMNS:
            raise ValueError(f"--columns {pair!r}: write THEIRS=OURS, with one of {', '.join(COLUMNS)}")
        found[theirs] = ours
    return found


def read_file(path: Path, mapping: Mapping[str, str]) -> Iterator[Line]:
    """The records of a file. Raises ValueError with the line for a broken one, and OSError."""
    with opened(path) as file:
        if is_csv(path):
            text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
            yield from _rows(csv.DictReader(text), mapping, path)
            return
        for number, raw in enumerate(file, 1):
            if raw.strip():
                try:
                    line = decode_line(raw.rstrip(b"\r\n"))
                except ValueError as fault:
                    raise ValueError(f"{path}:{number}: {fault}") from None
                yield line


def _rows(reader: csv.DictReader[str], mapping: Mapping[str, str], path: Path) -> Iterator[Line]:
    try:
        for row in reader:
            yield _row({mapping.get(k, k): v for k, v in row.items() if k is not None and v not in ("", None)})
    except (csv.Error, ValueError) as fault:
        raise ValueError(f"{path}:{reader.line_num}: {fault}") from None


def _row(row: dict[str, Any]) -> Line:
    key, time, raw = (row.pop(name, None) for name in ("key", "time", "raw"))
    if raw is None and "tickers" in row:
        row["tickers"] = row["tickers"].replace(",", " ").split()
    return Line(
        value=orjson.dumps(row) if raw is None else str(raw).encode(),
        key=None if key is None else str(key).encode(),
        time=None if time is None else parse_time(time),
    )


async def bring_in(path: Path, publisher: Publisher, topic: str, mapping: Mapping[str, str]) -> int:
    """The file's records onto the topic, in order per key; how many. Raises ValueError, OSError and `Away`.

    A record without a time gets the broker's, a bare article without a key its id, url or headline as key.
    """
    count = 0
    lines = read_file(path, mapping)
    while batch := list(islice(lines, _BATCH)):
        await publisher.publish([_record(line, topic) for line in batch])
        count += len(batch)
    return count


def _record(line: Line, topic: str) -> Record:
    key = _key(line.value) if line.key is None else line.key
    bare = line.key is None and line.offset is None
    return Record(topic=topic, key=key, value=line.value, headers=line.headers, timestamp=None if bare else line.time)


def _key(value: bytes) -> bytes:
    try:
        data = orjson.loads(value)
        return (field_text(data, "id") or field_text(data, "url") or field_text(data, "title")).encode()
    except (orjson.JSONDecodeError, AttributeError):
        return b""


async def take_out(bootstrap: Where, topic: str, path: Path, start: Bound, end: Bound) -> int:
    """A stretch of the topic into a file, each partition in its order; how many records. Raises OSError and `Away`."""
    count = 0
    with packed(path) as out:
        writer = _csv_writer(out) if is_csv(path) else None
        async for batch in _stretch(bootstrap, topic, start, end):
            if writer:
                writer.writerows(_cells(line) for line in batch)
            else:
                out.write(b"".join(encode_line(line) + b"\n" for line in batch))
            count += len(batch)
        if writer:
            writer.close()
    return count


async def _stretch(bootstrap: Where, topic: str, start: Bound, end: Bound) -> AsyncIterator[list[Line]]:
    async with TopicReader(bootstrap) as reader:
        async for records in reader.read(await cut(reader, topic, start, end)):
            yield [
                Line(
                    value=r.value or b"", key=r.key, time=believable(r.timestamp),
                    partition=r.partition, offset=r.offset, headers={k: v or b"" for k, v in r.headers or ()},
                )
                for r in records
            ]  # fmt: skip


def packed(path: Path) -> IO[bytes]:
    """A file to write bytes into, packed when its name ends with `.gz` (without a time: the same bytes every time)."""
    if path.suffix == ".gz":
        return gzip.GzipFile(path, "wb", mtime=0)  # type: ignore[return-value]  # it is one in all but name
    return path.open("wb")


class _csv_writer:  # noqa: N801 - reads like the library's own
    """CSV rows onto bytes."""

    def __init__(self, out: IO[bytes]) -> None:
        self._text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
        self._writer = csv.DictWriter(self._text, COLUMNS, extrasaction="ignore", lineterminator="\n")
        self._writer.writeheader()

    def writerows(self, rows: Iterable[Mapping[str, Any]]) -> None:
        self._writer.writerows(rows)

    def close(self) -> None:
        self._text.detach()


def _cells(line: Line) -> dict[str, Any]:
    cells: dict[str, Any] = {"key": (line.key or b"").decode("utf-8", "replace"), "time": iso(line.time)}
    try:
        data = orjson.loads(line.value)
    except orjson.JSONDecodeError:
        data = None
    if not isinstance(data, dict) or data.keys() - {*FIELDS} or not all(_flat(v) for v in data.values()):
        return cells | {"raw": line.value.decode("utf-8", "replace")}
    return cells | {k: v if isinstance(v, str) else " ".join(v) for k, v in data.items()}


def _flat(value: object) -> bool:
    """Whether a cell of a table can hold it, so that reading it again gives the same article."""
    if isinstance(value, list):
        return all(isinstance(v, str) and " " not in v and "," not in v for v in value)
    return isinstance(value, str)
