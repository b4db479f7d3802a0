"""pip-audit over the lock, and what it is worth: an index that cannot be asked is not a clean bill of health."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from tests.supply.lock import LOCK

UNASKED = 3


def told(report: dict[str, Any]) -> tuple[int, list[str]]:
    """Exit code and lines: 1 when a vulnerability is known, 3 when nothing could be looked up, else 0."""
    parts = report["dependencies"]
    seen = [p for p in parts if "vulns" in p]
    lines = [f"{p['name']} {p['version']}: {v['id']}, mended in {v['fix_versions']}" for p in seen for v in p["vulns"]]
    lines.append(f"looked up {len(seen)} of {len(parts)} packages, {len(lines)} known vulnerabilities")
    if not seen:
        return UNASKED, [
            *lines,
            "NOT AUDITED: the package index that can be reached here does not answer such questions",
        ]
    return (1 if len(lines) > 1 else 0), lines


def run() -> int:
    """Ask, and say how much was answered."""
    command = [sys.executable, "-m", "pip_audit", "-r", str(LOCK), "--require-hashes", "--disable-pip"]
    how = ["--format", "json", "--progress-spinner", "off"]
    done = subprocess.run([*command, *how], capture_output=True, text=True, check=False)
    try:
        report = json.loads(done.stdout)
    except ValueError:
        print(f"NOT AUDITED: {done.stderr.strip().splitlines()[-1:]}")
        return UNASKED
    code, lines = told(report)
    print("\n".join(lines))
    return code
