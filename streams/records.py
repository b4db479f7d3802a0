"""The nouns of tapewire. Every record is frozen; a stage evolves an article, it never edits one.

A field that is ``None`` has not been looked at yet; ``()`` means looked at, none found.
All times are whole milliseconds since 1970-01-01 UTC (`Millis`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

Millis = int

evolve: Final = replace
"""`evolve(article, lang="de")`: the same record but for the fields that are named."""


class Noun(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is made for every article: a struct in C, made and evolved twenty times as fast as a dataclass."""


class Reason(StrEnum):
    """How an article can end for a watch. Closed: the ledger, the metrics and the docs all count these."""

    ALERTED = "alerted"
    UPDATED = "updated"
    CORRECTED = "corrected"
    MERGED = "merged_into_story"
    NO_COMPANY = "no_company"
    BELOW_THRESHOLD = "below_threshold"
    NOT_CERTAIN = "not_certain"
    NOT_SALIENT = "not_salient"
    UNSUPPORTED_LANGUAGE = "unsupported_language"
    NO_WATCH = "no_watch"
    MUTED = "muted"
    LATE = "late"
    WITHDRAWN = "withdrawn"
    MALFORMED = "malformed"
    FAILED = "failed"


SPOKE = frozenset({Reason.ALERTED, Reason.UPDATED, Reason.CORRECTED})
"""Endings that put a message into a channel."""


class Status(StrEnum):
    """What the sender says this article is."""

    NEW = "new"
    UPDATE = "update"
    CORRECTION = "correction"
    REMOVED = "removed"


REVISING = frozenset({Status.CORRECTION, Status.REMOVED})
"""Of an article that was sent before: whoever was told of that one is told of this one, whatever it says now."""


class Role(StrEnum):
    """An article's part in its story."""

    FIRST = "first"
    COPY = "copy"
    RETELLING = "retelling"
    UPDATE = "update"


class Kind(StrEnum):
    """What an alert does in its channel: `echo` edits the first message, the others post."""

    NEW = "new"
    UPDATE = "update"
    CORRECTION = "correction"
    ECHO = "echo"


class Origin(Noun, frozen=True, kw_only=True):
    """Where an article's bytes lie: topic, partition and offset."""

    topic: str
    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.topic}/{self.partition}/{self.offset}"


NOWHERE = Origin(topic="", partition=0, offset=0)
"""Of an article that lies on no topic."""


class Company(Noun, frozen=True, kw_only=True):
    """A company found in an article. `confidence` (0-1): is it this company; `salience` (0-100): is it about it."""

    id: str
    name: str
    tickers: tuple[str, ...]
    confidence: float
    salience: int
    role: str = "mention"  # subject | mention | source
    kind: str = "listed"
    evidence: tuple[str, ...] = ()
    spans: tuple[tuple[int, int], ...] = ()  # in `title + "\n" + text`


class Relevance(Noun, frozen=True, kw_only=True):
    """The model's calibrated probability that an article carries `category`, and the words that carried it."""

    category: str
    probability: float
    threshold: float
    terms: tuple[str, ...] = ()
    alert_threshold: float = 0.0  # below `threshold` it says nothing

    @property
    def relevant(self) -> bool:
        """Whether the article counts as about the category."""
        return self.probability >= self.threshold

    @property
    def bar(self) -> float:
        """The probability from which a watch speaks that asks for none of its own."""
        return max(self.threshold, self.alert_threshold)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A number or status that matters. `value` is canonical: equal facts have equal (kind, unit, value)."""

    kind: str  # amount least percent count date | status direction notice | actor party place year product ware
    value: str
    unit: str = ""
    text: str = ""  # as the article wrote it

    @property
    def key(self) -> str:
        """What two spellings of one fact share."""
        return f"{self.kind}:{self.unit}:{self.value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryLink:
    """An article's place among the stories. `novelty` 100 (never heard) to 0 (a copy)."""

    id: str
    role: Role
    novelty: int
    matched: str = ""  # how: "", id, title, kicker, url, similarity, anchor
    similarity: float = 0.0
    nearest: str = ""  # id of the nearest earlier article
    first_seen: Millis = 0
    first_lang: str = ""
    first_source: str = ""
    late: bool = False  # older than the memory's window: judged, not remembered
    order: int = field(default=0, compare=False)  # running number of the live memory: when it was related first


class Decision(Noun, frozen=True, kw_only=True):
    """How one article ended for one watch (`watch` is None when it ended before any watch was asked)."""

    article_id: str
    watch: str | None
    stage: str
    reason: Reason
    detail: str
    origin: Origin
    source: str = ""
    lang: str = ""
    title: str = ""
    story_id: str = ""
    alert_id: str = ""
    model: str = ""
    directory: str = ""
    published: Millis | None = None
    seen: Millis = 0
    decided: Millis = 0
    sent: Millis | None = None  # never as it is written: a ledger that is read has it from the alert's receipt
    related: int = 0  # running numbers of the live memory, for a replay in its order; 0 when it was not asked
    claimed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One message to one channel about one story for one watch. `alert_id` depends on stable inputs only."""

    alert_id: str
    kind: Kind
    watch: str
    channel: str
    story_id: str
    article_id: str
    root_id: str  # the alert that opened the story here; equals alert_id for kind new
    title: str
    url: str
    source: str
    lang: str
    companies: tuple[Company, ...]
    relevances: tuple[Relevance, ...]
    facts: tuple[Fact, ...] = ()  # the new or changed ones for an update
    why: str = ""
    novelty: int = 100
    urgent: bool = False
    published: Millis | None = None
    seen: Millis = 0
    decided: Millis = 0
    first_lang: str = ""
    first_seen: Millis = 0
    status: Status = Status.NEW  # a correction that removes says so
    hold: Millis = 0  # quiet hours: not before this time; 0 is at once
    quiet: str = ""  # the watch's quiet hours, as `Quiet` says them
    article_key: str = ""  # what the article's claims are known by, to release them
    lead: str | None = None  # id of the company that its button mutes; "" is none, None of an older version: its first


class Proof(StrEnum):
    """How a delivery ended for certain: by its own message, in a digest, never to be told, or not wanted any more."""

    SENT = "sent"
    FOLDED = "folded"
    DEAD = "dead"
    UNWANTED = "unwanted"


class Receipt(Noun, frozen=True, kw_only=True):
    """What became of an alert, written beside the decisions when it is proved. May be repeated."""

    alert_id: str
    article_id: str
    root_id: str  # the alert that opened the story here
    channel: str
    proof: Proof
    at: Millis  # when the channel had it; when it was given up, or no longer wanted
    ts: str = ""  # the channel's own name for the message that tells it
    why: str = ""  # it is dead or unwanted
    hold: Millis = 0  # quiet hours held it until then; 0 is not at all


class Article(Noun, frozen=True, kw_only=True):
    """One incoming item, filled stage by stage. `raw` keeps the bytes as they came (unknown fields included)."""

    raw: bytes
    origin: Origin
    seen: Millis
    id: str = ""
    title: str = ""
    text: str = ""
    url: str = ""
    source: str = ""
    lang: str = ""
    published: Millis | None = None
    event_time: Millis = 0  # published, unless absent, later than seen, or absurd: then seen
    status: Status = Status.NEW
    revision: str = ""  # digest of what it says: the same id with another revision is another telling
    given_tickers: tuple[str, ...] = ()
    companies: tuple[Company, ...] | None = None
    relevances: tuple[Relevance, ...] | None = None
    facts: tuple[Fact, ...] | None = None
    story: StoryLink | None = None
    matches: tuple[Match, ...] | None = None
    decisions: tuple[Decision, ...] | None = None
    alerts: tuple[Alert, ...] = ()

    @property
    def key(self) -> str:
        """What a redelivery shares and an edited article does not; `ports.id_in` takes the id out of it."""
        return f"{self.id}~{self.revision}"

    @property
    def body(self) -> str:
        """Title and text as one string; spans of companies and facts count in it."""
        return f"{self.title}\n{self.text}"


class Match(Noun, frozen=True, kw_only=True):
    """A watch held against an article: `reason` is None when it matches, else the first condition that failed."""

    watch: str
    reason: Reason | None = None
    detail: str = ""
    follows: bool = False  # no news by itself (not so sure, or an edit of old news): it may go on with a told story


class Ended(Noun, frozen=True, kw_only=True):
    """The end of an article's way through the stages: an ordinary value, not an exception."""

    article: Article
    reason: Reason
    detail: str


Outcome = Article | Ended


class Away(Exception):  # noqa: N818 - a state of the world, not a fault of the article
    """A part of the world (Redis, Kafka, Slack) cannot be reached: wait and try the same batch again."""
