"""Unit files: verified by systemd itself, and little exposed."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

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
