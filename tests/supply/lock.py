"""`deploy/requirements.lock`: the runtime with the hash of every file, at the versions of `deploy/constraints.txt`."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "deploy" / "requirements.lock"
CONSTRAINTS = ROOT / "deploy" / "constraints.txt"
EXTRAS = ("fulltext",)

_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)")


def normal(name: str) -> str:
    """A package's name as indexes write it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(file: Path) -> dict[str, str]:
    """Names and versions that a requirements file pins."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return {normal(m[1]): m[2] for line in lines if (m := _PIN.match(line))}


def asked() -> set[str]:
    """What `pyproject.toml` asks for at run time, with what an option of a source needs: an image is not built anew for it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needs = [*project["dependencies"], *(one for extra in EXTRAS for one in project["optional-dependencies"][extra])]
    return {normal(re.split(r"[\[<>=!~; ]", one)[0]) for one in needs}


def unhashed(file: Path = LOCK) -> list[str]:
    """Pins without a hash."""
    entries = re.split(r"\n(?=\S)", file.read_text(encoding="utf-8"))
    return [e.split()[0] for e in entries if _PIN.match(e) and "--hash=sha256:" not in e]


def write() -> int:
    """Resolve anew, for every Python and system we support."""
    command = [sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", "--constraint", str(CONSTRAINTS)]
    extras = [word for extra in EXTRAS for word in ("--extra", extra)]
    how = ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-header", "--no-annotate", "--quiet"]
    return subprocess.run([*command, *extras, *how, "--output-file", str(LOCK)], check=False, cwd=ROOT).returncode
