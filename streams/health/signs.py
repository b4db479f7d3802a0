"""What a worker knows of itself, and the two judgements that follow from it. Pure: time is handed in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

UNSEEN_S: Final = 30.0
"""Nobody looked for so long: the worker's own loop is stuck."""
SLOW_S: Final = 30.0
"""A partition with lag that has not moved for so long is no longer served."""
LATE_S: Final = 2.0
"""An event loop so late holds up alerts."""
DEAF_S: Final = 20.0
"""An event loop so late is as good as dead."""


@dataclass(slots=True, kw_only=True)
class Signs:
    """Written by whoever looks, read by whoever judges. Times are monotonic seconds."""

    role: str
    stall_s: float
    away: Callable[[], str] = lambda: ""
    looked: float = 0.0  # when somebody last looked, at Kafka where it reads topics; 0: the worker is still starting
    waiting: str = ""  # what has to answer before the agents can begin
    joined: bool = False  # the consumer group has us, or nobody here needs one
    missing: Sequence[str] = ()  # topics that we should read and the cluster does not have
    standing: tuple[str, float] = ("", 0.0)  # the partition with lag that moved least lately, and how long ago
    kafka: str = ""  # why it cannot be reached
    redis: str = ""
    held: Mapping[str, str] = field(default_factory=dict)  # channels that take nothing, with the reason
    delay: float = 0.0  # of the event loop
    refused: Mapping[str, str] = field(default_factory=dict)  # files that could not be taken over, with the fault


@dataclass(frozen=True, slots=True)
class Verdict:
    """`live` and `ready` are reasons against; none means yes. `notes` want attention, not a restart."""

    live: tuple[str, ...] = ()
    ready: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def judge(signs: Signs, now: float) -> Verdict:
    """Alive: it can still do its work. Ready: it does it now (an idle worker is ready)."""
    live = tuple(_dead(signs, now))
    return Verdict(live, (*live, *_busy(signs)), tuple(refusals(signs.refused)))


def refusals(refused: Mapping[str, str]) -> Iterator[str]:
    """A note for each kind of files that could not be taken over."""
    return (f"{what} on disk is refused, the old one stays in use: {why}" for what, why in refused.items())


def _dead(signs: Signs, now: float) -> Iterator[str]:
    if signs.looked and now - signs.looked > UNSEEN_S:
        yield f"nobody has looked at this worker for {now - signs.looked:.0f} s"
    if signs.delay > DEAF_S:
        yield f"the event loop is {signs.delay:.0f} s late"
    where, seconds = signs.standing
    if seconds > signs.stall_s and not signs.away():
        yield f"{where} has not moved for {seconds:.0f} s"


def _busy(signs: Signs) -> Iterator[str]:
    if signs.waiting or not signs.looked or not signs.joined:
        yield f"waiting to begin: {signs.waiting or 'not a member of the consumer group yet'}"
    yield from (f"no topic {topic}: run `tapewire topics apply`" for topic in signs.missing)
    if away := signs.away():
        yield f"holding: {away}"
    yield from (f"{part}: {why}" for part, why in (("Kafka", signs.kafka), ("Redis", signs.redis)) if why)
    where, seconds = signs.standing
    if SLOW_S < seconds <= signs.stall_s and not away:
        yield f"{where} has not moved for {seconds:.0f} s"
    if LATE_S < signs.delay <= DEAF_S:
        yield f"the event loop is {signs.delay:.1f} s late"
    if signs.role != "triage":
        for channel, why in signs.held.items():
            yield f"{channel} takes nothing: {why}"
