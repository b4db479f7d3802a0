"""kill -9 while articles are pushed: whatever was answered with 202 lies in Kafka, and nothing lies there twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from streams.embedded import EmbeddedKafka
from tests.feeds.push import Run, measured

pytestmark = pytest.mark.live


async def test_no_acknowledged_article_is_missing_after_kill_9(
    embedded_kafka: EmbeddedKafka, redis_url: str, tmp_path: Path
) -> None:
    """More kills, and Apache Kafka: `python -m tests.feeds.push --kills 3 --apache`."""
    told = await measured(embedded_kafka, redis_url, tmp_path, Run(each=10, rate=300, seconds=3), kills=1)
    assert told["acknowledged"] == told["articles"] == 900
    assert told["acknowledged and missing"] == told["on the topic twice"] == 0
    assert sum(n for status, n in told["answers"].items() if status != 202) > 0  # the kill was felt
