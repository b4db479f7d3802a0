"""TOML with the line of every table and key, so that a fault can say where it is."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

_HEADER: Final = re.compile(r"\s*\[\[?\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?")
_KEY: Final = re.compile(r"\s*[\"']?([A-Za-z0-9_-]+)[\"']?\s*=")
_PLACE: Final = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)")
MOST_BYTES: Final = 4_194_304


class BadToml(ValueError):  # noqa: N818 - named for what was read
    """A file that is no TOML; the message begins with file and line."""


@dataclass(frozen=True)
class Toml:
    """A file's data; `where` names a line of it."""

    name: str
    text: str
    data: dict[str, Any]

    def where(self, key: str = "", table: str = "", nth: int = 0) -> str:
        """`file:line` of a key (of the nth `[[table]]`, or of the top), of the table itself, or else the file."""
        inside = self._lines.get((table, nth), {})
        line = inside.get(key) or inside.get("") or self._lines.get((key, 0), {}).get("")
        return f"{self.name}:{line}" if line else self.name

    @cached_property
    def _lines(self) -> dict[tuple[str, int], dict[str, int]]:
        """Table and its number -> key -> line; the key "" is the table's own header."""
        found: dict[tuple[str, int], dict[str, int]] = {("", 0): {}}
        at, counts = ("", 0), dict[str, int]()
        for number, line in enumerate(self.text.splitlines(), 1):
            if header := _HEADER.fullmatch(line):
                name, _, within = header[1].partition(".")
                if within and name == at[0]:  # [source.headers] is the key `headers` of the source above it
                    found[at].setdefault(within, number)
                    continue
                name = header[1]
                at = (name, counts.get(name, 0))
                counts[name] = at[1] + 1
                found[at] = {"": number}
            elif key := _KEY.match(line):
                found[at].setdefault(key[1], number)
        return found


def parse_toml(text: str, name: str) -> Toml:
    """TOML in a text. Raises `BadToml`."""
    try:
        return Toml(name, text, tomllib.loads(text))
    except (ValueError, RecursionError) as fault:  # a ValueError also for a number of thousands of digits
        place = _PLACE.search(str(fault))
        line = (place[1] or str(len(text.splitlines()) or 1)) if place else "1"
        column = f" (column {place[2]})" if place and place[2] else ""
        raise BadToml(f"{name}:{line}: no TOML: {_PLACE.sub('', str(fault))}{column}") from None


def read_toml(path: Path) -> Toml:
    """The TOML file at `path`. Raises `BadToml`, also when it cannot be read."""
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
        if len(raw) > MOST_BYTES:
            raise BadToml(f"{path}: larger than {MOST_BYTES // 1024} KiB: is it the right file?")
        return parse_toml(raw.decode("utf-8-sig"), str(path))
    except UnicodeDecodeError as fault:
        line = raw[: fault.start].count(b"\n") + 1
        raise BadToml(f"{path}:{line}: not UTF-8; save the file as UTF-8") from None
    except OSError as fault:
        raise BadToml(f"{path}: cannot be read: {fault.strerror}; give the path of a file, or its rights") from None
