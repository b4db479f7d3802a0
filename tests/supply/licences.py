"""`deploy/licences.md`: under which terms the parts of the runtime come, from what they say of themselves."""

from __future__ import annotations

import re
from importlib.metadata import Distribution, PackageNotFoundError, distribution

from tests.supply.lock import ROOT, pins

PAGE = ROOT / "deploy" / "licences.md"
FREE = re.compile(
    r"\b(?:MIT|BSD|Apache|PSF|Python Software Foundation|ISC|MPL|Mozilla|Zlib|0BSD|Unlicense|Repoze|LGPL)\b",
    re.IGNORECASE,
)
ELSEWHERE = {
    "colorama": "BSD-3-Clause",
    "async-timeout": "Apache-2.0",
}  # for other systems and Pythons: not installed here

_HEAD = """# Licences

Written by `python -m tests.supply licences` from what each package says of itself; a test keeps it fresh. Everything that a
worker loads at run time; what only tests and tools need is not shipped.

| package | licence |
|---|---|
"""


def licence(name: str) -> str:
    """What a package says of itself, in a few words. Raises `LookupError` when it is not installed or says nothing."""
    try:
        said = _said(distribution(name))
    except PackageNotFoundError:
        said = ELSEWHERE.get(name, "")
    if not said:
        raise LookupError(f"{name}: no licence known")
    return said


def _said(found: Distribution) -> str:
    meta = found.metadata
    if "License-Expression" in meta:
        return meta["License-Expression"]
    classes = [c.split(" :: ")[-1] for c in meta.get_all("Classifier", []) if c.startswith("License :: ")]
    plain = meta["License"].strip().splitlines() if "License" in meta else []
    return ", ".join(c for c in classes if c != "OSI Approved") or (plain[0][:60] if plain else "")


def page() -> str:
    """The page as it should be."""
    return _HEAD + "".join(
        f"| {name} | {licence(name)} |\n" for name in sorted(pins(ROOT / "deploy" / "requirements.lock"))
    )


def write() -> int:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    return 0
