"""The writer: sift, publish, remember, in the only order that loses nothing and doubles nothing.

One writer per process takes what all sources bring, many pages at once. The book is told only after Kafka
acknowledged; after a crash, or when Kafka's answer stayed away, the topic is read from the last mark before
anything more is sent, so what did arrive is known.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import orjson

from streams.basics.times import SECOND
from streams.ports import Clock
from streams.records import Away, Millis, Status
from streams.sources.base import Taken
from streams.sources.book import GENERATION, Kept, SourceBook
from streams.sources.items import Item
from streams.sources.readback import remember
from streams.sources.sift import Sending, Sifted, sift
from streams.sources.tape import KEYS, Tape, Written

log = logging.getLogger(__name__)

_AT_ONCE = 2_000
"""Articles in one round."""
SETTLE: Millis = 2 * SECOND
"""After a crash or a silence of Kafka: how long what was on its way may take to lie on the topic."""
_MARKED_EVERY: Millis = 30 * SECOND
_AGAIN: Millis = 5 * SECOND
"""While the world is away and nobody brings anything, it is looked at so often."""
_DOUBTED: Millis = 60 * SECOND
"""For so long after Kafka took nothing only a write shows that it does again; whoever was told so comes back sooner."""


@dataclass(slots=True)
class _Waiting:
    outlet: str
    items: Sequence[Item]
    seen: Millis
    done: asyncio.Future[Taken]


@dataclass(slots=True, kw_only=True)
class Writer:
    """`enter` may be called by any number of tasks at once while `run` runs."""

    book: SourceBook
    tape: Tape
    clock: Clock
    owner: str = "ingest"
    settle: Millis = SETTLE
    _away: str = ""  # what of the world was away at the last round
    _refused: Millis = 0  # when Kafka took nothing, and has taken nothing since
    _waiting: asyncio.Queue[_Waiting] = field(default_factory=lambda: asyncio.Queue(1_000))
    _sure: bool = False  # whether the book holds everything of ours that lies on the topic
    _marked: Millis = 0

    @property
    def holding(self) -> str:
        """Why nothing is written now; "" while whatever comes would be."""
        return self._away or ("" if self._sure else "Kafka: what was written before is read back")

    async def enter(self, outlet: str, items: Sequence[Item], seen: Millis) -> Taken:
        """Done when all that is new is acknowledged and remembered. Raises `Away`: then enter the same again."""
        if not items:
            return Taken()
        waiting = _Waiting(outlet, items, seen, asyncio.get_running_loop().create_future())
        await self._waiting.put(waiting)
        return await waiting.done

    async def run(self) -> None:
        """For ever. While the world is away, those who wait are told so; whether it is shows without any, too."""
        batch: list[_Waiting] = []
        while True:
            try:
                taken = await self._round(batch)
            except Away as away:
                self._sure = False  # some of it may lie on the topic
                self._note(str(away))
                _tell(batch, away)
            except BaseException as fault:
                _tell(batch, fault if isinstance(fault, Exception) else Away("stopping"))
                raise
            else:
                if self.clock.now() - self._refused >= _DOUBTED:  # a topic that refuses can be read all the same
                    self._note("")
                for waiting, one in zip(batch, taken, strict=True):
                    if not waiting.done.done():
                        waiting.done.set_result(one)
            batch = await self._gathered()

    def _note(self, away: str) -> None:
        if bool(away) != bool(self._away):
            log.warning("holding: %s" if away else "going on after %s", away or self._away)
        self._away = away

    async def _gathered(self) -> list[_Waiting]:
        """Who waits; nobody, when nobody came for a while."""
        try:
            async with asyncio.timeout((_AGAIN if self._away else _MARKED_EVERY) / SECOND):
                batch = [await self._waiting.get()]
        except TimeoutError:
            return []
        count = len(batch[0].items)
        while count < _AT_ONCE and not self._waiting.empty():
            batch.append(self._waiting.get_nowait())
            count += len(batch[-1].items)
        return batch

    async def _round(self, batch: Sequence[_Waiting]) -> list[Taken]:
        await self._be_sure()
        outlets: dict[str, dict[str, Kept]] = {}
        now = self.clock.now()
        asked: dict[str, list[str]] = defaultdict(list)
        for waiting in batch:
            asked[waiting.outlet] += [k for item in waiting.items for k in (*item.keys, item.by_title)]
        for outlet, keys in asked.items():
            outlets[outlet] = dict(await self.book.known(outlet, keys, now))
        sifted = [sift(waiting.items, outlets[waiting.outlet]) for waiting in batch]
        records = [written(s, w.seen) for w, one in zip(batch, sifted, strict=True) for s in one.sending]
        if records:
            await self._write(records)
        for waiting, one in zip(batch, sifted, strict=True):
            if one.kept:
                await self.book.keep(waiting.outlet, one.kept, now)
        return [_taken(one) for one in sifted]

    async def _write(self, records: Sequence[Written]) -> None:
        try:
            await self.tape.write(records)
        except Away:
            self._refused = self.clock.now()
            raise
        self._refused = 0

    async def _be_sure(self) -> None:
        now = self.clock.now()
        if self._sure and now - self._marked < _MARKED_EVERY:
            return
        if not self._sure:
            await self._catch_up()
        ends = await self.tape.ends()  # nothing of ours is on its way now
        await self.book.mark(self.owner, ends)
        self._sure, self._marked = True, now

    async def _catch_up(self) -> None:
        """Read what lies on the topic beyond the last mark, and keep it."""
        marks = await self.book.marks(self.owner)
        await asyncio.sleep(self.settle / SECOND)
        count = 0
        now = self.clock.now()
        async for records in self.tape.since(marks, now - GENERATION):
            count += await remember(self.book, records, now)
        if count:
            log.info("%d articles read back from the topic", count)


def written(sending: Sending, seen: Millis) -> Written:
    """The record of an article."""
    keys = " ".join((sending.revision, *sending.keys)).encode()
    return Written(
        key=str(sending.fields["id"]).encode(), value=orjson.dumps(sending.fields), headers={KEYS: keys}, timestamp=seen
    )


def _taken(one: Sifted) -> Taken:
    counts = Counter(sending.status for sending in one.sending)
    return Taken(
        new=counts[Status.NEW],
        updated=counts[Status.UPDATE] + counts[Status.CORRECTION],
        removed=counts[Status.REMOVED],
        known=one.known,
        arrived=tuple(s.published for s in one.sending if s.status is Status.NEW),
    )


def _tell(batch: Sequence[_Waiting], fault: Exception) -> None:
    for waiting in batch:
        if not waiting.done.done():
            waiting.done.set_exception(fault)
