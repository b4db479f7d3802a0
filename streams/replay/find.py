"""Finding an article in a file or in the archive topic, with what came before it; and what the ledger says of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import orjson

from streams.basics.text import plain
from streams.basics.times import WallClock
from streams.flow import normalised
from streams.kafka.bounds import Bound, bound
from streams.kafka.reader import TopicReader
from streams.ledger.sums import Ledger
from streams.ledger.topic import decided
from streams.ledger.why import asked_for
from streams.names import Names
from streams.records import Article, Millis
from streams.replay.followed import FollowedSource
from streams.replay.source import FileSource, Source
from streams.replay.topic_source import TopicSource
from streams.replay.warm import past, place_in
from streams.settings.record import Settings
from streams.stages.decode import field_text
from streams.stories.thresholds import KEPT


@dataclass(frozen=True, slots=True)
class Sighting:
    """The newest article that is asked for, the last of `context`: before it stand those of its story window."""

    context: list[Article]  # empty when there is none
    others: int = 0  # further articles that are asked for just as well


async def until_found(what: str, file: Path | None, start: str | None, settings: Settings) -> Sighting:
    """Looks for an article by id, url or words of its headline.

    Of a topic, the context is what reached the story memory before it, in the order of the live run, as the ledger
    says; all in the order of time where it says nothing.
    """
    if file:
        return await _in_file(what.strip(), FileSource(file))
    return await _on_topic(what.strip(), start, settings)


async def _in_file(what: str, source: Source) -> Sighting:
    same = asked_for(what)
    before: deque[Article] = deque()
    found: list[Article] = []
    matching: set[tuple[str, str, str]] = set()
    async for batch in source.batches(500):
        for article in batch:
            before.append(article)
            while before[0].seen < article.seen - KEPT:
                before.popleft()
            if (named := await _named(article, what)) and same(*named):
                found = list(before)
                matching.add(named)
    return Sighting(found, max(0, len(matching) - 1))


async def _on_topic(what: str, start: str | None, settings: Settings) -> Sighting:
    same, names = asked_for(what), Names(settings.prefix)
    whole = await TopicSource.between(settings.cluster, names.articles, bound(start, WallClock().now()), Bound())
    found: Article | None = None
    matching: set[tuple[str, str, str]] = set()
    window: dict[int, int] = {}
    passed: deque[tuple[Millis, dict[int, int]]] = deque()  # batches: when the first was seen, first offsets
    async for batch in whole.batches(500):
        passed.append((batch[0].seen, _first_offsets(batch)))
        while len(passed) > 1 and passed[1][0] < batch[0].seen - KEPT:
            passed.popleft()
        for article in batch:
            if (named := await _named(article, what)) and same(*named):
                found, window = article, dict(item for _, first in reversed(passed) for item in first.items())
                matching.add(named)
    if found is None:
        return Sighting([])
    ranges = {(topic, p): (window[p], end) for (topic, p), (_, end) in whole.ranges.items() if p in window}
    before = await _before(found, replace(whole, ranges=ranges), names, settings)
    return Sighting([*before, found], len(matching) - 1)


def _first_offsets(batch: Sequence[Article]) -> dict[int, int]:
    return {a.origin.partition: a.origin.offset for a in reversed(batch)}


async def _before(found: Article, window: TopicSource, names: Names, settings: Settings) -> list[Article]:
    """Two days of a busy wire are more than a process can hold; what ended before the memory tells no story."""
    known = await past(settings.cluster, names.decisions, found.seen - KEPT)
    followed = FollowedSource(window, names.decisions)
    before: list[Article] = []
    async for batch in (followed if await followed.told() else window).batches(500):
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


async def ledger_of(settings: Settings, article: Article) -> Ledger:
    """What the live run decided on this record, and what became of its alerts. Raises `Away`."""
    at = article.origin
    asked = {(at.topic, at.partition): (at.offset, at.offset + 1)}
    async with TopicReader(settings.cluster) as reader:
        return await decided(reader, Names(settings.prefix).decisions, asked, article.seen)
