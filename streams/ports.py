"""What the stages may ask of the world. Each port has an in-memory twin that keeps the same promises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from streams.records import Article, Company, Fact, Kind, Millis, Relevance, Status, StoryLink


class Clock(Protocol):
    """Tells the time; replay hands in a virtual one."""

    def now(self) -> Millis:
        """Milliseconds since 1970-01-01 UTC."""
        ...


class Directory(Protocol):
    """Knows the companies."""

    @property
    def version(self) -> str:
        """Changes whenever a judgement could change."""
        ...

    def identify(self, articles: Sequence[Article]) -> list[tuple[Company, ...]]:
        """The companies each article names, most salient first. Pure CPU; never raises for an article's sake."""
        ...


class RelevanceModel(Protocol):
    """Judges relevance."""

    @property
    def version(self) -> str:
        """Hash of corpus and code."""
        ...

    @property
    def categories(self) -> tuple[str, ...]:
        """Every category the model knows, sorted."""
        ...

    def classify(self, articles: Sequence[Article]) -> list[tuple[Relevance, ...]]:
        """One relevance per category and article, sorted by category; `()` for a language it cannot read."""
        ...

    def explain(self, articles: Sequence[Article]) -> list[tuple[Relevance, ...]]:
        """The relevances that the articles were given, with the words that carried them. Dearer than judging."""
        ...


def id_in(article_key: str) -> str:
    """The id in an `Article.key`, whose revision follows behind "~"; "" when it is none."""
    return article_key.rpartition("~")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """An article as one telling of some story: what the memory needs to know of it."""

    article_key: str
    title: str
    text: str
    url: str
    lang: str
    source: str
    event_time: Millis
    partition: int
    companies: tuple[str, ...]
    categories: tuple[str, ...]
    facts: tuple[Fact, ...]
    subjects: tuple[str, ...] = ()  # those of the companies that it is about
    headlined: tuple[str, ...] = ()  # ... and those that its headline names
    names: tuple[str, ...] = ()  # what it calls them
    status: Status = Status.NEW


class Asks(StrEnum):
    """What a claim asks for."""

    NEWS = "news"  # to open the story for the watch, or to go on with it
    FOLLOW = "follow"  # to go on with what the watch was told, and nothing else
    REPEAT = "repeat"  # what was ruled before, and nothing else


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A watch that wants to speak about a story, asked for by one article; `facts` are its fact keys."""

    watch: str
    story_id: str
    article_key: str
    status: Status = Status.NEW
    event_time: Millis = 0
    facts: tuple[str, ...] = ()
    asks: Asks = Asks.NEWS


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """The memory's answer to a claim, the same again when the claim is repeated.

    `kind` is what the watch may say now (None: nothing, the story is told); `root` is the article that
    opened the story for this watch; `news` are the fact keys it had not been told.
    """

    kind: Kind | None
    root: str
    news: tuple[str, ...] = ()
    order: int = field(default=0, compare=False)  # running number of the live memory: when it was ruled first


class StoryMemory(Protocol):
    """Remembers stories, and what each watch was told of them. Raises `Away` when it cannot be reached."""

    async def relate(self, tellings: Sequence[Telling]) -> list[StoryLink]:
        """Each article's story, in order. The same article again gets the same answer."""
        ...

    async def claim(self, claims: Sequence[Claim]) -> list[Ruling]:
        """Who may speak. Atomic per claim; the same claim again gets the same ruling."""
        ...

    async def release(self, article_keys: Sequence[str], watch: str | None = None) -> None:
        """Undo what these articles claimed, for one watch or all: it could not be told, so the next article may be."""
        ...

    async def size(self) -> Mapping[str, int]:
        """Articles, stories and bytes kept; `most`: articles beyond which the oldest are forgotten early."""
        ...


@dataclass(frozen=True, slots=True)
class Clocked:
    """A clock set by hand (tests, replay)."""

    at: list[Millis] = field(default_factory=lambda: [0])

    def now(self) -> Millis:
        """The time it was last set to."""
        return self.at[0]

    def set(self, at: Millis) -> None:
        """Move the hands."""
        self.at[0] = at
