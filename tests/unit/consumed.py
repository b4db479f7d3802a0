"""Faust's own bookkeeping of one partition, with the repairs to it, driven without a broker."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.consumer import fetcher, subscription_state
from faust.transport import consumer as faust_consumer
from faust.transport.drivers import aiokafka as faust_driver
from faust.types.tuples import ConsumerMessage

from streams.worker import commits
from tests.unit.fetches import TP, Log


def bookkeeping(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A consumer as far as commits go; what the repairs changed is given back after the test."""
    for place, *names in (
        (faust_consumer.Consumer, "_add_gap", "_new_offset", "ack"),
        (fetcher.FetchResult, "getall"),
        (subscription_state.TopicPartitionState, "await_reset", "reset_to"),
    ):
        for name in names:
            monkeypatch.setattr(place, name, getattr(place, name))
    monkeypatch.setattr(faust_driver.Consumer, "_to_message", lambda _self, _tp, record: record)
    monkeypatch.setattr(faust_consumer.Consumer, "_tapewire_exact", False, raising=False)
    monkeypatch.setattr(fetcher.FetchResult, "_tapewire_notes", False, raising=False)
    commits.exact_commits()
    topics = SimpleNamespace(acks_enabled_for=lambda _topic: True)
    return SimpleNamespace(
        app=SimpleNamespace(consumer_generation_id=1, topics=topics),
        _acked=defaultdict(list),
        _acked_index=defaultdict(set),
        _committed_offset=defaultdict(lambda: None),
        _gap=defaultdict(faust_consumer.IntervalTree),
        _n_acked=0,
        _unacked_messages=set(),
        _waiting_for_ack=None,
    )


def delivered(consumer: Any, records: Iterable[Any]) -> list[int]:
    """Handed on by the fetcher; their offsets."""
    return [faust_driver.Consumer._to_message(consumer, TP, record).offset for record in records]


def acknowledged(consumer: Any, *offsets: int) -> int | None:
    """By the agent; what is committed then, None when that is nothing new."""
    for offset in offsets:
        faust_consumer.Consumer.ack(consumer, message(offset, tracked=True))
    committed: int | None = faust_consumer.Consumer._new_offset(consumer, TP)
    if committed is not None:
        consumer._committed_offset[TP] = committed
    assert consumer._acked_index[TP] == set(consumer._acked[TP])
    return committed


def message(offset: int, *, tracked: bool) -> Any:
    """As Faust makes it of a record; `tracked` once the agent has it."""
    made = ConsumerMessage(TP.topic, TP.partition, offset, 1.0, 0, None, b"", b"", None, tp=TP)
    made.tracked = tracked
    return made


def assigned_again(consumer: Any, log: Log, committed: int | None) -> None:
    """A rebalance: Faust forgets the partition, and is told the group's commit."""
    for kept in (consumer._acked, consumer._acked_index, consumer._gap, consumer._committed_offset):
        kept.pop(TP, None)
    consumer.app.consumer_generation_id += 1
    log.assign(committed)
    if committed is not None:
        consumer._committed_offset[TP] = committed
