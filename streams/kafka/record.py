"""A Kafka record, whoever read it (aiokafka or Faust), as an article and its origin."""

from __future__ import annotations

from typing import Any

from streams.records import Article, Millis, Origin


def origin_of(record: Any) -> Origin:
    """Where it lies."""
    return Origin(topic=record.topic, partition=record.partition, offset=record.offset)


def came_in(record: Any, seen: Millis) -> Article:
    """The article that nobody looked at yet."""
    return Article(raw=record.value or b"", origin=origin_of(record), seen=seen)
