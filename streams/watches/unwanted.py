"""What a channel does not want to be told: one rule for an article that is matched and for an alert that has waited."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from streams.basics.times import FOR_GOOD, iso
from streams.records import Alert, Company, Millis
from streams.watches.watch import Desk, Watch

Mutes = Mapping[tuple[str, str], Millis]
"""Until when what is muted: channel and company."""


def told_for(watch: Watch, companies: Iterable[Company]) -> list[Company]:
    """Those of an article's companies that it could be told for: to mute one of these has an effect on it."""
    return [
        c
        for c in companies
        if (c.id in watch.companies or not watch.companies)
        and c.confidence >= watch.min_confidence
        and c.salience >= watch.min_salience
    ]


def muted(told: Sequence[Company], channel: str, mutes: Mutes) -> str:
    """In words, when every company that it could be told for is muted in the channel; "" when one is not."""
    ends = [mutes.get((channel, c.id), 0) for c in told]
    if not ends or not all(ends):
        return ""
    until = "for good" if min(ends) >= FOR_GOOD else f"until {iso(min(ends))}"
    return f"{', '.join(c.name for c in told)}: muted in {channel} {until}"


def unwanted(alert: Alert, desk: Desk) -> str:
    """Why the desk of now does not want an alert that waits; "" where it may want it, or does not know its watch.

    An alert carries every company of its article that its watch is sure of, so that it is judged as its article is.
    """
    if alert.watch in desk.ended:
        return f"watch {alert.watch} was ended in {alert.channel}"
    watch = desk.by_name.get(alert.watch)
    return muted(told_for(watch, alert.companies), alert.channel, desk.mutes) if watch else ""
