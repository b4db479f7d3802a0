"""Polling an address: politely, forgetfully of nothing, each source at its own pace whatever the others do."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any, Final

from streams.basics.times import DAY, HOUR, MINUTE, SECOND, retry_after
from streams.records import Away, Millis
from streams.sources.base import Errand, Notice, NotRead, Page, Source, Take, Taken, Visit, World
from streams.sources.book import Bookmark
from streams.sources.web import Got, Unreached, Unsafe

ACCEPT: Final = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, application/json;q=0.9, "
    "application/xml;q=0.9, text/xml;q=0.8, */*;q=0.1"
)
_NOT_MODIFIED, _GONE = 304, 410
_LONGEST: Final = 15 * MINUTE
_SPREAD: Final = 30 * SECOND
_HOLD: Final = SECOND
_TRUSTED: Final = 3 * HOUR
"""How long "not modified" is believed: some servers say so for ever."""


class Failed(Exception):  # noqa: N818 - named for the attempt
    """The attempt brought nothing; not again before `wait`."""

    def __init__(self, words: str, wait: Millis = 0) -> None:
        super().__init__(words)
        self.wait = wait


@dataclass(frozen=True, slots=True)
class _Visited:
    bookmark: Bookmark
    page: Page | None  # None: nothing new


@dataclass(slots=True)
class _Patience:
    """What failures have taught: how many in a row, and how long we were asked to stay away."""

    failures: int = 0
    asked: Millis = 0

    def heard(self, fault: Failed | NotRead) -> None:
        """Of one more."""
        self.failures += 1
        self.asked = fault.wait if isinstance(fault, Failed) else 0

    def wait(self, every: Millis) -> Millis:
        """From the beginning of one visit to the next."""
        return max(self.asked, backoff(every, self.failures)) if self.failures else every


async def bring(errand: Errand, world: World, take: Take, notice: Notice) -> None:
    """Visit for ever. A failure doubles the wait, up to a quarter of an hour, and is told; nothing here raises."""
    await asyncio.sleep(_phase(errand.source) / SECOND)
    patience = _Patience()
    while True:
        began, source = world.clock.now(), errand.source
        try:
            taken = await _once(source, world, take)
            patience = _Patience()
            await notice(source, Visit(at=world.clock.now(), taken=taken))
        except (Failed, NotRead) as fault:
            patience.heard(fault)
            await notice(source, Visit(at=world.clock.now(), fault=str(fault) or repr(fault), wait=patience.asked))
        if await _elsewhere(errand, source, world, began, patience):
            patience = _Patience()


async def _elsewhere(errand: Errand, visited: Source, world: World, began: Millis, patience: _Patience) -> bool:
    """Wait for the next visit, at the pace that the file says now; at once and True when it is another page by then."""
    jitter, ended = random.uniform(0.9, 1.1), world.clock.now()
    while _asks(errand.source) == _asks(visited):
        due = max(began + jitter * patience.wait(errand.source.every), ended + SECOND)
        if not await errand.pause(max(0, due - world.clock.now()) / SECOND):
            return False
    return True


def _asks(source: Source) -> tuple[Any, ...]:
    """What failures, or the lack of them, say nothing of when it is another."""
    return source.url, source.headers, source.options


def _phase(source: Source) -> float:
    """Sources do not all begin at once, and each always begins at its own moment."""
    number = int.from_bytes(blake2b(source.name.encode(), digest_size=4).digest(), "big")
    return number / 2**32 * min(_SPREAD, source.every)


def backoff(every: Millis, failures: int) -> Millis:
    """How long to leave a failing source alone."""
    return max(every, min(_LONGEST, every << min(failures - 1, 10)))


async def _once(source: Source, world: World, take: Take) -> Taken | None:
    """One visit; the bookmark moves only after the page was taken. Raises `Failed` and `NotRead`.

    While Kafka or Redis is away the page in hand is offered again and again; its host is asked at the usual pace.
    """
    visited, asked = None, 0
    while True:
        try:
            before = await world.book.bookmark(source.name)
            if before.source != source.url:  # another address now: nothing that is known of the old one holds
                before = Bookmark(source=source.url)
            if visited is None or world.clock.now() - asked >= source.every:
                asked = world.clock.now()
                visited = await _visit(source, world, before)
            taken = await _taken(source, world, take, visited)
            after = visited.bookmark
            if taken and taken.faults:  # a page that was cut must not be called unchanged
                after = replace(after, etag="", modified="", digest="")
            if after != before:
                await world.book.turn(source.name, after)
        except Away:
            await asyncio.sleep(_HOLD / SECOND)
        else:
            return taken


async def _taken(source: Source, world: World, take: Take, visited: _Visited) -> Taken | None:
    """What became of the page. Where the source has moved to it must be readable, else we go back to where it was."""
    try:
        return await take(source, visited.page) if visited.page else None
    except NotRead:
        if visited.bookmark.url:
            await world.book.turn(source.name, Bookmark(source=source.url))
        raise


async def _visit(source: Source, world: World, before: Bookmark) -> _Visited:
    got = await _asked(source, world, before)
    if got.status == _NOT_MODIFIED:
        return _Visited(before, None)
    digest = blake2b(got.body, digest_size=8).hexdigest()
    etag, modified = (_ascii(got.headers.get(name, "")) for name in ("etag", "last-modified"))
    after = replace(
        before, etag=etag, modified=modified, digest=digest, url=got.moved or before.url, asked=world.clock.now()
    )
    if digest == before.digest:
        return _Visited(after, None)
    return _Visited(after, _page(got, world))


def _ascii(header: str) -> str:
    """What cannot be sent back is not kept."""
    return header if header.isascii() else ""


def _page(got: Got, world: World) -> Page:
    return Page(body=got.body, media=got.headers.get("content-type", ""), url=got.url, seen=world.clock.now())


async def _asked(source: Source, world: World, before: Bookmark) -> Got:
    headers = {"accept": ACCEPT, **source.headers}
    trusted = abs(world.clock.now() - before.asked) < _TRUSTED
    if before.etag and trusted:
        headers["if-none-match"] = before.etag
    if before.modified and trusted:
        headers["if-modified-since"] = before.modified
    try:
        got = await world.web.get(before.url or source.url, headers)
    except (Unsafe, Unreached) as fault:
        if before.url:  # where it moved to is no longer good: begin again where it was
            await world.book.turn(source.name, Bookmark(source=source.url))
        raise Failed(str(fault)) from None
    if got.status == _NOT_MODIFIED or 200 <= got.status < 300:  # noqa: PLR2004 - as HTTP has it
        return got
    if before.url:
        await world.book.turn(source.name, Bookmark(source=source.url))
    said = got.headers.get("retry-after", "")
    wait = DAY if got.status == _GONE else retry_after(said, world.clock.now(), most=DAY)
    raise Failed(f"HTTP {got.status}", wait)


async def look(source: Source, world: World) -> Page:
    """One page, as it is now, whatever was seen before. Raises `Failed`."""
    return _page(await _asked(source, world, Bookmark()), world)
