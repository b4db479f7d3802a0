"""One record of a topic as one line of JSON, and back: what export writes, and import and replay read.

    {"topic": "articles", "key": "...", "time": "2026-01-09T12:00:00.000Z", "partition": 0, "offset": 5,
     "headers": {...}, "value": "..."}

`topic` is what that is to the desk, without its prefix; it is missing where the topic is none of the desk's. Bytes that
are no UTF-8 stand under `value64` (and `key64`) in base64. Every other line is taken for a bare article.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from codecs import BOM_UTF8
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from streams.basics.times import iso, parse_time
from streams.records import Article, Millis, Origin
from streams.stages.decode import Malformed, parse_published


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A record with all that Kafka keeps of it; None for what the line does not say."""

    value: bytes
    key: bytes | None = None
    time: Millis | None = None
    bare: bool = False  # an article alone: `time` is its own, not a record's
    partition: int | None = None
    offset: int | None = None
    headers: Mapping[str, bytes] = field(default_factory=dict)
    role: str = ""  # of the topic it lay on (`Names.role`)


def encode_line(line: Line) -> bytes:
    """The line, without its line feed."""
    said: dict[str, Any] = {"topic": line.role} if line.role else {}
    said |= shown("key", line.key) if line.key is not None else {}
    said |= {"time": iso(line.time), "partition": line.partition, "offset": line.offset}
    if line.headers:
        said["headers"] = {k: shown("value", v) for k, v in line.headers.items()}
    return orjson.dumps(said | shown("value", line.value))


def decode_line(raw: bytes) -> Line:
    """A record as export writes it, else `raw` itself as the value. Raises ValueError for a broken record."""
    raw = raw.removeprefix(BOM_UTF8)  # as Windows begins a file
    data = _object(raw)
    if data is None or "title" in data or not ({"value", "value64"} & data.keys()):
        return Line(value=raw, time=_published(data), bare=True)
    try:
        at = data.get("time")
        headers = {str(k): bytes_under("value", v) or b"" for k, v in (data.get("headers") or {}).items()}
        return Line(
            value=bytes_under("value", data) or b"",
            key=bytes_under("key", data),
            time=None if at is None else parse_time(at),
            partition=_number("partition", data),
            offset=_number("offset", data),
            headers=headers,
            role=str(data.get("topic") or ""),
        )
    except (ValueError, TypeError, AttributeError) as fault:
        raise ValueError(f"no record as export writes it: {fault}") from None


def article_of(line: Line, *, topic: str, number: int, before: Millis) -> Article:
    """The record as the worker would have taken it; one without a time was seen when the one `before` was."""
    origin = Origin(topic=topic, partition=line.partition or 0, offset=number if line.offset is None else line.offset)
    return Article(raw=line.value, origin=origin, seen=before if line.time is None else line.time)


def shown(name: str, value: bytes) -> dict[str, str]:
    """Bytes as text under `name`, or in base64 under `name64` when they are no UTF-8."""
    try:
        return {name: value.decode()}
    except UnicodeDecodeError:
        return {name + "64": b64encode(value).decode()}


def bytes_under(name: str, data: Mapping[str, Any]) -> bytes | None:
    """What `shown` was given; None when neither is there. Raises ValueError."""
    text, coded = data.get(name), data.get(name + "64")
    if not isinstance(text, str | None) or not isinstance(coded, str | None):
        raise ValueError(f"`{name}` must be a string")  # noqa: TRY004 - one error type for every broken record
    if text is not None:
        return text.encode()
    return None if coded is None else b64decode(coded, validate=True)


def _object(raw: bytes) -> dict[str, Any] | None:
    try:
        data = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
    return data if isinstance(data, dict) else None


def _published(data: dict[str, Any] | None) -> Millis | None:
    """When a bare article was seen: it does not say, so when it was published. `seen` in the line says it."""
    for name in ("seen", "published"):
        try:
            if data and (at := parse_published(data.get(name))) is not None:
                return at
        except Malformed:
            continue  # the flow will say what is wrong with it
    return None


def _number(name: str, data: Mapping[str, Any]) -> int | None:
    number = data.get(name)
    if number is None or (type(number) is int and 0 <= number < 1 << 63):
        return number
    raise ValueError(f"`{name}` is {str(number)[:40]!r}: an export has a whole number there")
