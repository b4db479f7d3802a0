"""Articles from a file to a topic and back, streaming, with keys and times kept: JSON lines, CSV, either packed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import orjson

from streams.basics.times import believable
from streams.files.csv_lines import CsvWriter, read_rows
from streams.files.json_lines import Line, decode_line, encode_line
from streams.files.whole import packed, unpacked
from streams.kafka.bounds import Bound, cut
from streams.kafka.cluster import Where
from streams.kafka.publish import Publisher, Record
from streams.kafka.reader import TopicReader
from streams.names import Names
from streams.records import Away
from streams.stages.decode import field_text

_BATCH: Final = 500


def is_csv(path: Path) -> bool:
    """`.csv` or `.csv.gz`, in capitals or not."""
    return path.name.lower().removesuffix(".gz").endswith(".csv")


def read_file(path: Path, mapping: Mapping[str, str]) -> Iterator[Line]:
    """The records of a file. Raises ValueError with the line for a broken one, and OSError."""
    if mapping and not is_csv(path):
        raise ValueError(f"{path}: --columns is for a table, and its name does not end with .csv")
    with unpacked(path) as file:
        if is_csv(path):
            yield from read_rows(file, mapping, str(path))
            return
        for number, raw in enumerate(file, 1):
            if raw.strip():
                try:
                    line = _article_line(raw.rstrip(b"\r\n"))
                except ValueError as fault:
                    raise ValueError(f"{path}:{number}: {fault}") from None
                yield line


def _article_line(raw: bytes) -> Line:
    """Raises ValueError for what is no line of JSON: a table under another name would all be buried."""
    line = decode_line(raw)
    if line.bare and not line.value.lstrip().startswith(b"{"):
        raise ValueError("no JSON object: one stands on each line; of a table (.csv) the name says what it is")
    return line


async def bring_in(path: Path, publisher: Publisher, topic: str, mapping: Mapping[str, str], *, names: Names) -> int:
    """The file's records onto the topic, in order per key; how many. Raises ValueError, OSError and `Away`.

    A record without a time gets the broker's, a bare article without a key its id, url or headline as key. One that
    says it lay on another topic of the desk than this is a fault: decisions among articles would be judged as news.
    What came before a broken record, or before Kafka went, is on the topic: what is raised says how many those are.
    """
    count = 0
    try:
        for batch in _batches(_at_home(read_file(path, mapping), names, topic, path)):
            await publisher.publish([_record(line, topic) for line in batch])
            count += len(batch)
    except (ValueError, OSError, Away) as fault:
        if not count:
            raise
        kind = Away if isinstance(fault, Away) else ValueError
        raise kind(f"{fault}; the {count} records before that are on {topic}") from None
    return count


def _at_home(lines: Iterable[Line], names: Names, topic: str, path: Path) -> Iterator[Line]:
    """The same lines. Raises ValueError for one that belongs on another topic of the desk than this."""
    role = names.role(topic)
    for line in lines:
        if role and line.role and line.role != role:
            home = f"{names.prefix}{line.role}"
            raise ValueError(f"{path}: a record of `{line.role}`, which does not belong on {topic}: --topic {home}")
        yield line


def _batches(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Many at a time; those before a fault come before it is raised."""
    batch: list[Line] = []
    try:
        for line in lines:
            batch.append(line)
            if len(batch) == _BATCH:
                yield batch
                batch = []
    except (ValueError, OSError):
        if batch:
            yield batch
        raise
    if batch:
        yield batch


def _record(line: Line, topic: str) -> Record:
    key = _key(line.value) if line.key is None else line.key
    return Record(
        topic=topic, key=key, value=line.value, headers=line.headers, timestamp=None if line.bare else line.time
    )


def _key(value: bytes) -> bytes:
    try:
        data = orjson.loads(value)
        return (field_text(data, "id") or field_text(data, "url") or field_text(data, "title")).encode()
    except (orjson.JSONDecodeError, AttributeError):
        return b""


async def take_out(where: Where, topic: str, path: Path, start: Bound, end: Bound, *, names: Names) -> int:
    """A stretch of the topic into a file, each partition in its order; how many records.

    The file is there when it is whole: until then, and after a fault, an older one of that name is untouched.
    Raises OSError, `NoTopic` and `Away`.
    """
    count, role = 0, names.role(topic)
    with packed(path) as out:
        table = CsvWriter(out) if is_csv(path) else None
        async for records in _stretch(where, topic, start, end):
            batch = [_line(record, role) for record in records]
            if table:
                table.write(batch)
            else:
                out.write(b"".join(encode_line(line) + b"\n" for line in batch))
            count += len(batch)
        if table:
            table.close()
    return count


async def _stretch(where: Where, topic: str, start: Bound, end: Bound) -> AsyncIterator[list[Any]]:
    async with TopicReader(where) as reader:
        async for records in reader.read(await cut(reader, topic, start, end)):
            yield records


def _line(record: Any, role: str) -> Line:
    return Line(
        value=record.value or b"", key=record.key, time=believable(record.timestamp), partition=record.partition,
        offset=record.offset, headers={k: v or b"" for k, v in record.headers or ()}, role=role,
    )  # fmt: skip
