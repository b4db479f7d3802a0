"""`python -m tests.supply lock|licences|audit|bom [FILE]`; the tools are in the extra `supply`."""

from __future__ import annotations

import subprocess
import sys

from tests.supply import audit, licences, lock


def bom(file: str = "sbom.json") -> int:
    """A bill of materials (CycloneDX 1.6) of what the image holds."""
    command = [sys.executable, "-m", "cyclonedx_py", "requirements", str(lock.LOCK), "--pyproject", "pyproject.toml"]
    how = ["--spec-version", "1.6", "--output-reproducible", "--output-file", file]
    return subprocess.run([*command, *how], check=False, cwd=lock.ROOT).returncode


def main() -> int:
    """Do what is asked."""
    what, *rest = sys.argv[1:] or [""]
    work = {"lock": lock.write, "licences": licences.write, "audit": audit.run, "bom": bom}
    if what not in work:
        print(__doc__, file=sys.stderr)
        return 2
    return work[what](*rest)


if __name__ == "__main__":
    sys.exit(main())
