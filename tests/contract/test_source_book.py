"""Both source books keep the same promises."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from streams.basics.times import DAY
from streams.sources.book import Alias, Bookmark, Entry, Forgotten, MemoryBook, Shared, SourceBook
from streams.sources.redis_book import RedisBook
from tests.build import NOON

ENTRY = Entry(id="f-1", title="Harbour opens", url="https://a.example/1", count=2, revisions=("r1", "r2"))


@pytest.fixture(params=["memory", "redis"])
async def book(request: pytest.FixtureRequest) -> AsyncIterator[SourceBook]:
    """A begun book with room for six keys a generation."""
    if request.param == "memory":
        made: SourceBook = MemoryBook(most=6)
        await made.mark("ingest", {0: 0})
        yield made
        return
    redis = Redis.from_url(request.getfixturevalue("redis_url"))
    kept = RedisBook(redis, f"t{uuid4().hex[:8]}.sources", most=6)
    await kept.mark("ingest", {0: 0})
    yield kept
    await kept.close()


async def test_what_was_kept_is_known_under_each_of_its_keys(book: SourceBook) -> None:
    """An alias leads to the article; a shared address tells nothing."""
    await book.keep("Wire", {"g1": ENTRY, "u1": Alias("g1"), "u2": Shared()}, NOON)
    found = await book.known("Wire", ["u1", "nobody", "g1", "u2"], NOON)
    assert found == {"u1": ENTRY, "g1": ENTRY, "u2": Shared()}
    assert await book.known("Other", ["g1"], NOON) == {}


async def test_what_still_stands_on_a_page_is_never_forgotten(book: SourceBook) -> None:
    """Memory is bounded; what is asked for again and again outlives any number of others."""
    await book.keep("Wire", {"g1": ENTRY, "u1": Alias("g1")}, NOON)
    for round_ in range(12):
        await book.keep("Wire", {f"x{round_}{i}": ENTRY for i in range(5)}, NOON)
        assert await book.known("Wire", ["u1"], NOON + round_) == {"u1": ENTRY}
    assert await book.known("Wire", ["x00"], NOON) == {}


async def test_age_ends_a_generation_too(book: SourceBook) -> None:
    """Two generations of fourteen days; a silence forgets nothing by itself."""
    await book.known("Wire", [], NOON)
    await book.keep("Wire", {"g1": ENTRY}, NOON)
    assert await book.known("Wire", ["g1"], NOON + 200 * DAY) == {"g1": ENTRY}
    await book.keep("Wire", {"g2": ENTRY}, NOON + 200 * DAY)
    assert await book.known("Wire", ["g2"], NOON + 201 * DAY) == {"g2": ENTRY}
    assert await book.known("Wire", ["g2"], NOON + 215 * DAY) == {"g2": ENTRY}
    await book.known("Wire", ["g2"], NOON + 230 * DAY)
    assert await book.known("Wire", ["g1"], NOON + 230 * DAY) == {}


async def test_bookmarks_marks_and_notes_come_back(book: SourceBook) -> None:
    """Each source and each owner has its own."""
    assert await book.bookmark("a") == Bookmark()
    place = Bookmark(etag='W/"1"', modified="Fri, 09 Jan 2026", digest="d", url="https://new.example/", position=7)
    await book.turn("a", place)
    assert await book.bookmark("a") == place
    assert await book.bookmark("b") == Bookmark()
    await book.mark("ingest", {0: 5, 3: 9})
    assert await book.marks("ingest") == {0: 5, 3: 9}
    assert await book.marks("push") is None
    await book.note("a", "ill")
    assert await book.notes(["a", "b"]) == ["ill", ""]


@pytest.mark.parametrize("which", ["memory", "redis"])
async def test_an_empty_book_says_so_until_it_is_begun(which: str, request: pytest.FixtureRequest) -> None:
    """A flush is no reason to send everything again."""
    if which == "memory":
        empty: SourceBook = MemoryBook()
    else:
        redis = Redis.from_url(request.getfixturevalue("redis_url"))
        empty = RedisBook(redis, f"t{uuid4().hex[:8]}.sources")
    with pytest.raises(Forgotten):
        await empty.known("Wire", ["g1"], NOON)
    assert await empty.known("Wire", ["g1"], NOON, begun=False) == {}
    await empty.mark("ingest", {})
    assert await empty.known("Wire", ["g1"], NOON) == {}
    if isinstance(empty, RedisBook):
        assert await empty.lease("one", 60_000)
        assert await empty.lease("one", 60_000)
        assert not await empty.lease("two", 60_000)
        await empty.close()
