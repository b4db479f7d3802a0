"""Ingest in memory: killed at every await around the topic and the book, nothing is lost and nothing sent twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from typing import Any

import orjson
import pytest

from streams.ports import Clocked
from streams.records import Away
from streams.sources.base import Page, Source
from streams.sources.book import Forgotten, MemoryBook
from streams.sources.intake import Intake
from streams.sources.readback import remember
from streams.sources.registry import KINDS
from streams.sources.tape import KEYS, MemoryTape, Written
from streams.sources.writer import Writer
from tests.build import NOON

SOURCE = Source(name="wire", kind="feed", outlet="Wire", url="https://wire.example/rss")


class Killed(BaseException):
    """kill -9: nothing after it happens."""


class Dying:
    """A part that dies around the nth call of a method; what the call did stays done when it dies after."""

    def __init__(self, part: Any, method: str, nth: int, *, after: bool) -> None:
        self._part, self._method, self._left, self._after = part, method, nth, after

    def __getattr__(self, name: str) -> Any:
        whole = getattr(self._part, name)
        if name != self._method:
            return whole

        async def call(*args: Any, **kwargs: Any) -> Any:
            self._left -= 1
            if self._left == 0 and not self._after:
                raise Killed
            answer = await whole(*args, **kwargs)
            if self._left == 0:
                raise Killed
            return answer

        return call


def page(*numbers: int, say: str = "Headline") -> Page:
    """A feed with these items."""
    items = "".join(
        f"<item><title>{say} {n}</title><guid>{n}</guid><link>https://wire.example/{n}</link></item>" for n in numbers
    )
    return Page(body=f"<rss><channel>{items}</channel></rss>".encode(), seen=NOON, url=SOURCE.url)


async def life(book: Any, tape: Any, *pages: Page) -> None:
    """One process: it takes the pages, or dies on the way, also before there is one."""
    writer = Writer(book=book, tape=tape, clock=Clocked([NOON]), settle=0)
    take = Intake(KINDS, writer)

    async def bring() -> None:
        for one in pages:
            await take(SOURCE, one)

    parts = [asyncio.create_task(part) for part in (writer.run(), bring())]
    await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
    for part in parts:
        part.cancel()
    for fault in await asyncio.gather(*parts, return_exceptions=True):
        if isinstance(fault, BaseException) and not isinstance(fault, asyncio.CancelledError):
            raise fault


def told(tape: MemoryTape) -> Counter[tuple[str, str, str]]:
    """What the topic holds."""
    rows = [orjson.loads(r.value) for r in tape.records]
    return Counter((r["id"], r.get("status", "new"), r["title"]) for r in rows)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("method", ["known", "keep", "mark", "marks", "write", "ends"])
async def test_killed_anywhere_nothing_is_lost_or_sent_twice(method: str, when: str) -> None:
    """Each life dies at the next call of the method; the last one lives."""
    book, tape = MemoryBook(), MemoryTape()
    pages = [page(1, 2, 3), page(2, 3, 4), page(3, 4, 5, say="Changed"), page(4, 5, 6, say="Changed")]
    for nth in range(1, 5):
        dying_book: Any = Dying(book, method, nth, after=when == "after")
        dying_tape: Any = Dying(tape, method, nth, after=when == "after")
        with suppress(Killed, Away):
            await life(dying_book, dying_tape, *pages[:nth])
    await life(book, tape, *pages)
    assert set(told(tape).values()) == {1}
    assert Counter(status for _, status, _ in told(tape)) == {"new": 6, "update": 2}
    assert {t for *_, t in told(tape)} >= {"Headline 1", "Headline 2", "Changed 3", "Changed 5", "Changed 6"}


async def test_kafka_that_wrote_and_did_not_say_so_doubles_nothing() -> None:
    """The same process goes on: it reads back what arrived before it writes again."""

    class Deaf(MemoryTape):
        async def write(self, records: Any) -> None:
            self.records.extend(records)
            if len(self.records) == len(records):
                raise Away("no answer")

    book, tape = MemoryBook(), Deaf()
    writer = Writer(book=book, tape=tape, clock=Clocked([NOON]), settle=0)
    running = asyncio.create_task(writer.run())
    take = Intake(KINDS, writer)
    with pytest.raises(Away):
        await take(SOURCE, page(1, 2))
    assert (await take(SOURCE, page(1, 2, 3))).new == 1
    running.cancel()
    assert set(told(tape).values()) == {1}


async def test_a_book_that_lost_everything_is_read_back_from_the_topic() -> None:
    """A flush of Redis under a running ingest: the next page waits for the read, nothing is sent again."""
    book, tape = MemoryBook(), MemoryTape()
    writer = Writer(book=book, tape=tape, clock=Clocked([NOON]), settle=0)
    running = asyncio.create_task(writer.run())
    take = Intake(KINDS, writer)
    await take(SOURCE, page(1, 2))
    await take(SOURCE, page(2, say="Changed"))
    book.sent.clear()
    book.marked.clear()
    with pytest.raises(Forgotten):
        await take(SOURCE, page(1, 2, 3))
    assert (await take(SOURCE, page(1, 3))).new == 1
    assert (await take(SOURCE, page(2, say="Changed"))).sent == 0
    running.cancel()
    assert set(told(tape).values()) == {1}


async def test_many_pages_at_once_are_one_round() -> None:
    """Sections of one outlet list the same article at the same moment: it enters once."""
    book, tape = MemoryBook(), MemoryTape()
    writer = Writer(book=book, tape=tape, clock=Clocked([NOON]), settle=0)
    running = asyncio.create_task(writer.run())
    take = Intake(KINDS, writer)
    taken = await asyncio.gather(*(take(SOURCE, page(1, 2, n)) for n in range(1, 50)))
    running.cancel()
    assert sum(t.new for t in taken) == len(tape.records) == 49


@pytest.mark.parametrize(
    "value", [b"", b"junk", b"[]", b"{}", b'{"source": 1, "id": [], "title": {}}', b'{"source": "Wire"}']
)
async def test_a_stranger_who_writes_our_header_stops_nobody(value: bytes) -> None:
    """What is read back after a crash may be anybody's: what is not as we write it is passed over."""
    tape, book = MemoryTape(), MemoryBook()
    forged = Written(key=b"", value=value, headers={KEYS: b"r \xff"}, timestamp=NOON)
    mine = Written(
        key=b"f",
        value=b'{"source": "Wire", "id": "f", "title": "Harbour opens"}',
        headers={KEYS: b"r g1"},
        timestamp=NOON,
    )
    await tape.write([forged, mine, forged])
    assert await remember(book, tape.records, NOON) == 1
    assert set(await book.known("Wire", ["g1"], NOON, begun=False)) == {"g1"}
