"""How the delivery book treats crowds and outages. Both books keep by it."""

from __future__ import annotations

from dataclasses import dataclass

from streams.basics.times import DAY
from streams.records import Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How the book treats crowds and outages. Times in milliseconds."""

    settle: Millis = 30_000  # after an expired lease, before the first read
    team_pace: Millis = 0  # between two posts by one kind of channel, on average; 0 is no limit
    team_burst: int = 4
    read_pace: Millis = 1_500  # between two reads by one kind of channel, on average
    read_burst: int = 10
    crowd: int = 20  # more normal alerts than this waiting in a channel fold into a digest
    patience: Millis = 30_000  # and so do two or more when the oldest waited so long
    between: Millis = 60_000  # between two digests of a crowded channel
    lines: int = 20  # alerts a digest message can hold; the rest follow in its thread
    fresh: Millis = 900_000  # an urgent alert that waited longer is told like a normal one
    edit_gap: Millis = 60_000  # between two edits of one message
    edit_pace: Millis = 1_300  # between two edits by one kind of channel
    breaker_after: int = 5  # troubles in a row
    breaker_wait: Millis = 30_000  # doubled at each further trouble
    breaker_most: Millis = 300_000
    keep: Millis = 7 * DAY  # what waited longer is dead: the outbox does not know it any more either
