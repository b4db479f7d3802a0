"""Finding an article in a file or in the archive topic, with what came before it; and what the ledger says of it."""

from __future__ import annotations

from collections import deque
from pathlib import Path

import orjson

from streams.flow import normalised
from streams.names import Names
from streams.records import Article, Origin
from streams.replay.source import FileSource, Source
from streams.replay.stretch import TopicSource, bound
from streams.settings import Settings
from streams.stages.decode import field_text
from streams.stories.thresholds import KEPT
from streams.times import WallClock, iso
from streams.topics import TopicReader
from streams.why import asked_for
from streams.wire import Unreadable, decode_decision


async def until_found(what: str, file: Path | None, start: str | None, settings: Settings) -> list[Article]:
    """The newest article that is asked for, after those of the story window before it; empty when there is none."""
    same = asked_for(what)
    before: deque[Article] = deque()
    found: list[Article] = []
    async for batch in _source(file, start, settings).batches(500):
        for article in batch:
            before.append(article)
            while before[0].seen < article.seen - KEPT:
                before.popleft()
            if (named := await _named(article, what)) and same(*named):
                found = list(before)
    return found


def _source(file: Path | None, start: str | None, settings: Settings) -> Source:
    if file:
        return FileSource(file)
    now = WallClock().now()
    topic = Names(settings.prefix).articles
    return TopicSource(bootstrap=settings.cluster, topic=topic, start=bound(start, now), end=bound(None, now))


async def _named(article: Article, what: str) -> tuple[str, str, str] | None:
    """Id, url and title as the flow reads them; a derived id costs a decode, so only what looks like one gets it."""
    try:
        data = orjson.loads(article.raw)
        said = field_text(data, "id"), field_text(data, "url"), field_text(data, "title")
    except (orjson.JSONDecodeError, AttributeError):
        return ("", "", "") if str(article.origin) == what else None
    if said[0] or what[:2] not in ("u-", "t-", "i-"):
        return (what if str(article.origin) == what else said[0]), said[1], said[2]
    found = await normalised([article])
    return (found[0].id, said[1], said[2]) if found else None


async def ledger_lines(settings: Settings, origin: Origin) -> list[str]:
    """What the live run decided on the record at this place."""
    found: dict[str, str] = {}
    async with TopicReader(settings.cluster) as reader:
        async for records in reader.read(await reader.ranges(Names(settings.prefix).decisions)):
            for record in records:
                try:
                    decision = decode_decision(record.value)
                except Unreadable:
                    continue
                if decision.origin == origin:
                    watch = decision.watch or "every watch"
                    found[watch] = f"{decision.reason.value}: {decision.detail} ({iso(decision.decided)})"
    words = [f"    {watch}: {said}" for watch, said in found.items()] or ["    nothing yet"]
    return ["", "the ledger (what the live run decided)", *words]
