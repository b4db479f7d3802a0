"""What judges, from its folders: the company directory and the model; and the desks that are read against them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from models.companies.identify import CompanyDirectory, load_directory
from models.relevance.model import Model, load_model
from streams.desk.changing import ChangingDesk
from streams.desk.commands import Reader
from streams.desk.feedback import Feedback
from streams.toml_lines import Toml
from streams.watch_file import desk_of, open_watches
from streams.watches import Desk

Knowledge = tuple[CompanyDirectory, Model]


_shipped_directory = cache(load_directory)
_shipped_model = cache(load_model)


def knowledge() -> Knowledge:
    """The shipped directory and model; loaded once a process, shared, never changed."""
    return load_knowledge(None, None)


def load_knowledge(directory: Path | None, model: Path | None) -> Knowledge:
    """Directory and model of these folders, read anew; the shipped ones for None. Raises `BadDirectory`, `BadModel`."""
    return directory_in(directory), model_in(model)


def directory_in(folder: Path | None) -> CompanyDirectory:
    """Half of `load_knowledge`. Raises `BadDirectory`."""
    return load_directory(folder) if folder else _shipped_directory()


def model_in(folder: Path | None) -> Model:
    """The other half. Raises `BadModel`."""
    return load_model(folder) if folder else _shipped_model()


def read_desk(path: Path, known: Knowledge | None = None) -> Desk:
    """The desk in a watch file, checked against directory and model (the shipped ones). Raises `BadWatches`."""
    return desk_in(open_watches(path), known)


def desk_in(toml: Toml, known: Knowledge | None = None) -> Desk:
    """`read_desk` of a watch file that was opened already."""
    directory, model = known or knowledge()
    return desk_of(
        toml, company_of=directory.company_of, tickers=directory.tickers, categories=model.categories,
        likely=directory.likely,
    )  # fmt: skip


def reader(zone: str = "UTC", known: Knowledge | None = None) -> Reader:
    """Reads watches and mutes as people say them, against directory and model (the shipped ones)."""
    directory, model = known or knowledge()
    return Reader(company_of=directory.company_of, tickers=directory.tickers, categories=model.categories, zone=zone)


def changing_desk(base: Desk, changes: Iterable[Feedback] = (), known: Knowledge | None = None) -> ChangingDesk:
    """The desk of a watch file with what people changed since."""
    desk = ChangingDesk(base, reader(known=known).check)
    desk.add(changes)
    return desk
