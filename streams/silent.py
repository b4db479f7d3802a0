"""Parts that cannot speak, for replay, `why`, `analyse` and the tests. Knows no Redis, no Slack, no network at all."""

from __future__ import annotations

from streams.flow import Parts
from streams.knowledge import Knowledge
from streams.ports import Clock
from streams.stories.memory import MemoryStories
from streams.watches.watch import Desks


def silent(known: Knowledge, desk: Desks, clock: Clock) -> Parts:
    """Parts that remember in this process and cannot speak.

    They have no `catch_up`: an archive is judged as though each article had been read when it came.
    """
    return Parts(directory=known.directory, model=known.model, stories=MemoryStories(), desk=desk, clock=clock)
