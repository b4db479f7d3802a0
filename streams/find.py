"""Finding an article in a file or in the archive topic, with what came before it; and what the ledger says of it."""

from __future__ import annotations

from collections import deque
from pathlib import Path

import orjson

from streams.flow import normalised
from streams.ledger import Ledger
from streams.names import Names
from streams.records import Article, Origin
from streams.replay.source import FileSource, Source
from streams.replay.stretch import Bound, TopicSource, bound
from streams.settings import Settings
from streams.stages.decode import field_text
from streams.stories.thresholds import KEPT
from streams.text import plain
from streams.times import WallClock, iso
from streams.topics import TopicReader
from streams.why import asked_for
from streams.wire import decode_decision


async def until_found(what: str, file: Path | None, start: str | None, settings: Settings) -> list[Article]:
    """The newest article that is asked for, after those of the story window before it; empty when there is none."""
    what = what.strip()
    same = asked_for(what)
    before: deque[Article] = deque()
    found: list[Article] = []
    source = await _source(file, start, settings)
    async for batch in source.batches(500):
        for article in batch:
            before.append(article)
            while before[0].seen < article.seen - KEPT:
                before.popleft()
            if (named := await _named(article, what)) and same(*named):
                found = list(before)
    return found


async def _source(file: Path | None, start: str | None, settings: Settings) -> Source:
    if file:
        return FileSource(file)
    topic = Names(settings.prefix).articles
    return await TopicSource.between(settings.cluster, topic, bound(start, WallClock().now()), Bound())


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
    """What the live run decided on the record at this place."""
    ledger = Ledger()
    async with TopicReader(settings.cluster) as reader:
        async for decisions in reader.decoded(await reader.ranges(Names(settings.prefix).decisions), decode_decision):
            ledger.add(d for d in decisions if d.origin == origin)
    words = [
        f"    {d.watch or 'every watch'}: {d.reason.value}: {d.detail} ({iso(d.decided)})"
        for d in ledger.newest.values()
    ]
    return ["", "the ledger (what the live run decided)", *(words or ["    nothing yet"])]
