"""How far the worker has read: what `commits` writes down of every record, and `view` reads."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

_KEPT: Final = "_tapewire_kept"

Kept = TypeVar("Kept")


@dataclass(slots=True)
class Reading:
    """Of one partition in one assignment: `start` is the first offset given, all before `read` is read or passed.

    A new assignment, or one that went back before its start, gets a new one, so that a generation and a start always
    belong together, whoever looks.
    """

    generation: int
    start: int
    read: int = 0


@dataclass(slots=True)
class Progress:
    """Of one consumer, by partition, over all its assignments.

    `begins` is where the group stands while it has no commit, and outlives the assignment that found it; a reading
    counts in its own only. `skipped` waits to be told: partition, the first offset without a record, the one after the
    last.
    """

    readings: dict[Any, Reading] = field(default_factory=dict)
    begins: dict[Any, int] = field(default_factory=dict)
    skipped: list[tuple[Any, int, int]] = field(default_factory=list)


def progress_of(consumer: Any) -> Progress:
    """It hangs on Faust's consumer, and goes with it: a new consumer has read nothing."""
    return kept_on(consumer, Progress)


def kept_on(holder: Any, make: type[Kept]) -> Kept:
    """What of ours hangs on an object of somebody else's, and lives as long as that; the first who asks makes it."""
    kept: Kept
    try:
        kept = holder.__dict__[_KEPT]
    except KeyError:
        kept = holder.__dict__.setdefault(_KEPT, make())
    return kept
