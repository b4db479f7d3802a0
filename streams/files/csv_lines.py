"""Records as rows of CSV, and back: an article's fields in columns, what no table can hold as it came.

Bytes that are no UTF-8 stand under `raw64` and `key64` in base64, as in a line of JSON (`json_lines.py`).
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any, Final

import orjson

from streams.basics.limits import MESSAGE_BYTES
from streams.basics.times import iso, parse_time
from streams.files.json_lines import Line, bytes_under, shown
from streams.stages.decode import FIELDS

COLUMNS: Final = (*FIELDS, "key", "time", "raw", "key64", "raw64", "kafka_topic")
"""Columns of a CSV file: an article's fields, the record's key, time and topic; `raw` holds what no table can.

Tables of others have a `topic` that means something else.
"""


def columns(text: str) -> dict[str, str]:
    """`headline=title,date=published`: a file's column to an article's field. Raises ValueError."""
    found: dict[str, str] = {}
    for pair in filter(None, text.split(",")):
        theirs, _, ours = (p.strip() for p in pair.partition("="))
        if not theirs or ours not in COLUMNS:
            raise ValueError(f"--columns {pair!r}: write THEIRS=OURS, with one of {', '.join(COLUMNS)}")
        if theirs in found:
            raise ValueError(f"--columns {pair!r}: {theirs!r} is named twice")
        found[theirs] = ours
    return found


def read_rows(file: IO[bytes], mapping: Mapping[str, str], name: str) -> Iterator[Line]:
    """The records of a table. Raises ValueError with the line for a broken row, or a header that cannot be meant."""
    csv.field_size_limit(2 * MESSAGE_BYTES)  # what export writes, import reads
    reader = csv.reader(io.TextIOWrapper(file, encoding="utf-8-sig", newline=""), strict=True)
    began = 1
    try:
        header = _header(next(reader, []), mapping)
        began = reader.line_num + 1
        for cells in reader:
            if any(cells):
                yield _line(header, cells)
            began = reader.line_num + 1
    except UnicodeDecodeError:  # text is decoded some lines ahead
        raise ValueError(f"{name}: not UTF-8, after line {reader.line_num}; save it as UTF-8") from None
    except (csv.Error, ValueError) as fault:
        raise ValueError(f"{name}:{began}: {_WORDS.get(str(fault), fault)}") from None


_WORDS: Final = {
    "unexpected end of data": "a quote is opened here and never closed",
    "',' expected after '\"'": 'a quote inside a cell: write it twice (""), and the cell in quotes',
}


def _header(names: Sequence[str], mapping: Mapping[str, str]) -> list[str]:
    other = next((c for c in ";\t|" if c in names[0]), "") if len(names) == 1 and names[0] not in mapping else ""
    if other:  # as Excel does it in German
        raise ValueError(f"the columns are divided by {other!r}: save it with commas between them")
    if missing := [theirs for theirs in mapping if theirs not in names]:
        raise ValueError(f"no column is called {missing[0]!r}; there are {', '.join(names)}")
    ours = [mapping.get(name, name) for name in names]
    if not {"title", "raw", "raw64"} & {*ours}:
        raise ValueError(f"no column is `title`; name it (--columns THEIRS=title) among {', '.join(names) or 'none'}")
    if twice := [name for name, times in Counter(ours).items() if times > 1]:
        raise ValueError(f"two columns are {twice[0]!r}: only one could be kept")
    return ours


def _line(header: Sequence[str], cells: Sequence[str]) -> Line:
    if len(cells) > len(header):
        raise ValueError(f"{len(cells)} cells under {len(header)} columns: a cell with a comma stands in quotes")
    row: dict[str, Any] = {name: cell for name, cell in zip(header, cells, strict=False) if cell}
    key, raw, time = bytes_under("key", row), bytes_under("raw", row), row.get("time")
    fields = {name: cell for name, cell in row.items() if name not in COLUMNS[len(FIELDS) :]}
    if "tickers" in fields:
        fields["tickers"] = fields["tickers"].replace(",", " ").split()
    value = (orjson.dumps(fields) if fields else b"") if raw is None else raw
    at = None if time is None else parse_time(time)
    return Line(value=value, key=key, time=at, role=row.get("kafka_topic", ""))


class CsvWriter:
    """Records as rows of CSV onto bytes. Lines end as RFC 4180 says: then a carriage return in a cell is quoted."""

    def __init__(self, out: IO[bytes]) -> None:
        self._text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
        self._writer = csv.DictWriter(self._text, COLUMNS)
        self._writer.writeheader()

    def write(self, lines: Sequence[Line]) -> None:
        """A row each."""
        self._writer.writerows(map(_cells, lines))

    def close(self) -> None:
        """All of it is on the bytes, which stay open."""
        self._text.detach()


def _cells(line: Line) -> dict[str, str | None]:
    cells = {"time": iso(line.time), "kafka_topic": line.role, **shown("key", line.key or b"")}
    try:
        data = orjson.loads(line.value)
    except orjson.JSONDecodeError:
        data = None
    if (
        not isinstance(data, dict)
        or not any(data.values())
        or not all(_fits(name, value) for name, value in data.items())
    ):
        return cells | shown("raw", line.value)
    return cells | {name: value if isinstance(value, str) else " ".join(value) for name, value in data.items()}


def _fits(name: str, value: object) -> bool:
    """Whether a cell can hold it, so that reading it again gives the same article."""
    if name == "tickers" and isinstance(value, list):
        return all(isinstance(v, str) and v.replace(",", " ").split() == [v] for v in value)
    return name in FIELDS and name != "tickers" and isinstance(value, str)
