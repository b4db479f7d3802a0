"""What one call of `tapewire replay` judges with, reads and writes: checked before anything is begun."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path

from streams.desk.feedback import Feedback
from streams.flow import Parts
from streams.knowledge import Knowledge, load_knowledge
from streams.ports import Clocked
from streams.replay.desk import changes_of, parts
from streams.replay.resume import DIGITS
from streams.replay.source import Source
from streams.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What judges: a watch file, what people changed on the desk, a company directory and a model."""

    watches: Path
    directory: Path | None  # the shipped one for None
    model: Path | None  # the shipped one for None
    known: Knowledge  # what these hold
    two_cores: bool = False
    changes: tuple[Feedback, ...] = ()  # see `streams.desk`

    def parts(self, clock: Clocked) -> Parts:
        """Silent parts with a new memory. Raises `BadWatches`."""
        return parts(self.watches, clock, self.known, self.changes)

    def other(self, given: Path) -> Setup | None:
        """The configuration that a path stands for; None for a run's output. Raises `BadModel` and `BadWatches`."""
        if not given.is_dir() and given.suffix != ".toml":
            return None
        other = replace(self, watches=given)
        if given.is_dir():
            other = replace(self, model=given, known=load_knowledge(self.directory, given))
        other.parts(Clocked())
        return other

    def digest(self, mark: str) -> str:
        """What tells a run of this over a source with this `mark` from every other."""
        directory, model = self.known
        desk = self.parts(Clocked()).desk.version, [c for c in self.changes if c.changes]
        told = repr((mark, desk, directory.version, model.card))  # people try other thresholds on the same version
        return blake2b(told.encode(), digest_size=DIGITS // 2).hexdigest()


async def setup_of(options: argparse.Namespace, settings: Settings, source: Source) -> Setup:
    """As the worker judges, but for what the options say. Raises `BadWatches`, `BadDirectory` and `BadModel`."""
    changes = await changes_of(options.desk, source, settings)
    model = options.model or settings.model
    known = load_knowledge(settings.directory, model)
    watches = options.watches or settings.watches
    return Setup(watches=watches, directory=settings.directory, model=model, known=known, changes=changes)


def check_paths(options: argparse.Namespace) -> None:
    """Raises ValueError and OSError when a run would write over what it reads, or cannot read it twice."""
    written: dict[Path, str] = {}
    for name, path in _named(options, "out", "html"):
        if path.exists() and not path.is_file():
            raise ValueError(f"{name} {path} is no file: name one to be written")
        if not path.absolute().parent.is_dir():
            raise ValueError(f"{name} {path}: there is no such folder")
        other = written.setdefault(path.resolve(), name)
        if other != name:
            raise ValueError(f"{name} and {other} are both {path}: name two files")
    for name, path in _named(options, "file", "against", "desk", "watches", "config"):
        if writer := written.get(path.resolve()):
            raise ValueError(f"{path} is read, and {writer} would write over it: name another file with {writer}")
        if name in ("--file", "--against") and path.stat() and not (path.is_file() or path.is_dir()):
            raise ValueError(f"{path} can be read only once: write it to a file first")


def _named(options: argparse.Namespace, *names: str) -> Iterator[tuple[str, Path]]:
    return ((f"--{n}", path) for n in names if (path := getattr(options, n)))
