"""Parts that cannot speak, for replay, `why`, `analyse` and the tests. Knows no Redis, no Slack, no network at all."""

from __future__ import annotations

from streams.flow import Parts
from streams.knowledge import knowledge
from streams.ports import Clock, Directory, RelevanceModel
from streams.stories.memory import MemoryStories
from streams.watches import Desk, Desks, Watch


def silent(desk: Desks | None, clock: Clock, known: tuple[Directory, RelevanceModel] | None = None) -> Parts:
    """Parts that remember in this process and cannot speak.

    Without a desk, every category is watched; the shipped directory and model judge, unless others are given.
    They have no `catch_up`: an archive is judged as though each article had been read when it came.
    """
    directory, model = known or knowledge()
    if desk is None:
        everything = Watch(name="everything", channel="none", categories=frozenset(model.categories))
        desk = Desk((everything,))
    return Parts(directory=directory, model=model, stories=MemoryStories(), desk=desk, clock=clock)
