"""Outside tools that hold the deployment files against their own rules."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from streams.metrics.names import ALL, Kind
from streams.metrics.prometheus import PrometheusMeter
from tests.conftest import absent

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"


def tool(name: str, where: str) -> str:
    """The program, from this environment or from the PATH; skips (in CI fails) when it is missing."""
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        absent(f"{name} is missing: {where}")
    return str(found)


def ran(command: Sequence[str], cwd: Path = ROOT) -> str:
    """What it printed; fails with that when it is not content."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def exported() -> set[str]:
    """Every series name that a worker exports, and Prometheus' own."""
    names = {"up", *re.findall(r"^(process_\w+)", PrometheusMeter().text().decode(), re.MULTILINE)}
    for metric in ALL:
        ends = ("_bucket", "_sum", "_count") if metric.kind is Kind.HISTOGRAM else ("",)
        names |= {metric.full + end for end in ends}
    return names


def asked(expression: str) -> set[str]:
    """The series names that an expression asks for."""
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', "", expression)
    return set(re.findall(r"\b(?:tapewire_\w+|process_\w+|up)\b", bare))


def labels_of(expression: str) -> set[tuple[str, str]]:
    """For each series of ours that is asked for with a filter, its name and the labels filtered by."""
    found = set()
    for name, inner in re.findall(r"\b(tapewire_\w+)\{([^}]*)\}", expression):
        found |= {(name, label) for label in re.findall(r"(\w+)\s*(?:=~|!=|!~|=)", inner)}
    return found


def labels_exported() -> set[tuple[str, str]]:
    """The labels each series has."""
    found = set()
    for metric in ALL:
        for name in (metric.full, *(metric.full + e for e in ("_bucket", "_sum", "_count"))):
            found |= {(name, label) for label in (*metric.labels, "job", "instance", "le")}
    return found
