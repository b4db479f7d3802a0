"""Whether a source turns over faster than it is looked at: articles are missed then, or only seem to be new. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streams.basics.times import DAY
from streams.records import Millis
from streams.sources.base import Taken

if TYPE_CHECKING:
    from streams.sources.health import Health

_FEW: Final = 3
"""A page with fewer articles may well have other ones at every look."""
_LOOKS: Final = 5
_CALM: Final[Millis] = DAY
"""So long after it was restless last it is no more: one that rests at night is told of once, not every morning."""


def turn(health: Health, taken: Taken | None, at: Millis) -> None:
    """Hold a look against those before it. `taken` is None where the page was the same."""
    words = _restlessness(taken) if taken else ""
    health.turns = health.turns + 1 if words else 0
    if health.turns >= _LOOKS:
        health.restless, health.restlessness, health.turned = health.restless or at, words, at
    elif health.restless and at - health.turned > _CALM:
        health.restless = 0


def _restlessness(taken: Taken) -> str:
    if taken.new >= _FEW and not taken.known + taken.updated + taken.removed:
        return (
            f"all {taken.new} articles of its page were new at {_LOOKS} looks in a row: what came between two looks is "
            "missed (shorten `every`), or each gets another id and link all the time"
        )
    if taken.updated >= _FEW and 2 * taken.updated >= taken.listed:
        return (
            f"{taken.updated} of the {taken.listed} articles of its page had other words at {_LOOKS} looks in a row: "
            "a counter or a clock stands in them, and each enters as an update every time"
        )
    return ""
