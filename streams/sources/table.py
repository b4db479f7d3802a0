"""One table of a settings file: values taken by kind, every fault noted with file and line, nothing left unread."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from streams.basics.times import parse_span
from streams.basics.toml_lines import Toml
from streams.records import Millis


@dataclass(slots=True)
class Table:
    """Takes values out; `rest` complains of what nobody took."""

    values: dict[str, Any]
    name: str
    number: int
    file: Toml
    faults: list[str]
    taken: set[str] = field(default_factory=set)
    named: set[Path] = field(default_factory=set)  # other files that it names: what they hold counts as its own

    def at(self, key: str = "") -> str:
        """File and line of a key, or of the table."""
        return self.file.where(key, self.name, self.number)

    def naming(self, path: Path) -> Path:
        """The path of another file, noted among `named`."""
        self.named.add(path)
        return path

    def fault(self, key: str, words: str) -> None:
        """Note what is wrong with a key."""
        self.faults.append(f"{self.at(key)}: `{key}` {words}")

    def text(self, key: str, default: str = "", *, needed: bool = False) -> str:
        """A string."""
        self.taken.add(key)
        value = self.values.get(key, default)
        if not isinstance(value, str) or (needed and not value.strip()):
            self.fault(key, "is missing: give a string" if key not in self.values else "must be a string")
            return default
        return value.strip()

    def flag(self, key: str, default: bool = False) -> bool:
        """True or false."""
        self.taken.add(key)
        value = self.values.get(key, default)
        if not isinstance(value, bool):
            self.fault(key, "must be true or false")
            return default
        return value

    def span(self, key: str, default: Millis, least: Millis = 0) -> Millis:
        """A span of time such as `90s` or `2h`, in milliseconds."""
        self.taken.add(key)
        if key not in self.values:
            return default
        try:
            span = parse_span(str(self.values[key]))
        except ValueError as bad:
            self.fault(key, str(bad))
            return default
        if span < least:
            self.fault(key, f"must be at least {least // 1_000}s")
        return span

    def number_in(self, key: str, default: int, least: int, most: int) -> int:
        """A whole number within bounds."""
        self.taken.add(key)
        value = self.values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self.fault(key, f"must be a whole number from {least} to {most}")
            return default
        return value

    def strings(self, key: str) -> tuple[str, ...]:
        """A list of strings."""
        self.taken.add(key)
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(v, str) and v.strip() for v in value):
            self.fault(key, "must be a list of strings")
            return ()
        return tuple(v.strip() for v in value)

    def mapping(self, key: str) -> dict[str, str]:
        """A table of strings."""
        self.taken.add(key)
        value = self.values.get(key, {})
        if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
            self.fault(key, "must be a table of strings")
            return {}
        return dict(value)

    def rest(self) -> None:
        """Complain of unknown keys, naming the nearest known one."""
        for key in self._unknown():
            near = difflib.get_close_matches(key, sorted(self.taken), n=1, cutoff=0.5)
            self.fault(key, "is unknown" + (f"; did you mean `{near[0]}`?" if near else ""))

    def _unknown(self) -> Iterator[str]:
        return (k for k in self.values if k not in self.taken)
