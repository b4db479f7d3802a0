"""Dead letters all at once: a test has few."""

from __future__ import annotations

from streams.deadletters.graves import find, opened
from streams.deadletters.letters import Filter, Letter
from streams.kafka.cluster import Where
from streams.names import Names


async def letters(where: Where, names: Names, wanted: Filter) -> list[Letter]:
    """The letters that are meant, oldest first. Raises `Away` and `Forgotten`."""
    graves = await find(where, names, wanted)
    return [letter async for some in opened(where, names, graves) for letter in some]
