"""Raw articles to what enters the topic: bounded, cleaned of what Kafka's readers would refuse, with keys. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

from streams.basics import limits
from streams.basics.text import canonical_url, hash_of, plain, title_key
from streams.basics.times import DAY, iso, parse_time
from streams.records import Millis, Status
from streams.sources.base import Page, RawArticle, Source

_STATUS = {s.value: s for s in Status}
_SIGN = re.compile(r"[%€$£¥₹<>]|[+−-](?=[€$£¥₹]?\d)(?<![\w)][+−-])")
_MARKUP = 100_000  # longer texts enter as words only: a record has its bound too
_LEAD = 160
"""Characters of its text that stand in for a headline an article has not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An article ready to be sifted. `own` and `address` are keys: of its feed's id, and of its page.

    Where neither tells it apart its headline does: then `by_title` is the key, and the id is `title_id`.
    """

    id: str
    title_id: str
    title: str
    url: str
    own: str
    address: str
    status: Status
    revision: str
    published: Millis | None
    fields: dict[str, Any]
    missing: tuple[str, ...] = ()
    ordered: bool = False  # told after those before it, as in `Reading`

    @property
    def keys(self) -> tuple[str, ...]:
        """Every key it is known by, the surest first; never none."""
        return tuple(k for k in (self.own, self.address) if k) or (self.by_title,)

    @property
    def by_title(self) -> str:
        """The key of its headline on its day."""
        return hash_of("t", self.title, "" if self.published is None else str(self.published // DAY))


def items_of(
    raws: Sequence[RawArticle], source: Source, page: Page, *, ordered: bool = False
) -> tuple[list[Item], int]:
    """The articles of a page, oldest first (as they stand when `ordered`), and how many had nothing to read."""
    items = [item for raw in raws if (item := item_of(raw, source, page))]
    if ordered:
        items = [replace(item, ordered=True) for item in items]
    else:
        items.reverse()  # pages list the newest first; of two without a date the lower one is older
        items.sort(key=lambda i: min(i.published or page.seen, page.seen))
    return items, len(raws) - len(items)


def item_of(raw: RawArticle, source: Source, page: Page) -> Item | None:
    """None when there is neither headline nor text, and nothing is taken back."""
    status = _STATUS.get(_text(raw, "status", 20).lower(), Status.NEW)
    text = _text(raw, "text", limits.MARKUP_CHARS)
    words = plain(text)[: limits.TEXT_CHARS]
    title = plain(_text(raw, "title", limits.HEADLINE_CHARS_REFUSED))[: limits.TITLE_CHARS].strip()
    url = _address(_text(raw, "url", limits.URL_CHARS), page.url or source.url)
    published = published_of(raw.get("published"), source.zone)
    missing = tuple(n for n, v in (("title", title), ("url", url), ("published", published)) if not v)
    title = title or words.split("\n", 1)[0][:_LEAD].strip()
    if not title and status is not Status.REMOVED:
        return None
    guid, canonical = _text(raw, "id", limits.URL_CHARS).strip(), canonical_url(url)
    entered = text if len(text) <= _MARKUP else words
    own = hash_of("g", guid) if guid else ""
    address = hash_of("u", canonical) if canonical and _is_page(canonical) else ""
    if status is Status.REMOVED and not own and not address:
        return None
    lang = _text(raw, "lang", 35) or source.lang
    return Item(
        id="f-" + hash_of(source.outlet.casefold(), guid or canonical or title_key(title), size=12),
        title_id="f-" + hash_of(source.outlet.casefold(), title_key(title), size=12),
        title=title, url=url, own=own, address=address, status=status, published=published, missing=missing,
        revision=hash_of(_said(title), _said(words), size=6),
        fields=_fields(raw, source, title=title, text=entered, url=url, lang=lang, published=iso(published)),
    )  # fmt: skip


def _said(words: str) -> str:
    """What two tellings of one wording share. -$0.31 and $0.31 are two, as are 10 euros and 10 dollars."""
    return title_key(_SIGN.sub(lambda found: f" sign{ord(found[0]):x} ", words))


def _fields(raw: RawArticle, source: Source, **told: Any) -> dict[str, Any]:
    kept = {k: v for k, v in told.items() if v}
    tickers = raw.get("tickers")
    if isinstance(tickers, list | tuple):
        named = [t.strip()[: limits.TICKER_CHARS] for t in tickers if isinstance(t, str) and t.strip()]
        kept |= {"tickers": named[: limits.GIVEN_TICKERS]} if named else {}
    return kept | {"source": source.outlet, "feed": source.name}


def _text(raw: RawArticle, name: str, most: int) -> str:
    value = raw.get(name)
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return ""
    return value[:most].encode("utf-8", "replace").decode()  # half a surrogate pair is no character


def _address(link: str, base: str) -> str:
    """An absolute web address, or nothing."""
    try:
        url = urljoin(base, link.strip()) if link.strip() else ""
        return url if urlsplit(url).scheme in ("http", "https") and len(url) <= limits.URL_CHARS else ""
    except ValueError:
        return ""


def _is_page(url: str) -> bool:
    """Whether an address can be one article's own; a front page is everybody's."""
    parts = urlsplit(url)
    return parts.path not in ("", "/") or bool(parts.query)


def published_of(value: Any, zone: str) -> Millis | None:
    """When it says it was published; None for what nobody can read. Without a zone, `zone` is meant."""
    try:
        return parse_time(value, latest=True, zone=ZoneInfo(zone))
    except (ValueError, ArithmeticError):
        return None


def missing_of(items: Iterable[Item]) -> dict[str, int]:
    """How many articles lack each field a reader would want."""
    counts = {"title": 0, "url": 0, "published": 0}
    for item in items:
        for name in item.missing:
            counts[name] += 1
    return counts
