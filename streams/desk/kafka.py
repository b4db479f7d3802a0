"""The desk on Kafka: the feedback topic read and followed, and the ledger's last pages searched. Writes nothing.

Joins no group and commits nothing: every process reads the whole topic, which holds clicks and is small.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from streams.desk.changing import ChangingDesk
from streams.desk.feedback import GRACE, Feedback, decode_feedback
from streams.kafka.cluster import Where
from streams.kafka.reader import Forgotten, Ranges, TopicReader
from streams.ledger.sums import Ledger
from streams.ledger.topic import read_entries
from streams.ledger.why import asked_for
from streams.ports import Clock
from streams.records import Away, Decision, Millis, Receipt

log = logging.getLogger(__name__)

_EVERY_S: Final = 0.5
_SEARCHED: Final = 5_000  # decisions of each partition, newest last


@dataclass(slots=True)
class Follower:
    """Keeps a desk up to date with its topic. `fresh` says whether it may be judged by."""

    where: Where
    topic: str
    desk: ChangingDesk
    clock: Clock
    as_of: Millis = 0  # everything recorded before is folded in
    _next: dict[tuple[str, int], int] = field(default_factory=dict)
    _begun: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Follow for ever, through every outage."""
        while True:
            try:
                async with TopicReader(self.where) as reader:
                    while True:
                        await self.look(reader)
                        await asyncio.sleep(_EVERY_S)
            except (Away, OSError, Forgotten) as fault:
                log.warning("the desk cannot be followed now: %s", fault)
                await asyncio.sleep(2 * _EVERY_S)

    async def look(self, reader: TopicReader) -> None:
        """Fold in what is new. Raises what Kafka raises."""
        now = self.clock.now()
        ranges = await reader.ranges(self.topic)
        spans = {tp: (max(first, self._next.get(tp, 0)), end) for tp, (first, end) in ranges.items()}
        new: Ranges = {tp: (first, end) for tp, (first, end) in spans.items() if first < end}
        if new:
            async for feedbacks in reader.decoded(new, decode_feedback):
                self.desk.add(feedbacks)
        self._next = {tp: end for tp, (_, end) in ranges.items()}
        self.as_of = now
        self._begun.set()

    async def begun(self) -> None:
        """Wait until the desk was read once, however long that takes."""
        await self._begun.wait()

    async def fresh(self, seen: Millis) -> None:
        """Wait until an article seen at this time may be judged; raises `Away` when that does not come."""
        for _ in range(20):
            if not (behind := self.behind(seen)):
                return
            await asyncio.sleep(_EVERY_S / 5)
        raise Away(behind)

    def behind(self, seen: Millis) -> str:
        """Why an article seen at this time may not be judged yet; "" when it may."""
        if self.as_of + GRACE // 2 > min(seen, self.clock.now()):  # the other half a record may be on its way
            return ""
        return "Kafka: the desk is not up to date"


async def read_feedback(where: Where, topic: str) -> list[Feedback]:
    """Every click on record, each once, in the order of their times. Raises `Away`."""
    found: dict[str, Feedback] = {}
    async with TopicReader(where) as reader:
        async for feedbacks in reader.decoded(await reader.ranges(topic), decode_feedback):
            for feedback in feedbacks:
                found.setdefault(feedback.id, feedback)
    return sorted(found.values(), key=lambda f: (f.at, f.id))


@dataclass(frozen=True, slots=True)
class LedgerSearch:
    """Looks for an article among the newest decisions."""

    where: Where
    topic: str

    async def __call__(self, asked: str) -> Sequence[Decision]:
        """What was decided on the newest article with this id or these words in its headline. Raises `Away`."""
        same = asked_for(asked)
        ledger = Ledger()
        try:
            async with asyncio.timeout(20), TopicReader(self.where) as reader:
                ranges = await reader.ranges(self.topic)
                last: Ranges = {tp: (max(first, end - _SEARCHED), end) for tp, (first, end) in ranges.items()}
                async for entries in read_entries(reader, last):
                    ledger.add(e for e in entries if isinstance(e, Receipt) or same(e.article_id, "", e.title))
        except OSError as fault:
            raise Away(f"Kafka: {fault!r}") from None
        found = ledger.decisions()
        newest = max(found, key=lambda d: d.seen, default=None)
        return [d for d in found if newest and d.origin == newest.origin]
