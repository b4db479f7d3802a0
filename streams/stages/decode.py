"""decode: bytes to fields. What cannot be read ends here as malformed, with what is wrong, where, and the mend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from streams.basics import limits
from streams.basics.times import parse_time
from streams.records import Article, Ended, Outcome, Reason, Status, evolve
from streams.wire import home_of

FIELDS: Final = ("id", "title", "text", "url", "source", "published", "lang", "tickers", "status")
"""What an article is read from."""


class Malformed(ValueError):  # noqa: N818 - named for what the article is
    """An input that is no article; the message says what, where, and how to mend it."""


@dataclass(frozen=True, slots=True)
class Decode:
    """JSON bytes to the fields of an article. Unknown fields stay in `raw`."""

    name: str = "decode"

    async def __call__(self, articles: Sequence[Article]) -> Sequence[Outcome]:
        """Each article with its fields, or ended as malformed."""
        return [_decoded(article) for article in articles]


def _decoded(article: Article) -> Outcome:
    try:
        return fields(article, article.raw)
    except Malformed as fault:
        return Ended(article=article, reason=Reason.MALFORMED, detail=str(fault))


def fields(article: Article, raw: bytes) -> Article:
    """`article` with the fields that `raw` holds. Raises `Malformed`."""
    data = object_of(raw)
    if home := home_of(data):
        raise Malformed(f"a record of `{home}`, no article: bring it back with tapewire import --topic {home}")
    return fields_of(article, data)


def fields_of(article: Article, data: dict[str, Any]) -> Article:
    """`article` with the fields of an object that was read already. Raises `Malformed`."""
    status = status_of(data)
    return evolve(
        article,
        id=_identifier(data),
        title="" if _takes_back(data, status) else _headline(data),
        text=_string(data, "text", limits.MARKUP_CHARS, cut=True),
        url=_string(data, "url", limits.URL_CHARS * 4),
        source=_string(data, "source", limits.SOURCE_CHARS * 10)[: limits.SOURCE_CHARS],
        lang=_string(data, "lang", 35),
        published=parse_published(data.get("published")),
        status=status,
        given_tickers=_tickers(data),
    )


def object_of(raw: bytes) -> dict[str, Any]:
    """The JSON object that `raw` is. Raises `Malformed`."""
    if not raw:
        raise Malformed("empty message: send a JSON object with at least a title")
    if len(raw) > limits.MESSAGE_BYTES:
        raise Malformed(f"{len(raw)} bytes: a message may have {limits.MESSAGE_BYTES}; shorten `text`")
    try:
        data = orjson.loads(raw)
    except orjson.JSONDecodeError as fault:
        raise Malformed(f"not JSON: {fault.msg} at character {fault.pos}; send one UTF-8 JSON object") from None
    return as_object(data)


def as_object(data: object) -> dict[str, Any]:
    """`data`, when it is an object. Raises `Malformed`."""
    if not isinstance(data, dict):
        raise Malformed(f"a JSON {_kind(data)}: send an object such as {{'title': '...'}}")
    return data


def _kind(value: object) -> str:
    names = {list: "list", str: "string", int: "number", float: "number", bool: "boolean", dict: "object"}
    return "null" if value is None else names[type(value)]


def field_text(data: dict[str, Any], name: str) -> str:
    """A field as text, before anybody has checked it; "" for what is neither text nor a number."""
    value = data.get(name)
    return str(value) if isinstance(value, str | int | float) and value else ""


def _takes_back(data: dict[str, Any], status: Status) -> bool:
    """Whether it withdraws what it names, and says no more: who was told must hear of it, headline or not."""
    return status is Status.REMOVED and data.get("title") in (None, "") and bool(data.get("id") or data.get("url"))


def _headline(data: dict[str, Any]) -> str:
    if data.get("title") is None:
        raise Malformed("field `title` is missing: every article needs a headline")
    title = _string(data, "title", limits.HEADLINE_CHARS_REFUSED)
    if not title.strip():
        raise Malformed("field `title` is empty: every article needs a headline")
    return title


def _string(data: dict[str, Any], name: str, most: int, *, cut: bool = False) -> str:
    value = data.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Malformed(f"field `{name}` is a {_kind(value)}: send a string")
    if len(value) > most and not cut:
        raise Malformed(f"field `{name}` has {len(value)} characters: at most {most} are read")
    return value[:most]


def _identifier(data: dict[str, Any]) -> str:
    value = data.get("id")
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return _string(data, "id", limits.MESSAGE_BYTES)


def status_of(data: dict[str, Any]) -> Status:
    """What the article says it is, in any of the words feeds use. Raises `Malformed`."""
    given = _string(data, "status", 100).strip().lower()
    if not given:
        return Status.NEW
    known = {
        "created": "new", "updated": "update", "corrected": "correction", "deleted": "removed",
        "withdrawn": "removed", "killed": "removed",
    }  # fmt: skip
    try:
        return Status(known.get(given, given))
    except ValueError:
        raise Malformed(f"field `status` is {given!r}: send new, update, correction or removed") from None


def _tickers(data: dict[str, Any]) -> tuple[str, ...]:
    value = data.get("tickers")
    if value is None:
        return ()
    if isinstance(value, str):
        value = value.replace(",", " ").split()
    if not isinstance(value, list) or not all(isinstance(t, str) for t in value):
        raise Malformed("field `tickers` must be a list of strings, such as ['BABA', '9988.HK']")
    return tuple(t.strip()[: limits.TICKER_CHARS] for t in value[: limits.GIVEN_TICKERS] if t.strip())


def parse_published(value: object) -> int | None:
    """Milliseconds for ISO 8601, RFC 822 or epoch seconds/milliseconds; None for none. Raises `Malformed`.

    A day without a time is its end: what was published today must not be hours late.
    """
    if value is None or value == "":
        return None
    if not isinstance(value, str | int | float):
        raise Malformed(f"field `published` is a {_kind(value)}: send ISO 8601, RFC 822 or epoch seconds")
    try:
        return parse_time(value, latest=True)
    except (ValueError, OverflowError, TypeError) as fault:
        raise Malformed(
            f"field `published` is {str(value)[:60]!r} ({fault}): send ISO 8601, RFC 822 or epoch seconds"
        ) from None
