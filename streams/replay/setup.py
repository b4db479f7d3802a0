"""What one call of `tapewire replay` judges with, reads and writes: checked before anything is begun."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from streams.basics.text import hash_of
from streams.desk.feedback import BadFeedback, Feedback, decode_feedback
from streams.flow import Parts
from streams.knowledge import Knowledge
from streams.names import Names
from streams.ports import Clocked
from streams.replay.parts import parts
from streams.replay.resume import DIGITS
from streams.replay.source import Source
from streams.settings.record import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What judges: a watch file, what people changed on the desk, a company directory and a model."""

    settings: Settings  # where they lie
    known: Knowledge  # what they hold
    two_cores: bool = False
    changes: tuple[Feedback, ...] = ()  # see `streams.desk`

    def parts(self, clock: Clocked) -> Parts:
        """Silent parts with a new memory. Raises `BadWatches`."""
        return parts(self.known, self.settings.watches, clock, self.changes)

    def other(self, given: Path) -> Setup | None:
        """The configuration that a path stands for; None for a run's output. Raises `BadModel` and `BadWatches`."""
        if not given.is_dir() and given.suffix != ".toml":
            return None
        if given.is_dir():
            settings = replace(self.settings, model=given)
            other = replace(self, settings=settings, known=self.known.renewed(settings, ["model"]))
        else:
            other = replace(self, settings=replace(self.settings, watches=given))
        other.parts(Clocked())
        return other

    def digest(self, mark: str) -> str:
        """What tells a run of this over a source with this `mark` from every other."""
        desk = self.parts(Clocked()).desk.version, [c for c in self.changes if c.changes]
        directory, card = self.known.directory.version, self.known.model.card
        told = repr((mark, desk, directory, card))  # people try other thresholds on the same version
        return hash_of(told, size=DIGITS // 2)


async def setup_of(options: argparse.Namespace, settings: Settings, source: Source) -> Setup:
    """As the worker judges, but for what the options say. Raises `BadWatches`, `BadDirectory` and `BadModel`."""
    meanwhile = Names(settings.prefix).feedback
    changes = _recorded(options.desk) if options.desk else tuple(await source.feedback(meanwhile))
    asked = replace(settings, watches=options.watches or settings.watches, model=options.model or settings.model)
    return Setup(settings=asked, known=Knowledge.of(asked), changes=changes)


def _recorded(file: Path) -> tuple[Feedback, ...]:
    found = []
    for number, line in enumerate(file.read_bytes().splitlines(), 1):
        try:
            found += [decode_feedback(line)] if line.strip() else []
        except BadFeedback as bad:
            raise ValueError(f"{file}:{number}: {bad}; `tapewire feedback list --json` writes such a file") from None
    return tuple(found)


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
