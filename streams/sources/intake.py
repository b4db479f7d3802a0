"""take: the way of every page, whoever brought it. parse · items · write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from streams.basics.limits import ARTICLES_A_PAGE
from streams.sources.base import Kind, NotRead, Page, Source, Taken
from streams.sources.full_text import OPTION, FullText
from streams.sources.items import items_of, missing_of
from streams.sources.writer import Writer


@dataclass(frozen=True, slots=True)
class Intake:
    """See `base.Take`."""

    kinds: Mapping[str, Kind]
    writer: Writer
    full_text: FullText | None = None

    async def __call__(self, source: Source, page: Page) -> Taken:
        """Enter a page. Raises `NotRead` and `Away`."""
        try:
            reading = self.kinds[source.kind].parse(page, source)
            items, empty = items_of(reading.articles[:ARTICLES_A_PAGE], source, page, ordered=reading.ordered)
        except NotRead:
            raise
        except Exception as fault:
            raise NotRead(f"cannot be read: {fault!r}"[:300]) from fault
        if self.full_text and source.options.get(OPTION):
            items = await self.full_text(source, items, page.seen)
        taken = await self.writer.enter(source.outlet, items, page.seen)
        cut = reading.cut + max(0, len(reading.articles) - ARTICLES_A_PAGE)
        return replace(
            taken, form=reading.form, listed=len(items) + empty, empty=empty, cut=cut, missing=missing_of(items),
            faults=reading.faults,
        )  # fmt: skip
