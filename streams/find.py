"""Finding an article in a file or in the archive topic, with what came before it; and what the ledger says of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import orjson

from streams.flow import normalised
from streams.kafka.reader import TopicReader
from streams.ledger import Ledger
from streams.ledger_topic import read_entries
from streams.names import Names
from streams.records import Article, Millis, Origin, Receipt
from streams.replay.source import FileSource, Source
from streams.replay.stretch import Bound, TopicSource, bound
from streams.settings import Settings
from streams.stages.decode import field_text
from streams.stories.thresholds import KEPT
from streams.text import plain
from streams.times import WallClock
from streams.warm import past, place_in
from streams.why import asked_for, recorded


async def until_found(what: str, file: Path | None, start: str | None, settings: Settings) -> list[Article]:
    """The newest article that is asked for, after those of the story window before it; empty when there is none.

    Of a topic only those before it that reached the story memory, as the ledger says; all where it says nothing.
    """
    if file:
        return await _in_file(what.strip(), FileSource(file))
    return await _on_topic(what.strip(), start, settings)


async def _in_file(what: str, source: Source) -> list[Article]:
    same = asked_for(what)
    before: deque[Article] = deque()
    found: list[Article] = []
    async for batch in source.batches(500):
        for article in batch:
            before.append(article)
            while before[0].seen < article.seen - KEPT:
                before.popleft()
            if (named := await _named(article, what)) and same(*named):
                found = list(before)
    return found


async def _on_topic(what: str, start: str | None, settings: Settings) -> list[Article]:
    same, names = asked_for(what), Names(settings.prefix)
    whole = await TopicSource.between(settings.cluster, names.articles, bound(start, WallClock().now()), Bound())
    found: Article | None = None
    window: dict[int, int] = {}
    passed: deque[tuple[Millis, dict[int, int]]] = deque()  # batches: when the first was seen, first offsets
    async for batch in whole.batches(500):
        passed.append((batch[0].seen, _first_offsets(batch)))
        while len(passed) > 1 and passed[1][0] < batch[0].seen - KEPT:
            passed.popleft()
        for article in batch:
            if (named := await _named(article, what)) and same(*named):
                found, window = article, dict(item for _, first in reversed(passed) for item in first.items())
    if found is None:
        return []
    ranges = {(topic, p): (window[p], end) for (topic, p), (_, end) in whole.ranges.items() if p in window}
    return [*await _before(found, replace(whole, ranges=ranges), names, settings), found]


def _first_offsets(batch: Sequence[Article]) -> dict[int, int]:
    return {a.origin.partition: a.origin.offset for a in reversed(batch)}


async def _before(found: Article, window: TopicSource, names: Names, settings: Settings) -> list[Article]:
    """Two days of a busy wire are more than a process can hold; what ended before the memory tells no story."""
    known = await past(settings.cluster, names.decisions, found.seen - KEPT)
    before: list[Article] = []
    async for batch in window.batches(500):
        for article in batch:
            if article.origin == found.origin:
                return before
            if not known or place_in(article) in known:
                before.append(article)
    return before


async def _named(article: Article, what: str) -> tuple[str, str, str] | None:
    """Id, url and title as the flow reads them; a derived id costs a decode, so only what looks like one gets it."""
    try:
        data = orjson.loads(article.raw)
        said = field_text(data, "id").strip(), field_text(data, "url"), plain(field_text(data, "title"))
    except (orjson.JSONDecodeError, AttributeError):
        return ("", "", "") if str(article.origin) == what else None
    if said[0] or what[:2] not in ("u-", "t-", "i-"):
        return (what if str(article.origin) == what else said[0]), said[1], said[2]
    found = await normalised([article])
    return (found[0].id, said[1], said[2]) if found else None


async def ledger_lines(settings: Settings, origin: Origin) -> list[str]:
    """What the live run decided on the record at this place, and what became of its alerts."""
    ledger = Ledger()
    async with TopicReader(settings.cluster) as reader:
        async for entries in read_entries(reader, await reader.ranges(Names(settings.prefix).decisions)):
            ledger.add(e for e in entries if isinstance(e, Receipt) or e.origin == origin)
    return recorded(ledger)
