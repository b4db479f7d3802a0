"""Delivery on a real Kafka under every fault at once; TAPEWIRE_ORDEAL=1000 (or the module's command) runs the long one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.apache_kafka import ApacheKafka
from tests.live.kafka_ordeal import exits, ordeal, table

pytestmark = [pytest.mark.live, pytest.mark.kafka]

COUNT = int(os.environ.get("TAPEWIRE_ORDEAL", "300"))
CLEAN = {"lost": 0, "doubled": 0, "unexpected": 0, "out of order": 0, "too fast": 0, "lints": 0,
         "without receipt": 0, "wrong receipt": 0}  # fmt: skip


async def test_nothing_is_lost_or_doubled_through_kafka_agent_book_and_sender(
    tmp_path: Path, apache_kafka: ApacheKafka, capsys: pytest.CaptureFixture[str]
) -> None:
    """Workers killed at every await and stopped past their lease, broker and Redis killed, Redis flushed, Slack faulty."""
    done = await ordeal(tmp_path / "ordeal", apache_kafka, COUNT)
    with capsys.disabled():
        print("\n" + table([("Apache Kafka", done, done.outcome)]))
        print({k: v for k, v in sorted(done.tally.items()) if k.startswith("kill ")}, done.counts)
        print(dict(exits(done.folder)))
    assert done.outcome == CLEAN
    assert done.tally["sender kills"] >= 10
    assert [done.tally[k] for k in ("broker kills", "redis kills", "flushes")] == [1 + COUNT // 700, 2, 1]
    assert done.tally["pauses"] >= 1
