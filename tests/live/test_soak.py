"""The soak in three minutes, on Apache Kafka: `python -m tests.soak` is the same for as long as you like."""

from __future__ import annotations

import logging

import pytest

from tests.conftest import need_kafka
from tests.soak import runs
from tests.soak.__main__ import patience

pytestmark = [pytest.mark.live, pytest.mark.kafka]


async def test_nothing_is_lost_or_doubled_under_load_and_every_fault_at_once(
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """200 articles/s; a worker ends every 20 s; Redis, the broker and the group are shaken once or twice.

    Deaths come so close here that the lag of one runs into the next: a minute, where the long soak allows 30 s.
    """
    need_kafka()
    caplog.set_level(logging.CRITICAL, "aiokafka")
    report = await runs.soak(minutes=2.4, every=20, back=60 * patience(), redis=1, brokers=1, rebalances=2)
    with capsys.disabled():
        print(f"\n{report}")
    assert report.broken == []
