"""What judges, from its folders: the company directory and the model; and the desks that are read against them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from models.companies.identify import CompanyDirectory, load_directory
from models.relevance.model import Model, load_model
from streams.basics.toml_lines import Toml
from streams.desk.changing import ChangingDesk
from streams.desk.commands import Reader
from streams.desk.feedback import Feedback
from streams.looking import Mark, mark
from streams.settings.record import Settings
from streams.watches.file import Choices, desk_of, open_watches
from streams.watches.watch import Desk, Watch

_shipped_directory = cache(load_directory)
_shipped_model = cache(load_model)


def directory_in(folder: Path | None) -> CompanyDirectory:
    """The directory of this folder, read anew; for None the shipped one, once a process. Raises `BadDirectory`."""
    return load_directory(folder) if folder else _shipped_directory()


def model_in(folder: Path | None) -> Model:
    """The model in the same way. Raises `BadModel`."""
    return load_model(folder) if folder else _shipped_model()


def files_of(settings: Settings) -> dict[str, Path]:
    """What may change while a process runs; the shipped directory and model change with the program only."""
    given = {"watches": settings.watches, "directory": settings.directory, "model": settings.model}
    return {what: path for what, path in given.items() if path}


def marks_of(settings: Settings) -> dict[str, Mark]:
    """What tells later whether they changed; to be taken before they are read."""
    return {what: mark(path) for what, path in files_of(settings).items()}


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Directory and model, as every watch and every command is read against both. Shared, never changed."""

    directory: CompanyDirectory
    model: Model

    @classmethod
    def load(cls, directory: Path | None = None, model: Path | None = None) -> Knowledge:
        """That of these folders; what is not named is the shipped one. Raises `BadDirectory`, `BadModel`."""
        return cls(directory_in(directory), model_in(model))

    @classmethod
    def of(cls, settings: Settings) -> Knowledge:
        """What these settings judge with. Raises `BadDirectory`, `BadModel`."""
        return cls.load(settings.directory, settings.model)

    def renewed(self, settings: Settings, changed: Collection[str]) -> Knowledge:
        """The same, with `directory` and `model` read again where they have changed. Raises as `of`."""
        return Knowledge(
            directory_in(settings.directory) if "directory" in changed else self.directory,
            model_in(settings.model) if "model" in changed else self.model,
        )

    def desk(self, path: Path) -> Desk:
        """The desk in a watch file. Raises `BadWatches`."""
        return self.desk_in(open_watches(path))

    def desk_in(self, toml: Toml) -> Desk:
        """`desk` of a watch file that was opened already."""
        choices = Choices(
            company_of=self.directory.company_of, tickers=self.directory.tickers, categories=self.model.categories,
            likely=self.directory.likely,
        )  # fmt: skip
        return desk_of(toml, choices)

    def everything(self) -> Desk:
        """A desk that watches every category and tells nobody."""
        return Desk((Watch(name="everything", channel="none", categories=frozenset(self.model.categories)),))

    def reader(self, zone: str = "UTC") -> Reader:
        """Reads watches and mutes as people say them."""
        return Reader(
            company_of=self.directory.company_of, tickers=self.directory.tickers,
            names={entry.id: entry.name for entry in self.directory.entries}, categories=self.model.categories,
            zone=zone,
        )  # fmt: skip

    def changing(self, base: Desk, changes: Iterable[Feedback] = ()) -> ChangingDesk:
        """The desk of a watch file with what people changed since."""
        desk = ChangingDesk(base, self.reader().check)
        desk.add(changes)
        return desk
