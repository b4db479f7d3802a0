"""Quiet hours: when a watch's alerts are held, and until when. Local clock time, whatever the season."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from streams.basics.times import SECOND
from streams.records import Millis

_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Quiet:
    """From `begin` to `end` by the clocks of `zone`; past midnight when `end` is the earlier one."""

    begin: time
    end: time
    zone: str

    def opening(self, at: Millis) -> Millis:
        """When the quiet hours that `at` falls into end; 0 outside them.

        An end in an hour that the clocks skip is as much later: 02:30 is half past three that night.
        """
        zone = ZoneInfo(self.zone)
        local = datetime.fromtimestamp(at / SECOND, zone)
        if not self._covers(local.time()):
            return 0
        day = local.date() + timedelta(days=1 if self.begin > self.end and local.time() >= self.begin else 0)
        ends = (datetime.combine(day, self.end.replace(fold=f), zone).timestamp() for f in (0, 1))  # clocks go back
        return next((round(end * SECOND) for end in ends if end * SECOND > at), 0)

    def _covers(self, clock: time) -> bool:
        if self.begin < self.end:
            return self.begin <= clock < self.end
        return clock >= self.begin or clock < self.end

    def __str__(self) -> str:
        return f"{self.begin:%H:%M}-{self.end:%H:%M} {self.zone}"


def parse_quiet(span: str, zone: str) -> Quiet:
    """`22:00-07:00` in a zone such as `Europe/Berlin`. Raises ValueError."""
    check_zone(zone)
    found = _SPAN.fullmatch(span.strip())
    if not found:
        raise ValueError(f"{span!r} is no span of the day: write 22:00-07:00")
    begin, end = time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))
    if begin == end:
        raise ValueError("begins when it ends")
    return Quiet(begin, end, zone)


def check_zone(zone: str) -> None:
    """Raises ValueError for a time zone that nobody knows."""
    try:
        ZoneInfo(zone)
    except (KeyError, OSError, ValueError):  # unknown, or no key at all
        raise ValueError(f"nobody knows the time zone {zone!r}; write one such as Europe/Berlin") from None
