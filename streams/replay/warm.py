"""Filling an empty story memory again from the articles topic and the ledger, so that losing Redis loses no judgement.

Silent: nothing is published, no offset is moved. Only what the ledger says was decided is told to the memory, in the
order in which the live run took it: an article that the worker has yet to judge is left to the worker.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from streams.flow import Parts, read
from streams.kafka.cluster import Where
from streams.kafka.reader import Ranges, TopicReader
from streams.ports import Asks, StoryMemory
from streams.records import Article, Decision, Millis
from streams.replay.source import Source
from streams.stages.decide import asked_by, claim_of
from streams.stages.relate import Relate
from streams.stories import thresholds as at
from streams.wire import decode_decision

BATCH: Final = 256
SPAN: Final[Millis] = at.BACKSTOP
"""How far back a warm-up reads: past the window, because a story lives on as long as articles join it."""

Place = tuple[int, int]
"""Partition and offset of an article."""


@dataclass(slots=True)
class Past:
    """What the ledger says of one article that reached the story memory."""

    story: str
    claimed: dict[str, Asks] = field(default_factory=dict)  # the watches that asked, and what


@dataclass(slots=True)
class Warmed:
    """What a warm-up did. `elsewhere`: articles whose story has another id now, because it began before the stretch."""

    articles: int = 0
    claims: int = 0
    elsewhere: int = 0
    stories: set[str] = field(default_factory=set)


async def past(where: Where, decisions: str, since: Millis) -> dict[Place, Past]:
    """The articles seen since then that the ledger knows, and that reached the story memory. Raises `Away`."""
    found: dict[Place, Past] = {}
    async with TopicReader(where) as reader:
        written = await reader.since(await reader.ranges(decisions), since)  # after its article was seen
        async for said in reader.decoded(written, decode_decision):
            for decision in said:
                enter(found, decision, since)
    return found


def enter(found: dict[Place, Past], decision: Decision, since: Millis) -> None:
    """What one record of the ledger adds."""
    if not decision.story_id or decision.seen < since:
        return
    known = found.setdefault((decision.origin.partition, decision.origin.offset), Past(decision.story_id))
    if decision.claimed and decision.watch:
        known.claimed[decision.watch] = asked_by(decision)


def held(topic: str, known: Mapping[Place, Past], kept: Ranges) -> dict[Place, Past]:
    """Those that the topic keeps still: retention takes articles before the ledger's last word on them."""
    none = 0, 0
    return {at: it for at, it in known.items() if at[1] in range(*kept.get((topic, at[0]), none))}


def stretch(topic: str, known: Mapping[Place, Past]) -> Ranges:
    """The offsets between which these articles lie."""
    offsets: dict[int, list[int]] = {}
    for partition, offset in known:
        offsets.setdefault(partition, []).append(offset)
    return {(topic, partition): (min(found), max(found) + 1) for partition, found in offsets.items()}


async def warm(parts: Parts, source: Source, known: Mapping[Place, Past]) -> AsyncIterator[Warmed]:
    """Tells the memory what it knew; yields the sums after each batch. A repeat is harmless. Raises `Away`."""
    done = Warmed()
    memory = await source.memory(parts.stories)
    async for batch in source.batches(BATCH):
        articles = await _related(parts, memory, [a for a in batch if place_in(a) in known])
        claims = [claim_of(a, w, asks) for a in articles for w, asks in sorted(known[place_in(a)].claimed.items())]
        await memory.claim(claims)
        done.articles += len(articles)
        done.claims += len(claims)
        for article in articles:
            if article.story:
                done.stories.add(article.story.id)
                done.elsewhere += article.story.id != known[place_in(article)].story
        yield done


async def _related(parts: Parts, memory: StoryMemory, articles: Sequence[Article]) -> list[Article]:
    """Those that can still be read, with their stories."""
    walk = await read(parts, articles)
    readable = [walk.at[i] for i in walk.going()]
    related = await Relate(memory)(readable) if readable else ()
    return [a for a in related if isinstance(a, Article)]


def place_in(article: Article) -> Place:
    """Where the article lies on its topic."""
    return article.origin.partition, article.origin.offset
