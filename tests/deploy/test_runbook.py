"""The runbook: every command it gives can be given, in a place that has what the command needs."""

from __future__ import annotations

import argparse
import importlib
import re
from collections.abc import Iterator

import pytest
import yaml

from streams.cli import COMMANDS
from streams.names import Names
from tests.deploy.tools import DEPLOY, ROOT

TEXT = (DEPLOY / "runbook.md").read_text(encoding="utf-8")
SERVICES = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]


def spans() -> Iterator[str]:
    """What is written as code: indented blocks, continued lines joined, and `...`."""
    lines = TEXT.replace("\\\n", " ").splitlines()
    yield from (line.strip() for line in lines if line.startswith("    "))
    prose = " ".join(line.strip() for line in lines if not line.startswith("    "))
    yield from re.findall(r"`([^`]+)`", prose)


def given() -> list[list[str]]:
    """Every call of tapewire, in words from its command on; `/tapewire` is what people say in Slack."""
    calls = re.compile(r"(?:^|\s|\w/)(?:tapewire|tw|compose run --rm(?: --no-deps)? \w+) ([a-z]+\b[^#;|)]*)")
    return [match[1].split() for span in spans() for match in calls.finditer(span)]


def section(name: str) -> str:
    """Its words."""
    return TEXT.partition(f"\n## {name}\n")[2].partition("\n## ")[0]


def options(parser: argparse.ArgumentParser) -> set[str]:
    """All that it takes, of its own commands too."""
    found = set(parser._option_string_actions)
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            found |= {o for sub in action.choices.values() for o in options(sub)}
    return found


@pytest.mark.parametrize("words", given(), ids=" ".join)
def test_a_command_is_one_and_knows_its_options(words: list[str]) -> None:
    """A slip would be found at night, by whoever needs it."""
    name, *rest = words
    assert name in COMMANDS
    parser = argparse.ArgumentParser()
    importlib.import_module(f"streams.commands.{COMMANDS[name][0]}").add_arguments(parser)
    assert {word for word in rest if word.startswith("--")} <= options(parser)


def test_the_services_that_are_named_are_there() -> None:
    """`docker compose run tools`, not a container of another day."""
    named = re.findall(r"compose (?:--profile \w+ )?(?:run --rm(?: --no-deps)?|exec|stop|start) (\w+)", TEXT)
    assert named
    assert set(named) <= set(SERVICES)
    manifests = "".join(file.read_text(encoding="utf-8") for file in (DEPLOY / "kubernetes").rglob("*.yaml"))
    assert set(re.findall(r"deployment/([\w-]+)", TEXT)) <= set(
        re.findall(r"^  name: ([\w-]+)$", manifests, re.MULTILINE)
    )


def test_what_needs_slacks_token_is_asked_where_it_is() -> None:
    """`check` and `doctor` fail everywhere else, for a reason that is none."""
    asked = re.findall(r"(?:run --rm --no-deps|deployment/tapewire-)\s*(\w+)(?: -- tapewire)? (?:check|doctor)\b", TEXT)
    assert len(asked) >= 2
    assert {name for name in asked if "slack_token" not in SERVICES[name].get("secrets", ())} == set()


def test_the_groups_are_those_that_the_roles_commit_in() -> None:
    """With the desk's prefix, or without one."""
    groups = re.findall(r"--group (?:PREFIX)?(\S+)", TEXT)
    assert groups
    assert set(groups) <= {Names().group(role) for role in ("triage", "deliver", "worker")}


def test_whoever_restores_the_topics_tells_nothing_twice_and_forgets_nothing_said() -> None:
    """The order: everybody stands, Redis is empty, the archives are in, the group is at the end, and only then a start."""
    steps = section("A broker is lost")
    order = ["1. Stop", "topics apply", "FLUSHDB", "import articles", "import feedback", "--to-latest", "6. Start"]
    places = [steps.find(step) for step in order]
    assert places == sorted(places)
    assert -1 not in places


def test_what_is_kept_for_months_has_a_backup() -> None:
    """Each topic but the outbox and the dead letters, by its own name and under its own."""
    saved = [words[1:] for words in given() if words[0] == "export" and words[1:]]
    names = {words[words.index("--topic") + 1] if "--topic" in words else "PREFIXarticles" for words in saved}
    assert names == {Names("PREFIX").articles, Names("PREFIX").decisions, Names("PREFIX").feedback}


def test_an_upgrade_brings_the_new_version_to_everybody_and_leaves_the_old_one() -> None:
    """systemd: beside the old, under the link that the units call. compose: ingest too. Kubernetes: the Job is made anew."""
    unit = (DEPLOY / "systemd" / "tapewire@.service").read_text(encoding="utf-8")
    assert "\nExecStart=/opt/tapewire/bin/" in unit
    assert not re.search(r"(?:venv |^\s+)/opt/tapewire(?:\s|/bin/pip)", TEXT, re.MULTILINE)
    assert TEXT.index("ln -sfnT /opt/tapewire-$v /opt/tapewire") < TEXT.index("systemctl enable --now")
    steps = section("Upgrade, without losing or doubling")
    assert "COMPOSE_PROFILES=ingest" in steps
    assert 0 < steps.index("delete job tapewire-topics --ignore-not-found") < steps.index("apply -k")
