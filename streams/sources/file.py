"""The kind `file`: follows a file of JSON lines or CSV as it grows, and remembers how far it got."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Final

from streams.records import Away, Millis
from streams.sources import filed
from streams.sources.base import Errand, Kind, Notice, NotRead, Page, Source, Take, Taken, Visit, World
from streams.sources.book import Bookmark
from streams.sources.follow import Piece, next_piece

log = logging.getLogger(__name__)

_LOOK_S: Final = 1.0


async def bring(errand: Errand, world: World, take: Take, notice: Notice) -> None:
    """Look every second for ever. The bookmark moves only after what stands before it was taken."""
    told: Millis = 0
    while True:
        source, piece, visit = errand.source, None, Visit(at=world.clock.now())
        try:
            at = await world.book.bookmark(source.name)
            piece = await _next(source, at)
            if piece:
                visit = await _taken(source, world, take, piece)
                await world.book.turn(source.name, piece.after)
        except Away:  # Kafka or Redis: the same piece again; what did arrive is known
            piece = None
        except OSError as fault:
            visit = Visit(at=visit.at, fault=str(fault))
        if piece or visit.at - told >= source.every:
            await notice(source, visit)
            told = visit.at
        if not piece:
            await asyncio.sleep(_LOOK_S)


async def _next(source: Source, at: Bookmark) -> Piece | None:
    table = source.options["media"] == filed.CSV
    return await asyncio.to_thread(next_piece, Path(source.options["path"]), at, table=table)


async def _taken(source: Source, world: World, take: Take, piece: Piece) -> Visit:
    """A piece that cannot be read is told of and left behind: the lines after it are worth more."""
    try:
        taken: Taken = await take(source, _page(source, world, piece))
    except NotRead as fault:
        log.warning("file %s, before byte %d: %s", source.name, piece.after.position, fault)
        return Visit(at=world.clock.now(), fault=str(fault))
    for words in taken.faults:
        log.warning("file %s, before byte %d: left out: %s", source.name, piece.after.position, words)
    return Visit(at=world.clock.now(), taken=taken)


def _page(source: Source, world: World, piece: Piece) -> Page:
    return Page(body=piece.body, seen=world.clock.now(), media=source.options["media"])


async def look(source: Source, world: World) -> Page:
    """The first lines. Raises `NotRead`."""
    try:
        piece = await _next(source, Bookmark())
    except OSError as fault:
        raise NotRead(str(fault)) from None
    if piece is None:
        raise NotRead("has no whole line yet")
    return _page(source, world, piece)


KIND: Final = Kind(
    name="file", words="a file of JSON lines or CSV, followed as it grows",
    parse=filed.parse, bring=bring, look=look, options=filed.options, needs_url=False,
)  # fmt: skip
