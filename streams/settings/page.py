"""The page `deploy/settings.md`: `python -m streams.settings.page > deploy/settings.md` writes it from the record.

The words of a setting are the comment behind it in `streams/settings/record.py`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Final, get_args

from streams.basics.times import span_words
from streams.settings import record
from streams.settings.read import PREFIX, secrets, types
from streams.settings.record import Settings

_LINE: Final = re.compile(r"^    (\w+): .*?  # (.+)$", re.MULTILINE)
Page = Callable[[], str]
_KINDS: Final = {"str": "text", "int": "number", "bool": "true or false", "Millis": "span", "Path": "path"}


def page() -> str:
    """The whole page."""
    said = words()
    rows = [
        f"| `{f.name}` | `{PREFIX}{f.name.upper()}` | {_kind(f.name)} | {_default(f.name)} | {said[f.name]} |"
        for f in fields(Settings)
    ]
    return "\n".join(
        [
            "# Settings",
            "",
            "Written by `python -m streams.settings.page` from `streams/settings/record.py`; a test keeps it fresh.",
            "In `tapewire.toml` (or the file that `TAPEWIRE_CONFIG` names) as `NAME = VALUE`; or as a variable, which",
            "wins. Any of them can come from a file: `TAPEWIRE_SLACK_TOKEN_FILE=/run/secrets/slack_token`, or",
            '`slack_token_file = "..."` in `tapewire.toml`. A span has its unit: `500ms`, `90s`, `15m`, `6h` or `2d`.',
            "`tapewire check` names every fault at once, with file and line; a worker that finds one ends with code 2",
            "before it starts anything.",
            "",
            "| setting | variable | what | default | meaning |",
            "|---|---|---|---|---|",
            *rows,
            "",
        ]
    )


def words() -> dict[str, str]:
    """What each setting means, as its line says."""
    return dict(_LINE.findall(Path(record.__file__).read_text(encoding="utf-8")))


def _kind(name: str) -> str:
    kind = types()[name].removesuffix(" | None")
    told = _KINDS.get(kind) or ", ".join(get_args(getattr(record, kind)))
    return told + (", secret" if name in secrets() else "")


def _default(name: str) -> str:
    value = getattr(Settings(), name)
    if types()[name] == "Millis":
        return span_words(value)
    return f"`{str(value).lower() if isinstance(value, bool) else value}`" if value not in ("", None) else ""


if __name__ == "__main__":
    sys.stdout.write(page())
