"""One look at a source: what came, what would enter, what is missing. Writes nothing anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from streams.basics.limits import ARTICLES_A_PAGE
from streams.basics.times import WallClock, iso
from streams.sources.assemble import web_of
from streams.sources.base import NotRead, Page, Source, World
from streams.sources.book import MemoryBook
from streams.sources.items import items_of, missing_of
from streams.sources.poll import Failed
from streams.sources.registry import KINDS
from streams.sources.settings import Sources
from streams.sources.sift import sift

_SHOWN: Final = 5
_EMPTY: Final[Mapping[str, Any]] = {"fault": "", "listed": 0, "newest": [], "missing": {}, "faults": []}


async def trial(source: Source, sources: Sources) -> dict[str, Any]:
    """Fetch, parse and sift as ingest would, into a book that is thrown away."""
    look = KINDS[source.kind].look
    found: dict[str, Any] = {"source": source.name, "kind": source.kind, "url": source.url, **_EMPTY}
    if look is None:
        return found | {"fault": f"kind {source.kind} is not asked: it is sent to"}
    clock, web = WallClock(), web_of(sources)
    began = clock.now()
    try:
        page = await look(source, World(clock=clock, web=web, book=MemoryBook()))
    except Failed as fault:
        return found | {"fault": str(fault)}
    finally:
        await web.close()
    took = {"bytes": len(page.body), "media": page.media, "milliseconds": page.seen - began, "url": page.url}
    return found | took | read(source, page)


def read(source: Source, page: Page) -> dict[str, Any]:
    """What a page gives. Pure."""
    try:
        reading = KINDS[source.kind].parse(page, source)
    except NotRead as fault:
        return {"fault": f"the page {fault}"}
    items, empty = items_of(reading.articles[:ARTICLES_A_PAGE], source, page)
    sending = sift(items, {}).sending
    dated = [i.published for i in items if i.published]
    return {
        "form": reading.form,
        "listed": len(reading.articles),
        "enter": len(sending),
        "empty": empty,
        "cut": reading.cut,
        "removed": sum(i.status == "removed" for i in items),
        "future": sum(p > page.seen for p in dated),
        "oldest": iso(min(dated, default=None)),
        "newest_date": iso(max(dated, default=None)),
        "missing": missing_of(items),
        "faults": list(reading.faults),
        "newest": [dict(s.fields) for s in sending[::-1][:_SHOWN]],
    }
