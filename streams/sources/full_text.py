"""Full text for a feed that gives only teasers: the article's own page, fetched as safely as the feed, and its words.

Off unless the source says so, and only where the host's robots.txt allows it. Bounded in pages, bytes and time;
whatever fails leaves the article as the feed told it.
What the feed says stays what an article is known by, so a page that reads otherwise tomorrow is no update.
"""

from __future__ import annotations

import asyncio
import html
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from typing import Final

from streams.basics import limits
from streams.basics.text import accents, plain
from streams.basics.times import SECOND
from streams.records import Millis, Status
from streams.sources.base import Source
from streams.sources.book import Entry, SourceBook
from streams.sources.charset import text_of
from streams.sources.items import Item
from streams.sources.robots import Robots
from streams.sources.table import Table
from streams.sources.web import Unreached, Unsafe, Web

log = logging.getLogger(__name__)

OPTION: Final = "full_text"
_GOOD: Final = 200
_PAGES: Final = frozenset({"text/html", "application/xhtml+xml"})


def option(table: Table) -> bool:
    """Whether the source asks for it; a fault when what reads pages is not installed."""
    asked = table.flag(OPTION)
    if asked and not all(find_spec(part) for part in ("trafilatura", "protego")):
        table.fault(OPTION, "needs a part that is not installed: pip install 'tapewire[fulltext]'")
    return asked


def words_of_page(page: str) -> str:
    """The article's words on its page; "" when there are none. Pure."""
    # its time grows with their square; of accents it sorts in one breath, and holds up everybody
    if page.count("<") > limits.FULL_TEXT_TAGS or accents(page) > limits.FULL_TEXT_ACCENTS:
        return ""
    import trafilatura  # noqa: PLC0415 - an optional part, and a heavy one

    found = trafilatura.extract(page, include_comments=False, include_tables=False, favor_precision=True)
    return (found or "")[: limits.TEXT_CHARS]


@dataclass(slots=True, kw_only=True)
class FullText:
    """Fills in the texts of new articles. `extract` runs beside the event loop: one that hangs holds one thread."""

    web: Web
    book: SourceBook
    extract: Callable[[str], str] = words_of_page
    _beside: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(2, "full-text"))
    _robots: Robots = field(init=False)
    _found: dict[tuple[str, str], str] = field(default_factory=dict)  # by address and telling

    def __post_init__(self) -> None:
        """Hosts are asked through the same web."""
        self._robots = Robots(web=self.web, beside=self._beside)

    async def __call__(self, source: Source, items: Sequence[Item], now: Millis) -> list[Item]:
        """The same items, some with more text. Raises `Away`."""
        keys = [key for item in items for key in item.keys]
        kept = await self.book.known(source.outlet, keys, now, begun=False)
        known = {r for entry in kept.values() if isinstance(entry, Entry) for r in entry.revisions}
        wanted = [
            n for n, i in enumerate(items) if i.url and i.status is not Status.REMOVED and i.revision not in known
        ]
        filled = list(items)
        asked = {n: asyncio.create_task(self._once(items[n], now)) for n in wanted[-limits.FULL_TEXTS_A_PAGE :]}
        try:
            if asked:
                await asyncio.wait(asked.values(), timeout=limits.FULL_TEXT_MS / SECOND)
        finally:  # also when the source is no longer wanted
            for task in asked.values():
                task.cancel()
            await asyncio.gather(*asked.values(), return_exceptions=True)
        for n, task in asked.items():
            text = "" if task.cancelled() else task.result()
            if len(text) >= max(_GOOD, len(plain(str(items[n].fields.get("text", ""))))):
                # As text, not as markup: the page's words may speak of <tags>.
                filled[n] = replace(items[n], fields=items[n].fields | {"text": html.escape(text, quote=False)})
        return filled

    async def _once(self, item: Item, now: Millis) -> str:
        """Asked for once: while Kafka is away a page is brought again every second, and each has ten to ask for."""
        key = item.url, item.revision
        if key in self._found:
            return self._found[key]
        text = await self._text(item, now)
        if len(self._found) >= limits.FULL_TEXTS_KEPT:
            del self._found[next(iter(self._found))]
        self._found[key] = text
        return text

    async def _text(self, item: Item, now: Millis) -> str:
        try:
            if not await self._robots.allow(item.url, now):
                log.debug("full text of %s: its host's robots.txt forbids it", item.url)
                return ""
            got = await self.web.get(item.url, {"accept": ", ".join(sorted(_PAGES))})  # no key of the feed's goes along
            media = got.headers.get("content-type", "")
            if got.status != 200 or len(got.body) > limits.FULL_TEXT_BYTES:  # noqa: PLR2004 - as HTTP has it
                return ""
            if media.partition(";")[0].strip().lower() not in _PAGES:
                return ""
            page = text_of(got.body, media)
            return await asyncio.get_running_loop().run_in_executor(self._beside, self.extract, page)
        except (Unsafe, Unreached) as fault:
            log.debug("full text of %s: %s", item.url, fault)
        except Exception as fault:  # noqa: BLE001 - a reader of strangers' pages may fail in any way
            log.info("full text of %s: %r", item.url, fault)
        return ""

    def close(self) -> None:
        """Wait for nobody."""
        self._beside.shutdown(wait=False, cancel_futures=True)
