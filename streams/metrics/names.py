"""Every metric that tapewire exports, in one table; `deploy/metrics.md` is written from it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a metric moves: a counter only up, a gauge both ways, a histogram in buckets."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class Metric:
    """One name. Counters are exported with `_total` behind it, histograms with `_bucket`, `_sum` and `_count`."""

    name: str
    kind: Kind
    words: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()

    @property
    def full(self) -> str:
        """As Prometheus asks for it."""
        return f"tapewire_{self.name}" + ("_total" if self.kind is Kind.COUNTER else "")


_QUICK = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_PATIENT = (0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 900, 3600, 21600)
_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)

ARTICLES = Metric(
    "articles", Kind.COUNTER, "articles decided, by source and by the furthest ending any watch gave them",
    ("source", "ending"),
)  # fmt: skip
DECISIONS = Metric("decisions", Kind.COUNTER, "decisions written to the ledger, one per article and watch", ("reason",))
ALERTS = Metric("alerts", Kind.COUNTER, "alerts put on the outbox", ("watch", "kind"))
DEAD_LETTERS = Metric("dead_letters", Kind.COUNTER, "articles buried in the dead-letter topic", ("reason",))
BATCH = Metric("batch_articles", Kind.HISTOGRAM, "articles in one batch", buckets=_SIZES)
STAGE = Metric(
    "stage_seconds", Kind.HISTOGRAM, "time one batch spent in a stage; `publish` is Kafka's acknowledgement",
    ("stage",), _QUICK,
)  # fmt: skip
STAGE_ARTICLES = Metric("stage_articles", Kind.COUNTER, "articles that entered a stage", ("stage",))
ARRIVAL = Metric("arrival_seconds", Kind.HISTOGRAM, "from published to seen by Kafka, per article", buckets=_PATIENT)
DECIDED = Metric("decided_seconds", Kind.HISTOGRAM, "from seen by Kafka to decided, per article", buckets=_PATIENT)
SENT = Metric(
    "sent_seconds", Kind.HISTOGRAM, "from `since` (published, seen or decided) to the channel's answer, per alert",
    ("since",), _PATIENT,
)  # fmt: skip
POSTS = Metric(
    "posts", Kind.COUNTER, "attempts to post, by kind of channel and answer (posted, refused, limited, doubt)",
    ("channel", "answer"),
)  # fmt: skip
POST = Metric("post_seconds", Kind.HISTOGRAM, "time of one attempt to post", ("channel",), _QUICK)
RATE_LIMITED = Metric("slack_rate_limited", Kind.COUNTER, "times Slack said that we are too fast (429)")
DELIVERIES = Metric(
    "deliveries", Kind.GAUGE,
    "deliveries in the book by state; `held` wait for quiet hours to end, `doubt` and `reading` are in doubt, "
    "`unwanted` were muted, or their watch ended, before they were told",
    ("state",),
)  # fmt: skip
WAITED = Metric(
    "delivery_waiting_seconds", Kind.GAUGE,
    "how long what is due has waited, by kind of channel, in the channel where it is longest; held alerts are not due",
    ("channel",),
)  # fmt: skip
IN_DOUBT = Metric("deliveries_in_doubt", Kind.GAUGE, "deliveries of which nobody knows whether they stand in Slack")
RECEIPTS = Metric("receipts_waiting", Kind.GAUGE, "ends of deliveries of which the decisions topic was not told yet")
RECEIPTS_AGE = Metric("receipts_waiting_seconds", Kind.GAUGE, "how long about the oldest of them has waited")
HELD = Metric("channel_held", Kind.GAUGE, "1 while nothing is sent to this kind of channel", ("channel",))
LAG = Metric("lag_articles", Kind.GAUGE, "records on the topic behind the committed offset", ("topic", "partition"))
LAG_SECONDS = Metric(
    "lag_seconds", Kind.GAUGE,
    "while there is lag how old the last record handled is, or the first one read, or how long none was; else 0",
    ("topic",),
)  # fmt: skip
COMMITTED = Metric("committed_offset", Kind.GAUGE, "the committed offset", ("topic", "partition"))
STANDING = Metric("standing_seconds", Kind.GAUGE, "how long the slowest partition with lag has not moved")
ASSIGNED = Metric("assigned_partitions", Kind.GAUGE, "partitions this worker holds", ("topic",))
GAP = Metric(
    "conservation_gap", Kind.GAUGE,
    "articles committed without a decision, or without exactly one decision per watch; must be 0",
)  # fmt: skip
SKIPPED = Metric(
    "skipped_offsets", Kind.COUNTER,
    "offsets the broker did not deliver: transactions, compaction, or deleted before they were read", ("topic",),
)  # fmt: skip
DELETED = Metric(
    "deleted_unread", Kind.COUNTER, "offsets that retention deleted before they were read; must be 0", ("topic",)
)
LAST_ARTICLE = Metric(
    "source_last_article_timestamp_seconds", Kind.GAUGE, "when a source was last seen, seconds since 1970", ("source",)
)
USUAL_GAP = Metric(
    "source_usual_gap_seconds", Kind.GAUGE, "a source's longest silence of late; halved in two weeks", ("source",)
)
SOURCE_VISITS = Metric("source_visits", Kind.COUNTER, "times `tapewire ingest` looked at a source", ("source",))
SOURCE_FAILURES = Metric("source_failures", Kind.COUNTER, "looks at a source that failed", ("source",))
SOURCE_SENT = Metric("source_sent", Kind.COUNTER, "articles of a source put on the topic", ("source",))
SOURCE_PATIENCE = Metric(
    "source_silent_in_seconds", Kind.GAUGE, "until a source counts as silent; below 0 it is", ("source",)
)
REDIS = Metric("redis_seconds", Kind.HISTOGRAM, "time of one round trip of a script", ("part",), _QUICK)
REDIS_UP = Metric("redis_up", Kind.GAUGE, "1 while Redis answers")
REDIS_MEMORY = Metric("redis_memory_bytes", Kind.GAUGE, "memory Redis uses")
REDIS_MOST = Metric("redis_maxmemory_bytes", Kind.GAUGE, "memory Redis may use; 0 is no limit")
REDIS_EVICTS = Metric("redis_evicts", Kind.GAUGE, "1 when the eviction policy may throw state away; must be 0")
REDIS_EVICTED = Metric("redis_evicted_keys", Kind.GAUGE, "keys Redis has evicted since it started; must be 0")
STORIES = Metric(
    "story_memory",
    Kind.GAUGE,
    "articles, stories and bytes that the story memory keeps; most articles it may",
    ("what",),
)
AWAY = Metric("away", Kind.GAUGE, "1 while the worker waits for this part of the world", ("part",))
LOOP_DELAY = Metric("event_loop_delay_seconds", Kind.GAUGE, "the longest the event loop was late in the last 10 s")
READY = Metric("ready", Kind.GAUGE, "1 while /ready says yes")
RELOADS = Metric("reloads", Kind.COUNTER, "files read again while running", ("what", "result"))
RELOAD_OK = Metric(
    "reload_ok", Kind.GAUGE, "1 when the last reading of these files was taken, 0 when refused", ("what",)
)
RELOADED = Metric("reload_timestamp_seconds", Kind.GAUGE, "when the parts in use were read", ("what",))
BUILD = Metric(
    "build_info", Kind.GAUGE, "always 1; what is in use", ("version", "role", "model", "directory", "watches")
)
WATCHES = Metric("watches", Kind.GAUGE, "watches in use")
LOG_DROPPED = Metric("log_lines_suppressed", Kind.COUNTER, "repeated log lines that were not written", ("level",))

ALL: tuple[Metric, ...] = tuple(m for m in globals().values() if isinstance(m, Metric))

OTHER = "other"
"""The label of whatever comes after the bound: outside input must not make labels without end."""
SOURCES = 200
"""Sources with a label of their own."""
WATCHES_SHOWN = 500
"""Watches with a label of their own."""
