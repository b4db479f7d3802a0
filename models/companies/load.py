"""The directory's TOML files to records; every fault of shape named with file and line."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

from models.companies import parse
from models.companies.entries import Blocker, Entry
from streams.basics import furniture

FOLDER: Final = Path(__file__).with_name("directory")
_TABLES: Final = frozenset({"company", "blocker", "group"})


class BadDirectory(ValueError):  # noqa: N818 - named for what was read
    """Directory files that cannot be used; `faults` has one line each, with file and line."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(faults))


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """What the files of a folder say. `groups`: name -> meaning; `sources`: file name -> its text."""

    entries: tuple[Entry, ...] = ()
    blockers: tuple[Blocker, ...] = ()
    groups: Mapping[str, str] = field(default_factory=dict)
    version: str = ""
    faults: tuple[str, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)


def load_files(folder: Path = FOLDER) -> Files:
    """All `*.toml` of a folder. Raises `BadDirectory` with every fault of shape."""
    files = read_files(folder)
    if files.faults:
        raise BadDirectory(files.faults)
    if not files.entries:
        raise BadDirectory([f"{folder}: no [[company]] in its files; is it whole?"])
    return files


def read_files(folder: Path) -> Files:
    """All `*.toml` of a folder; what is misshapen is left out and named in `faults`."""
    faults: list[str] = []
    entries: list[Entry] = []
    blockers: list[Blocker] = []
    groups: dict[str, str] = {}
    sources: dict[str, str] = {}
    whole = blake2b(_code(), digest_size=6)
    for path, text, data in _tables(folder, faults):
        whole.update(text.encode())
        sources[path.name] = text
        placed = partial(_placed, data, path.name, text, faults)
        faults.extend(f"{path.name}: unknown table [{k}]" for k in data if k not in _TABLES)
        entries += [e for t, at in placed("company") if (e := parse.entry(t, at, faults))]
        blockers += [b for t, at in placed("blocker") if (b := parse.blocker(t, at, faults))]
        groups |= {str(t.get("name")): str(t.get("means", "")) for t, _ in placed("group")}
    return Files(
        entries=tuple(entries),
        blockers=tuple(blockers),
        groups=groups,
        version=whole.hexdigest(),
        faults=tuple(faults),
        sources=sources,
    )


def _tables(folder: Path, faults: list[str]) -> Iterator[tuple[Path, str, Mapping[str, Any]]]:
    for path in sorted(folder.glob("*.toml")):
        try:
            text = path.read_bytes().decode("utf-8")
            yield path, text, tomllib.loads(text)
        except (OSError, ValueError, RecursionError) as fault:
            faults.append(f"{path.name}: {getattr(fault, 'strerror', None) or fault}")


@cache
def _code() -> bytes:
    """Digest of the rules and word lists: judgements change with them as with the directory."""
    whole = blake2b(digest_size=8)
    for path in (*sorted((*FOLDER.parent.glob("*.py"), *FOLDER.parent.glob("*.toml"))), furniture.FILE):
        whole.update(path.read_bytes())
    return whole.digest()


def _placed(
    data: Mapping[str, Any], name: str, text: str, faults: list[str], kind: str
) -> Iterator[tuple[Mapping[str, Any], str]]:
    """The tables of one kind, each with file and line."""
    tables = parse.tables(data, kind, name, faults)
    lines = [n for n, line in enumerate(text.splitlines(), 1) if line.strip() == f"[[{kind}]]"]
    if len(lines) != len(tables):  # written in another style (inline): the file has to do
        lines = [1] * len(tables)
    return ((table, f"{name}:{line}") for table, line in zip(tables, lines, strict=True))
