"""The nouns of ingest, and what a kind of source promises."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from streams.basics.times import MINUTE
from streams.records import Millis

if TYPE_CHECKING:
    from streams.ports import Clock
    from streams.sources.book import SourceBook
    from streams.sources.table import Table
    from streams.sources.web import Web

RawArticle = dict[str, Any]
"""One article in our incoming JSON form; `id` is whatever its feed calls it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One place that articles come from, as `sources.toml` describes it."""

    name: str
    kind: str
    outlet: str  # what its articles say under `source`; several sources may share one
    url: str = ""
    every: Millis = 2 * MINUTE
    lang: str = ""
    zone: str = "UTC"  # of dates that name none
    silence: Millis = 0  # the longest usual silence; 0 is learned
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)  # may hold keys
    options: Mapping[str, Any] = field(default_factory=dict)  # what only its kind knows
    where: str = field(default="", compare=False)  # file and line


@dataclass(slots=True)
class Errand:
    """A source that is followed. What the file says of it may change under way: read `source` anew for every look."""

    source: Source
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def change(self, source: Source) -> None:
        """What the file says from now on."""
        if source != self.source:
            self._changed.set()
        self.source = source

    async def pause(self, seconds: float) -> bool:
        """Wait so long; whether the source has changed since the last pause, which ends this one."""
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            return False
        self._changed.clear()
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Bytes that a fetch, a push or a file brought, and what was said about them."""

    body: bytes = field(repr=False)
    seen: Millis
    media: str = ""  # the content type, as it was said
    url: str = ""  # where the bytes lay in the end


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a parse found on a page."""

    articles: tuple[RawArticle, ...]
    form: str  # rss, atom, rdf, json feed, ...: a change of it is worth a word
    cut: int = 0  # articles beyond the bound
    faults: tuple[str, ...] = ()  # what could not be read, in words
    ordered: bool = False  # told one after another, as a push or a file does: what stands lower is newer


class NotRead(ValueError):  # noqa: N818 - named for the page
    """A page that is not what its kind reads; the message says what it looks like instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of a page's articles."""

    new: int = 0
    updated: int = 0
    removed: int = 0
    known: int = 0
    arrived: tuple[Millis | None, ...] = ()  # when the new ones say they were published
    form: str = ""  # what the page looked like
    listed: int = 0  # articles on the page
    empty: int = 0  # of these, without headline and text
    cut: int = 0  # beyond the bound, not read
    missing: Mapping[str, int] = field(default_factory=dict)  # fields that articles lack
    faults: tuple[str, ...] = ()

    @property
    def sent(self) -> int:
        """Articles that lie on the topic because of it."""
        return self.new + self.updated + self.removed


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What bringing pages may ask for. Tests hand in a clock of their own; time passes by `asyncio.sleep`."""

    clock: Clock
    web: Web
    book: SourceBook


Take = Callable[[Source, Page], Awaitable[Taken]]
"""Enter a page: done when Kafka has every new article of it and the book says so.

Raises `NotRead` for a page that cannot be read, and `Away` while Kafka or Redis are: give the same page again.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of source. `parse` is pure; `bring` is thin, endless, and hands every page to `take`.

    `bring` may be cancelled at any await: what was not taken is brought again.
    """

    name: str
    words: str  # one line for people
    parse: Callable[[Page, Source], Reading]
    bring: Callable[[Errand, World, Take, Notice], Awaitable[None]]
    look: Callable[[Source, World], Awaitable[Page]] | None = None  # one page, for `tapewire sources test`
    options: Callable[[Table], Mapping[str, Any]] = lambda _: {}  # reads its own keys of a [[source]] table
    needs_url: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """How one attempt to get a page ended: what health is learned from."""

    at: Millis
    taken: Taken | None = None  # None: nothing new was fetched, or the attempt failed
    fault: str = ""  # in words; "" when it went well
    wait: Millis = 0  # the source wants to be left alone for so long


Notice = Callable[[Source, Visit], Awaitable[None]]
"""Tell health how an attempt ended. Never raises."""
