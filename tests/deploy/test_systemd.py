"""Unit files: verified by systemd itself, and little exposed."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.deploy.tools import DEPLOY, ran, tool

ANALYZE = "apt-get install systemd"


def _copied(folder: Path) -> list[str]:
    """The units with a program that exists here in place of ours."""
    made = []
    for unit in (DEPLOY / "systemd").glob("tapewire*"):
        copy = folder / unit.name.replace("@.", "@deliver-1.")
        if unit.is_dir():
            shutil.copytree(unit, folder / unit.name)
            continue
        copy.write_text(unit.read_text().replace("/opt/tapewire/bin/tapewire", "/bin/true"))
        made.append(str(copy))
    return made


def test_units_are_understood_by_systemd(tmp_path: Path) -> None:
    """No unknown key, no value that would be ignored."""
    done = ran([tool("systemd-analyze", ANALYZE), "verify", "--man=no", *_copied(tmp_path)])
    assert done == ""


def test_units_are_little_exposed(tmp_path: Path) -> None:
    """systemd's own measure, from 0 (locked up) to 10: at most 2."""
    units = [u for u in _copied(tmp_path) if u.endswith(".service")]
    told = ran([tool("systemd-analyze", ANALYZE), "security", "--offline=true", "--threshold=20", *units])
    exposure = float(re.findall(r"exposure level for \S+: ([\d.]+)", told)[0])
    print(f"exposure {exposure}")
    assert exposure <= 2.0


@pytest.mark.parametrize("told", ["kafka_password redis_password slack_token", "kafka_password redis_password"])
def test_a_command_by_hand_has_what_the_units_have(told: str, tmp_path: Path) -> None:
    """Settings and secrets exist only in the units: by hand a command would run with defaults, on another Kafka."""
    secrets = tmp_path / "etc" / "secrets"
    secrets.mkdir(parents=True)
    for name in told.split():
        (secrets / name).write_text("x")
    program = tmp_path / "tapewire"
    program.write_text('#!/bin/sh\necho "$@"\nenv\n')
    program.chmod(0o755)
    wrapper = (DEPLOY / "systemd" / "tw").read_text()
    for ours, here in (("/etc/tapewire", tmp_path / "etc"), ("/opt/tapewire/bin/tapewire", program)):
        assert ours in wrapper
        wrapper = wrapper.replace(ours, str(here))
    done = subprocess.run(
        ["sh", "-c", wrapper, "tw", "ledger", "--since", "24 h"], env={}, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert done.stdout.splitlines()[0] == "ledger --since 24 h"
    units = "".join(f.read_text() for f in (DEPLOY / "systemd").rglob("*") if f.suffix in {".service", ".conf"})
    for name, path in re.findall(r"^Environment=(TAPEWIRE_\w+)=(\S+)$", units, re.MULTILINE):
        here = path.replace("%d", str(secrets)).replace("/etc/tapewire", str(tmp_path / "etc"))
        present = name == "TAPEWIRE_CONFIG" or Path(here).exists()
        assert (f"{name}={here}" in done.stdout.splitlines()) is present
