"""`tapewire topics` on Apache Kafka: makes what is missing, widens what is small, shrinks nothing."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from streams.cli import main
from streams.commands.doctor import examine
from streams.kafka.admin import TopicAdmin
from streams.kafka.plan import plan
from streams.settings.record import Settings
from streams.worker.desk import ensure_topic
from tests.apache_kafka import ApacheKafka

pytestmark = [pytest.mark.live, pytest.mark.kafka]


def test_apply_makes_widens_and_raises_and_then_check_is_content(
    apache_kafka: ApacheKafka, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """From nothing to the plan; to a larger plan; and never back to a smaller one."""
    prefix = f"t{uuid4().hex[:8]}."

    def topics(what: str, **settings: str) -> tuple[int, list[str]]:
        for name, value in ({"kafka": apache_kafka.bootstrap, "prefix": prefix} | settings).items():
            monkeypatch.setenv(f"TAPEWIRE_{name.upper()}", value)
        code = main(["topics", what])
        return code, capsys.readouterr().out.splitlines()

    code, lines = topics("check", topic_partitions="2", topic_keep="1d")
    assert (code, len(lines)) == (1, 5)
    assert lines[0] == f"{prefix}articles: is not there; mend: tapewire topics apply"
    code, lines = topics("apply")
    assert (code, lines[-1].split(":")[0]) == (0, "as planned")
    assert topics("check")[0] == 0

    code, lines = topics("check", topic_partitions="4", topic_keep="2d")
    assert (code, len(lines)) == (1, 5)
    assert topics("apply")[0] == 0
    assert topics("check")[0] == 0

    code, lines = topics("apply", topic_partitions="2", topic_keep="1d")
    assert code == 1
    assert [line for line in lines if "mended" in line] == []
    assert f"{prefix}articles: has 4 partitions, more than 2, and Kafka cannot take any away" in lines[0]
    assert any("retention.ms is 2d, not 1d" in line and "throws records away" in line for line in lines)
    code, lines = topics("make")
    assert (code, [line for line in lines if "mended" in line]) == (0, [])
    assert topics("check", topic_partitions="4", topic_keep="2d")[0] == 0


async def test_raising_one_config_keeps_the_others(apache_kafka: ApacheKafka) -> None:
    """Kafka's request replaces all of a topic's configs: those a person set are said again."""
    small = Settings(prefix=f"t{uuid4().hex[:8]}.", topic_partitions=1, topic_keep=3_600_000)
    async with TopicAdmin(apache_kafka.bootstrap) as admin:
        (topic, *_) = plan(small.topics)
        topic = type(topic)(topic.name, 1, 1, {**topic.configs, "segment.bytes": "2097152"})
        await admin.apply([topic])
        larger = plan(Settings(prefix=small.prefix, topic_partitions=1).topics)[0]
        assert (await admin.apply([larger]))[1] == []
        assert await admin.check([topic]) != []
        assert {d.key for d in await admin.check([topic])} == {"retention.ms"}


async def test_doctor_and_worker_go_by_the_same_plan(apache_kafka: ApacheKafka) -> None:
    """The doctor names each difference with its mend; the topic of the desk is made as planned, and then left alone."""
    settings = Settings(kafka=apache_kafka.bootstrap, prefix=f"t{uuid4().hex[:8]}.", redis="redis://127.0.0.1:1/0")
    feedback = plan(settings.topics)[-1]

    async def told() -> dict[str, str]:
        return {f.words: f.mend for f in await examine(settings) if f.part == "kafka"}

    missing = {f"topic {topic.name}: is not there": "tapewire topics apply" for topic in plan(settings.topics)}
    assert await told() == missing
    await ensure_topic(settings.cluster, feedback)
    del missing[f"topic {feedback.name}: is not there"]
    assert await told() == missing | {f"topic {feedback.name}": ""}
    other = replace(feedback, configs={**feedback.configs, "retention.ms": "86400000"})
    await ensure_topic(settings.cluster, other)
    async with TopicAdmin(apache_kafka.bootstrap) as admin:
        assert await admin.check([feedback]) == []


def test_nobody_there_is_code_2(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Said in words, no traceback."""
    monkeypatch.setenv("TAPEWIRE_KAFKA", "127.0.0.1:1")
    assert main(["topics", "check"]) == 2
    assert "Kafka: " in capsys.readouterr().err
