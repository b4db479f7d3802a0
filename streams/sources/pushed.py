"""What a push carries: one article, a list, or one a line. All of it is right, or none of it enters. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from typing import Any, Final

import orjson

from streams.basics import limits
from streams.basics.text import plain
from streams.records import NOWHERE, Article, Status
from streams.sources.base import NotRead, Page, RawArticle, Reading, Source
from streams.stages.decode import Malformed, as_object, fields_of, object_of

LINES: Final = ("application/x-ndjson", "application/jsonl", "application/x-jsonlines", "application/jsonlines")
JSON: Final = "application/json"
CHARSETS: Final = {
    "": "utf-8", "utf-8": "utf-8", "utf8": "utf-8", "us-ascii": "ascii", "iso-8859-1": "cp1252",
    "windows-1252": "cp1252", "iso-8859-15": "iso-8859-15", "utf-16": "utf-16",
}  # fmt: skip
_CHARSET: Final = re.compile(r";\s*charset\s*=\s*\"?([^\s;\"]*)", re.IGNORECASE)
_FIELD: Final = re.compile(r"field `(\w+)`")
_NOBODY: Final = Article(raw=b"", origin=NOWHERE, seen=0)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one article of a push, where it stands, and how to mend it."""

    at: int
    words: str
    counted: str  # `index` in a list, from 0; `line`, from 1

    def told(self) -> dict[str, Any]:
        """For the answer."""
        field = _FIELD.search(self.words)
        return {self.counted: self.at, "field": field[1] if field else None, "error": self.words}


class Refused(NotRead):
    """Nothing of the push was taken. `status` is HTTP's word for why."""

    def __init__(self, status: int, words: str, faults: tuple[Fault, ...] = ()) -> None:
        super().__init__(words)
        self.status, self.faults = status, faults


def parse(page: Page, source: Source) -> Reading:
    """The articles of a push. Raises `Refused`: what is accepted here is what triage can read."""
    media, text = page.media.partition(";")[0].strip().lower(), _text(page)
    if media in LINES:
        counted, found = "line", _lines(text)
    elif media == JSON:
        counted, found = "index", _listed(text)
    else:
        raise Refused(415, f"content type {media[:60]!r} is not read: send {JSON} or {LINES[0]}")
    rows = list(islice(found, limits.ARTICLES_A_PAGE + 1))
    if len(rows) > limits.ARTICLES_A_PAGE:
        raise Refused(400, f"too many articles: send at most {limits.ARTICLES_A_PAGE} a request")
    articles, faults = [], []
    for at, of in rows:
        try:
            articles.append(_checked(of(), source))
        except Malformed as fault:
            faults.append(Fault(at, str(fault), counted))
    if faults:
        told = tuple(faults[: limits.PUSH_FAULTS_TOLD])
        raise Refused(422, f"nothing was taken: {len(faults)} of {len(rows)} articles cannot be read", told)
    return Reading(articles=tuple(articles), form="push", ordered=True)


def _text(page: Page) -> bytes:
    """UTF-8, whatever was said; what is not as it was said to be is refused, never guessed at."""
    said = _CHARSET.search(page.media)
    charset = CHARSETS.get((said[1] if said else "").lower())
    if charset is None:
        known = ", ".join(c for c in CHARSETS if c)
        raise Refused(415, f"charset {said[1][:40] if said else ''!r} is not read: send one of {known}")
    try:
        return page.body.decode(charset).removeprefix("\ufeff").encode()
    except UnicodeError as fault:
        at = getattr(fault, "start", 0)
        raise Refused(400, f"not {charset}: byte {at} fits no character; say the charset in the content type") from None


_Row = tuple[int, Callable[[], dict[str, Any]]]


def _lines(text: bytes) -> Iterator[_Row]:
    for number, line in enumerate(BytesIO(text), 1):
        if line.strip():
            yield number, lambda line=line: object_of(_bounded(line))  # type: ignore[misc]


def _listed(text: bytes) -> Iterator[_Row]:
    try:
        data = orjson.loads(text)
    except orjson.JSONDecodeError as fault:
        raise Refused(400, f"not JSON: {fault.msg} at character {fault.pos}; send an object or a list") from None
    large = len(text) > limits.PUSHED_BYTES
    for index, one in enumerate(data if isinstance(data, list) else [data]):
        yield index, lambda one=one: _as_article(one, large=large)  # type: ignore[misc]


def _as_article(data: object, *, large: bool) -> dict[str, Any]:
    if large:
        _bounded(orjson.dumps(data))
    return as_object(data)


def _bounded(raw: bytes) -> bytes:
    if len(raw) > limits.PUSHED_BYTES:
        raise Malformed(f"{len(raw)} bytes: an article may have {limits.PUSHED_BYTES}; shorten field `text`")
    return raw


def _checked(data: dict[str, Any], source: Source) -> RawArticle:
    """As triage will read it, so that nothing acknowledged ends as malformed, cut or empty."""
    removed = isinstance(said := data.get("status"), str) and _is_removal(said)
    article = fields_of(_NOBODY, data | {"title": "-"} if removed and data.get("title") in (None, "") else data)
    for name, value in (("id", article.id), ("url", article.url)):
        if len(value) > limits.URL_CHARS:
            raise Malformed(f"field `{name}` has {len(value)} characters: at most {limits.URL_CHARS} are read")
    if article.url and not article.url.lower().startswith(("http://", "https://")):
        raise Malformed("field `url` is no web address: send one that begins with http:// or https://, or none")
    if article.source.strip() and article.source.strip().casefold() != source.outlet.casefold():
        raise Malformed(f"field `source`: this key speaks for {source.outlet!r}; leave the field out")
    if removed and not article.id.strip() and not article.url.strip():
        raise Malformed("field `id` is missing: a removal names its article by `id` or `url`")
    if not removed and not _speaks(article.title):
        raise Malformed("field `title` holds no words: every article needs a headline")
    status = article.status.value
    return data | {"status": status, "tickers": article.given_tickers, "title": data.get("title") or ""}


def _is_removal(said: str) -> bool:
    return fields_of(_NOBODY, {"title": "-", "status": said}).status is Status.REMOVED


def _speaks(title: str) -> bool:
    """Whether something is left of it without its markup."""
    if title.isprintable() and "<" not in title and "&" not in title:
        return bool(title.strip())
    return bool(plain(title[: limits.HEADLINE_CHARS_REFUSED])[: limits.TITLE_CHARS].strip())
