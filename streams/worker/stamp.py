"""When a record came in, as Faust tells it: in seconds, and whatever its producer wrote there."""

from __future__ import annotations

from typing import Any

from streams.basics.times import SECOND, came_at
from streams.records import Millis


def stamp_of(event: Any, now: Millis) -> Millis:
    """By Kafka's timestamp; `now` where that is none, or lies well ahead of the clock."""
    return came_at(round(event.message.timestamp * SECOND), now)
