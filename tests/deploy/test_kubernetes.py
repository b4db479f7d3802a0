"""Manifests: rendered by kustomize, held against the schemas of Kubernetes, and as locked up as the README says."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from streams.settings.load import load_settings
from tests.certificates import make
from tests.deploy.tools import DEPLOY, ran, tool

FOLDER = DEPLOY / "kubernetes"
OPERATORS = {"keda.sh/v1alpha1", "monitoring.coreos.com/v1"}  # their schemas are not part of Kubernetes


@cache
def rendered(what: str) -> tuple[dict[str, Any], ...]:
    """The manifests of a kustomization."""
    text = ran([tool("kubectl", "kubernetes.io/docs/tasks/tools"), "kustomize", str(FOLDER / what)])
    return tuple(yaml.safe_load_all(text))


def workloads() -> list[dict[str, Any]]:
    """Everything that makes pods."""
    return [d for d in rendered("example") if d["kind"] in {"Deployment", "Job"}]


def workers() -> list[dict[str, Any]]:
    """Those that serve whether they are well."""
    return [w for w in workloads() if w["spec"]["template"]["spec"]["containers"][0].get("ports")]


def test_manifests_follow_the_schemas(tmp_path: Path) -> None:
    """Strictly: a field that Kubernetes does not know is a fault."""
    known = [d for d in rendered("example") if d["apiVersion"] not in OPERATORS]
    assert len(known) >= 10
    file = tmp_path / "rendered.yaml"
    file.write_text(yaml.safe_dump_all(known))
    ran([tool("kubernetes-validate", "pip install kubernetes-validate"), "--strict", "--no-warn", str(file)])


def test_what_operators_read_names_what_is_there() -> None:
    """The scaler scales a deployment of ours by the group and topic it reads; the monitor finds the port by name."""
    found = {(d["kind"], d["metadata"]["name"]): d for d in rendered("example")}
    scaler = found["ScaledObject", "tapewire-triage"]["spec"]
    assert ("Deployment", scaler["scaleTargetRef"]["name"]) in found
    trigger = scaler["triggers"][0]["metadata"]
    login = {r["parameter"] for r in found["TriggerAuthentication", "tapewire-kafka"]["spec"]["secretTargetRef"]}
    assert login == {"username", "password", "ca"}  # where the scaler looks for them, and nowhere else
    assert (trigger["consumerGroup"], trigger["topic"]) == ("tapewire-triage", "articles")
    settings = tomllib.loads((FOLDER / "base" / "tapewire.toml").read_text())
    assert scaler["maxReplicaCount"] == settings["topic_partitions"]
    assert trigger["bootstrapServers"] == settings["kafka"]
    monitor = found["PodMonitor", "tapewire"]["spec"]["podMetricsEndpoints"][0]["port"]
    ports = [p["name"] for d in workloads() for p in _container(d).get("ports", ())]
    assert monitor in ports


def test_who_is_scaled_by_lag_has_no_number_of_its_own() -> None:
    """Else every `kubectl apply` would throw triage back to that number, in the middle of the morning's rush."""
    fixed = {w["metadata"]["name"]: w["spec"].get("replicas") for w in workloads() if w["kind"] == "Deployment"}
    scaled = {d["spec"]["scaleTargetRef"]["name"] for d in rendered("example") if d["kind"] == "ScaledObject"}
    assert {name for name, number in fixed.items() if number is None} == scaled
    alone = {d["metadata"]["name"]: d["spec"] for d in rendered("base") if d["kind"] == "Deployment"}
    assert alone["tapewire-triage"]["replicas"] == 2  # without KEDA nobody else says it


def test_the_settings_file_is_taken_by_the_product(tmp_path: Path) -> None:
    """Every key is a setting, and no two contradict each other, with the secrets that a cluster would mount."""
    text = (FOLDER / "base" / "tapewire.toml").read_text()
    file = tmp_path / "tapewire.toml"
    file.write_text(text.replace("/run/secrets/tapewire", str(tmp_path)))
    for name in ("kafka_ca.pem", "redis_ca.pem"):
        make(tmp_path).ca.rename(tmp_path / name)
    given = {f"TAPEWIRE_{n}": "x" * 24 for n in ("KAFKA_PASSWORD", "REDIS_PASSWORD", "HEALTH_TOKEN")}
    settings = load_settings(file, given | {"TAPEWIRE_SLACK_TOKEN": "xoxb-1-example"})
    assert settings.kafka_security == "sasl_ssl"


def _container(workload: dict[str, Any]) -> dict[str, Any]:
    containers = workload["spec"]["template"]["spec"]["containers"]
    assert len(containers) == 1
    return dict(containers[0])


@pytest.mark.parametrize(
    "name", ["tapewire-triage", "tapewire-deliver", "tapewire-topics", "tapewire-ingest", "tapewire-tools"]
)
def test_pods_are_locked_up(name: str) -> None:
    """As the `restricted` standard asks, with a root file system that cannot be written."""
    pod = next(w for w in workloads() if w["metadata"]["name"] == name)["spec"]["template"]["spec"]
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in pod["containers"]:
        context = container["securityContext"]
        assert context["readOnlyRootFilesystem"] is True
        assert context["allowPrivilegeEscalation"] is False
        assert context["capabilities"] == {"drop": ["ALL"]}
        assert container["resources"]["limits"]["memory"]


def test_commands_by_hand_write_to_a_folder_and_have_a_pod_of_their_own() -> None:
    """An export, a replay and what it keeps meanwhile need disk, and memory that no worker is killed for."""
    tools = next(w for w in workloads() if w["metadata"]["name"] == "tapewire-tools")["spec"]
    container = _container({"spec": tools})
    assert tools["replicas"] == 0  # until somebody wants it
    assert {"name": "TMPDIR", "value": container["workingDir"]} in container["env"]
    (mounted,) = [m["name"] for m in container["volumeMounts"] if m["mountPath"] == container["workingDir"]]
    (volume,) = [v for v in tools["template"]["spec"]["volumes"] if v["name"] == mounted]
    assert "medium" not in volume["emptyDir"]  # a disk's, not memory
    assert "ports" not in container  # nobody scrapes it


def test_secrets_are_named_and_never_written_down() -> None:
    """No Secret among the manifests, no secret among the variables; only delivery is given the Slack token."""
    assert [d for d in rendered("example") if d["kind"] == "Secret"] == []
    for workload in workloads():
        names = [e["name"] for e in _container(workload)["env"]]
        secret = [n for n in names if "TOKEN" in n or "PASSWORD" in n]
        assert all(n.endswith("_FILE") for n in secret)
        assert ("TAPEWIRE_SLACK_TOKEN_FILE" in names) == (workload["metadata"]["name"] == "tapewire-deliver")


def test_whoever_is_given_secrets_can_read_them() -> None:
    """The files are the group's, and the container is not root: the pod says which group that is."""
    for workload in workloads():
        pod = workload["spec"]["template"]["spec"]
        assert pod["securityContext"]["fsGroup"] == pod["securityContext"]["runAsGroup"]


def test_one_place_says_which_image_runs_everywhere() -> None:
    """Components included: a bare name would be looked for at a public registry."""
    assert {_container(w)["image"] for w in workloads()} == {"registry.example/tapewire:0.1.0"}


def test_probes_ask_what_the_worker_serves() -> None:
    """Liveness asks /live, readiness /ready; Redis being away makes a worker unready, never restarts it."""
    assert {w["metadata"]["name"] for w in workers()} == {"tapewire-triage", "tapewire-deliver", "tapewire-ingest"}
    for workload in workers():
        container = _container(workload)
        assert container["livenessProbe"]["httpGet"] == {"path": "/live", "port": "health"}
        assert container["readinessProbe"]["httpGet"] == {"path": "/ready", "port": "health"}
        spec = workload["spec"]["template"]["spec"]
        assert spec["terminationGracePeriodSeconds"] >= 60


def test_the_job_changes_no_topic_that_is_there() -> None:
    """Retention that a person shortened stays; a topic wider than planned is no fault."""
    (job,) = [w for w in workloads() if w["kind"] == "Job"]
    assert _container(job)["args"] == ["topics", "make"]


def test_every_pod_has_a_policy_that_chooses_it_and_every_worker_a_budget() -> None:
    """Draining takes one at a time; who may speak to whom is said for every pod."""
    docs = rendered("example")
    for workload in workloads():
        labels = workload["spec"]["template"]["metadata"]["labels"]
        policies = [d["spec"]["podSelector"].get("matchLabels", {}) for d in docs if d["kind"] == "NetworkPolicy"]
        assert any(p.items() <= labels.items() for p in policies)
        budgets = [d["spec"]["selector"]["matchLabels"] for d in docs if d["kind"] == "PodDisruptionBudget"]
        assert workload not in workers() or any(b.items() <= labels.items() for b in budgets)


def test_who_must_speak_to_the_outside_may_and_nobody_else() -> None:
    """Also a copy of deliver under the role `desk`, which hears Slack; triage, that reads hostile text all day, may not."""
    (policy,) = [d["spec"] for d in rendered("example") if d["metadata"]["name"] == "tapewire-outside"]
    (component,) = policy["podSelector"]["matchExpressions"]
    assert (component["key"], component["operator"]) == ("app.kubernetes.io/component", "In")
    assert set(component["values"]) == {"deliver", "desk", "ingest"}


def test_a_pod_that_is_not_ready_keeps_no_node_from_being_drained() -> None:
    """While Slack is held every deliver is unready, while Redis is away every triage: nobody is served by their staying."""
    budgets = [d["spec"] for d in rendered("example") if d["kind"] == "PodDisruptionBudget"]
    assert len(budgets) == len(workers())
    assert {b.get("unhealthyPodEvictionPolicy") for b in budgets} == {"AlwaysAllow"}
