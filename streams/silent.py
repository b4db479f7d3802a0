"""Parts that cannot speak, for replay, `why`, `analyse` and the tests. Knows no Redis, no Slack, no network at all."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from models.companies.identify import CompanyDirectory, load_directory
from models.relevance.model import Model, load_model
from streams.flow import Parts
from streams.ports import Clock, RelevanceModel
from streams.stories.memory import MemoryStories
from streams.watches import Desk, Watch, load_watches


@cache
def knowledge() -> tuple[CompanyDirectory, Model]:
    """The shipped directory and model; loaded once a process, shared, never changed."""
    return load_directory(), load_model()


def read_desk(path: Path) -> Desk:
    """The desk in a watch file, checked against directory and model. Raises `BadWatches`."""
    directory, model = knowledge()
    return load_watches(path, company_of=directory.company_of, tickers=directory.tickers, categories=model.categories)


def silent(desk: Desk | None, clock: Clock, model: RelevanceModel | None = None) -> Parts:
    """Parts that remember in this process and cannot speak.

    Without a desk, every category is watched; without a model, the shipped one judges.
    """
    directory, shipped = knowledge()
    model = model or shipped
    if desk is None:
        everything = Watch(name="everything", channel="none", categories=frozenset(model.categories))
        desk = Desk((everything,))
    return Parts(directory=directory, model=model, stories=MemoryStories(), desk=desk, clock=clock)
