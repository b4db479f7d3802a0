"""`tapewire topics` on a cluster in this process: what `make` leaves alone, and what `apply` mends."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import pytest

from streams.cli import main
from streams.kafka import admin
from streams.kafka.plan import Found, plan
from streams.settings.record import Settings

ARTICLES, *OTHERS = plan(Settings().topics)


@dataclass
class Cluster:
    """As Kafka's admin client knows it."""

    topics: dict[str, Found] = field(default_factory=dict)
    altered: list[str] = field(default_factory=list)

    async def start(self) -> None:
        """It is there."""

    async def close(self) -> None:
        """It stays."""

    async def list_topics(self) -> list[str]:
        """Names."""
        return list(self.topics)

    async def describe_topics(self, names: list[str]) -> list[dict[str, Any]]:
        """Partitions and their copies."""
        return [{"topic": n, "partitions": [{"replicas": [1]}] * self.topics[n].partitions} for n in names]

    async def describe_configs(self, resources: list[Any]) -> list[Any]:
        """All of a topic's own."""
        entries = [(k, v, False, 1) for k, v in self.topics[resources[0].name].configs.items()]
        return [SimpleNamespace(resources=[(0, "", 2, resources[0].name, entries)])]

    async def create_topics(self, new: list[Any]) -> Any:
        """Made at once."""
        for topic in new:
            self.topics[topic.name] = Found(topic.num_partitions, 1, dict(topic.topic_configs))
        return SimpleNamespace(topic_errors=[(topic.name, 0, None) for topic in new])

    async def create_partitions(self, wider: dict[str, Any]) -> None:
        """Widened."""
        for name, partitions in wider.items():
            self.altered.append(name)
            self.topics[name] = replace(self.topics[name], partitions=partitions.total_count)

    async def alter_configs(self, resources: list[Any]) -> list[Any]:
        """All of a topic's own are replaced."""
        for resource in resources:
            self.altered.append(resource.name)
            self.topics[resource.name] = replace(self.topics[resource.name], configs=dict(resource.configs))
        return []


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Cluster:
    """Without topics."""
    made = Cluster()
    monkeypatch.setattr(admin, "AIOKafkaAdminClient", lambda **_: made)
    return made


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (replace(Found(8, 1, ARTICLES.configs), partitions=9), "articles: has 9 partitions, more than 8"),
        (replace(Found(8, 1, ARTICLES.configs), partitions=4), "articles: has 4 partitions, not 8"),
        (Found(8, 1, {**ARTICLES.configs, "retention.ms": "86400000"}), "articles: retention.ms is 1d, not 90d"),
        (Found(8, 1, {**ARTICLES.configs, "cleanup.policy": "compact"}), "articles: cleanup.policy is compact"),
    ],
)
def test_make_makes_what_is_missing_and_changes_nothing_that_is_there(
    cluster: Cluster, capsys: pytest.CaptureFixture[str], found: Found, told: str
) -> None:
    """Whatever a person made of a topic stays; it is told in a line, and is no failure: the workers are to start."""
    cluster.topics["articles"] = found
    assert main(["topics", "make"]) == 0
    *made, hint, end = capsys.readouterr().out.splitlines()
    assert made == [f"{t.name}: mended: is not there" for t in OTHERS]
    assert hint.startswith(told) and "; mend: " in hint
    assert end == "there: articles, alerts, decisions, articles.dead, feedback"
    assert (cluster.topics["articles"], cluster.altered) == (found, [])
    assert main(["topics", "make"]) == 0
    assert capsys.readouterr().out.splitlines() == [hint, end]
    assert main(["topics", "check"]) == 1


def test_apply_is_a_persons_and_mends_what_can_be(cluster: Cluster, capsys: pytest.CaptureFixture[str]) -> None:
    """Raised and widened; what is larger than planned is left, and is a failure."""
    cluster.topics["articles"] = Found(4, 1, {**ARTICLES.configs, "retention.ms": "86400000"})
    assert main(["topics", "apply"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("as planned: ")
    assert cluster.topics["articles"] == Found(8, 1, ARTICLES.configs)
    cluster.topics["articles"] = Found(9, 1, ARTICLES.configs)
    assert main(["topics", "apply"]) == 1


def test_what_could_not_be_made_is_a_failure(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No worker is to start without its topics."""

    async def nothing(_: object) -> Any:
        return SimpleNamespace(topic_errors=[])

    monkeypatch.setattr(cluster, "create_topics", nothing)
    monkeypatch.setattr(admin, "_TOLD_S", 0.0)
    assert main(["topics", "make"]) == 1
    assert "articles: is not there; mend: tapewire topics apply" in capsys.readouterr().out


@pytest.mark.parametrize("what", ["create_topics", "create_partitions"])
def test_a_cluster_without_a_controller_is_away(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    """While the brokers choose one, aiokafka asks None for its address."""

    async def asked(_: object) -> Any:
        return None.nodeId  # type: ignore[attr-defined]

    cluster.topics |= {t.name: Found(4, 1, t.configs) for t in (ARTICLES, *OTHERS) if what == "create_partitions"}
    monkeypatch.setattr(cluster, what, asked)
    assert main(["topics", "apply"]) == 2
    assert capsys.readouterr().err == "Kafka: no broker leads the cluster; ask again in a moment\n"


def test_an_embedded_broker_needs_no_topics(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It makes each when it is first named, and knows no settings of them."""
    monkeypatch.setenv("TAPEWIRE_EMBEDDED", "true")
    for what in ("apply", "make", "check"):
        assert main(["topics", what]) == 0
        assert "its topics appear when first named" in capsys.readouterr().out
