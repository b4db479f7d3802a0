"""The end of a partition, as every part of the worker reads it: where nothing may yet be taken back."""

from __future__ import annotations

import aiokafka
import pytest
from aiokafka.consumer.subscription_state import TopicPartitionState

from streams.worker import repairs


@pytest.mark.parametrize(
    ("highwater", "settled", "end"),
    [
        (9, 4, 4),
        (9, -1, 9),  # nothing was said of transactions
        (9, None, 9),  # by an old broker
        (None, None, None),  # nobody asked yet
    ],
)
async def test_the_end_is_where_transactions_are_settled(
    monkeypatch: pytest.MonkeyPatch, highwater: int | None, settled: int | None, end: int | None
) -> None:
    """What is open lies behind it, and is neither lag nor a standstill."""
    monkeypatch.setattr(aiokafka.AIOKafkaConsumer, "__init__", aiokafka.AIOKafkaConsumer.__init__)
    monkeypatch.setattr(aiokafka.AIOKafkaConsumer, "_tapewire_committed", False, raising=False)
    monkeypatch.setattr(TopicPartitionState, "highwater", None, raising=False)
    repairs.read_committed()
    state = TopicPartitionState(None)
    assert state.highwater is None
    state.highwater, state.lso = highwater, settled
    assert state.highwater == end


async def test_a_consumer_that_others_make_reads_what_is_committed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Faust asks for everything."""
    monkeypatch.setattr(aiokafka.AIOKafkaConsumer, "__init__", aiokafka.AIOKafkaConsumer.__init__)
    monkeypatch.setattr(aiokafka.AIOKafkaConsumer, "_tapewire_committed", False, raising=False)
    monkeypatch.setattr(TopicPartitionState, "highwater", None, raising=False)
    repairs.read_committed()
    consumer = aiokafka.AIOKafkaConsumer(isolation_level="read_uncommitted")
    assert consumer._isolation_level == "read_committed"
    await consumer.stop()
