"""The topics' plan: what counts as a difference, and which of them we may mend."""

from __future__ import annotations

from dataclasses import replace

import pytest

from streams.basics.limits import MESSAGE_BYTES
from streams.kafka.plan import Found, Topic, differences, plan
from streams.names import Names
from streams.settings.record import Settings

SETTINGS = Settings(prefix="desk.", topic_partitions=8, topic_replication=3, topic_min_insync=2)
ARTICLES, ALERTS, DECISIONS, DEAD, FEEDBACK = plan(SETTINGS.topics)
RIGHT = Found(8, 3, dict(ARTICLES.configs))


def found(**configs: str) -> Found:
    """The articles topic but for these configs."""
    named = {name.replace("_", "."): value for name, value in configs.items()}
    return replace(RIGHT, configs={**RIGHT.configs, **named})


def test_the_plan_follows_the_settings() -> None:
    """Names carry the prefix; a dead letter has room for an article and its headers; nothing is compacted."""
    assert tuple(t.name for t in plan(SETTINGS.topics)) == Names("desk.").topics
    assert (FEEDBACK.partitions, FEEDBACK.configs["retention.ms"]) == (1, "-1")
    assert (ARTICLES.partitions, DEAD.partitions, plan(Settings(topic_partitions=2).topics)[3].partitions) == (8, 2, 1)
    assert int(DEAD.configs["max.message.bytes"]) > MESSAGE_BYTES + 100_000
    assert {t.configs["cleanup.policy"] for t in plan(SETTINGS.topics)} == {"delete"}
    assert ALERTS.configs["retention.ms"] == str(7 * 86_400_000)


def test_a_topic_as_planned_has_no_difference() -> None:
    """Other configs are nobody's business."""
    assert list(differences(ARTICLES, found(segment_bytes="1"))) == []


@pytest.mark.parametrize(
    ("have", "words", "mend", "ours"),
    [
        (None, "is not there", "tapewire topics apply", True),
        (replace(RIGHT, partitions=4), "has 4 partitions, not 8", "keys move", True),
        (replace(RIGHT, partitions=9), "cannot take any away", "set topic_partitions = 9", False),
        (replace(RIGHT, replication=1), "has 1 copies, not 3", "kafka-reassign-partitions.sh", False),
        (found(retention_ms="86400000"), "retention.ms is 1d, not 90d", "tapewire topics apply", True),
        (found(retention_ms="-1"), "retention.ms is -1, not 90d", "or set topic_keep", False),
        (found(min_insync_replicas="1"), "is 1, not 2", "tapewire topics apply", True),
        (found(cleanup_policy="compact"), "is compact, not delete", "--add-config cleanup.policy=delete", False),
    ],
)
def test_each_difference_has_its_mend_and_only_the_harmless_ones_are_ours(
    have: Found | None, words: str, mend: str, ours: bool
) -> None:
    """What would throw records away is left to a person, with the command."""
    (one,) = differences(ARTICLES, have)
    assert words in one.words
    assert mend in one.mend
    assert one.ours is ours
    assert isinstance(ARTICLES, Topic)
