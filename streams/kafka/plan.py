"""What the topics have to be like: one table, and how a cluster differs from it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from streams.basics.limits import MESSAGE_BYTES
from streams.basics.times import DAY, span_words
from streams.names import Names
from streams.records import Millis

_FOR_EVER: Final = -1
_APPLY: Final = "tapewire topics apply"
RETENTION: Final = "retention.ms"
_GROWING: Final = frozenset({RETENTION, "max.message.bytes", "min.insync.replicas"})
"""What may be raised and never lowered by us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a desk can say of its topics."""

    prefix: str
    partitions: int  # of articles, alerts and decisions
    replication: int
    min_insync: int
    keep: Millis  # articles and decisions


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic as it should be."""

    name: str
    partitions: int
    replication: int
    configs: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Found:
    """One topic as the cluster has it."""

    partitions: int
    replication: int
    configs: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """What is not as planned, and how to mend it. `ours`: `tapewire topics apply` does it."""

    topic: str
    words: str
    mend: str
    ours: bool = False
    key: str = ""  # the config to alter; "" for the topic itself or its partitions
    missing: bool = False  # there is no such topic

    def __str__(self) -> str:
        return f"{self.topic}: {self.words}; mend: {self.mend}"


def plan(wanted: Wanted) -> tuple[Topic, ...]:
    """Every topic. None is compacted: every record counts, also the second with one key."""
    names, many = Names(wanted.prefix), wanted.partitions
    # A dead letter is an article's own bytes and headers on top: a little more than the largest article.
    rows = (
        (names.articles, many, wanted.keep, MESSAGE_BYTES + 12_288),
        (names.alerts, many, 7 * DAY, MESSAGE_BYTES + 12_288),
        (names.decisions, many, wanted.keep, MESSAGE_BYTES + 12_288),
        (names.dead, max(1, many // 4), 30 * DAY, 2 * MESSAGE_BYTES),
        (names.feedback, 1, _FOR_EVER, MESSAGE_BYTES),  # mutes and watches live there
    )
    return tuple(
        Topic(
            name,
            partitions,
            wanted.replication,
            {
                "cleanup.policy": "delete",
                RETENTION: str(keep),
                "retention.bytes": "-1",
                "max.message.bytes": str(most),
                "min.insync.replicas": str(wanted.min_insync),
            },
        )
        for name, partitions, keep, most in rows
    )


def differences(planned: Topic, found: Found | None) -> Iterator[Difference]:
    """Everything in which the cluster's topic is not as planned."""
    if found is None:
        yield Difference(planned.name, "is not there", _APPLY, ours=True, missing=True)
        return
    if found.partitions < planned.partitions:
        words = f"has {found.partitions} partitions, not {planned.partitions}"
        yield Difference(planned.name, words, f"{_APPLY}, when nothing waits in it: keys move", ours=True)
    elif found.partitions > planned.partitions:
        words = f"has {found.partitions} partitions, more than {planned.partitions}, and Kafka cannot take any away"
        yield Difference(planned.name, words, f"set topic_partitions = {found.partitions}")
    if found.replication != planned.replication:
        words = f"has {found.replication} copies, not {planned.replication}"
        yield Difference(planned.name, words, "kafka-reassign-partitions.sh, or set topic_replication")
    for key, value in planned.configs.items():
        if (have := found.configs.get(key, "")) != value:
            yield _config(planned.name, key, have, value)


def _config(topic: str, key: str, have: str, want: str) -> Difference:
    words = f"{key} is {_shown(key, have)}, not {_shown(key, want)}"
    if key in _GROWING and _size(have) < _size(want):
        return Difference(topic, words, _APPLY, ours=True, key=key)
    by_hand = f"kafka-configs.sh --alter --topic {topic} --add-config {key}={want}"
    why = "" if key not in _GROWING else f" (it throws records away); or set {_SETTING.get(key, 'the setting')}"
    return Difference(topic, words, by_hand + why, key=key)


_SETTING: Final = {RETENTION: "topic_keep", "min.insync.replicas": "topic_min_insync"}


def _size(value: str) -> float:
    """-1 is without end."""
    return float("inf") if value == "-1" else float(value or 0)


def _shown(key: str, value: str) -> str:
    return span_words(int(value)) if key == RETENTION and value.isdigit() else value or "unset"
