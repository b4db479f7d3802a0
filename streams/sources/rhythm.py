"""How a source usually speaks: its rate by hour of the week, and how long a silence is no longer chance. Pure.

Time is counted in expected articles. Quiet nights and weekends are short in that time and busy mornings long, so one
tolerance serves every hour. It is the length that a source which goes on as it did would exceed once in twenty years;
a source whose gaps were wilder than chance alone (it speaks in bursts, or less regularly) gets a longer one by as much.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from statistics import median

from streams.basics.times import DAY, HOUR, MINUTE
from streams.records import Millis

HOURS = 168
_WEEK: Millis = 7 * DAY
_MONDAY: Millis = 4 * DAY  # 1970-01-05
_BURST: Millis = MINUTE
_SHRINK = 0.25
"""Hours' worth of the overall rate that are mixed into each hour's own."""
_FORGET = 0.9
_WEEKS = 8
_ONCE_IN_WEEKS = 1_040
_PLAIN: Millis = 7 * DAY
_LONGEST: Millis = 90 * DAY
_KNOWN_HOUR = 0.5


def hour_of_week(at: Millis) -> int:
    """0 is Monday midnight, UTC."""
    return (at - _MONDAY) // HOUR % HOURS


def hours_between(start: Millis, end: Millis) -> Iterator[tuple[int, float]]:
    """Each hour of the week that lies between, with how much of it."""
    at = start
    while at < end:
        until = min(end, (at // HOUR + 1) * HOUR)
        yield hour_of_week(at), (until - at) / HOUR
        at = until


@dataclass(slots=True)
class Rhythm:
    """Learned from bursts: articles of one minute count once. Old weeks fade."""

    counts: list[float] = field(default_factory=lambda: [0.0] * HOURS)
    watched: list[float] = field(default_factory=lambda: [0.0] * HOURS)
    since: Millis = 0
    upto: Millis = 0
    last: Millis = 0
    gaps: list[list[Millis]] = field(default_factory=list)  # the longest of each week: start, end

    def watch(self, now: Millis) -> None:
        """The source was seen to be reachable until now."""
        if not self.since:
            self.since = self.upto = now
        if now // _WEEK != self.upto // _WEEK:
            self.counts = [c * _FORGET for c in self.counts]
            self.watched = [w * _FORGET for w in self.watched]
        for hour, part in hours_between(max(self.upto, now - 10 * _WEEK), now):
            self.watched[hour] += part
        self.upto = max(self.upto, now)

    def skip(self, now: Millis) -> None:
        """Nobody looked until now."""
        self.upto = max(self.upto, now)

    def arrive(self, times: Sequence[Millis]) -> None:
        """Articles that came at these times, oldest first."""
        gaps: list[tuple[Millis, Millis]] = []
        for at in times:
            if at - self.last >= _BURST:
                self.counts[hour_of_week(at)] += 1
                gaps += [(self.last, at)] if self.last else []
            self.last = max(self.last, at)
        rates = self.rates() if gaps else []
        for start, end in gaps:  # held against rates that know all of them
            self._gap(start, end, rates)

    def _gap(self, start: Millis, end: Millis, rates: Sequence[float]) -> None:
        """Keep it when it is its week's longest so far."""
        if self.gaps and self.gaps[-1][1] // _WEEK == end // _WEEK:
            before, after = self.gaps[-1]
            if expected(start, end, rates) > expected(before, after, rates):
                self.gaps[-1] = [start, end]
        else:
            self.gaps = [*self.gaps, [start, end]][-_WEEKS:]

    @property
    def hourly(self) -> float:
        """Bursts an hour, overall."""
        return sum(self.counts) / max(1.0, sum(self.watched))

    def rates(self) -> list[float]:
        """Bursts in each hour of the week; an hour never watched is expected to bring nothing."""
        overall = _SHRINK * self.hourly
        return [
            (c + overall) / (w + _SHRINK) if w >= _KNOWN_HOUR else 0.0
            for c, w in zip(self.counts, self.watched, strict=True)
        ]

    def tolerance(self) -> float:
        """How many expected bursts may fail to come before it is no longer chance."""
        weekly = max(1.0, self.hourly * HOURS)
        usual = math.log(weekly) + 0.58  # what chance alone would make of a week's longest gap
        rates = self.rates()
        longest = [expected(start, end, rates) for start, end in self.gaps]
        wild = median(longest) / usual if longest else 1.0
        if len(longest) < 3:  # noqa: PLR2004 - too few weeks for a median
            wild = 1.5 * max(longest, default=0.0) / usual
        return max(1.0, wild) * math.log(_ONCE_IN_WEEKS * weekly)

    def plain(self) -> Millis:
        """A silence that is one whatever the hours: all there is to go by in the first week."""
        if sum(self.watched) >= HOURS:
            return _LONGEST
        return max(_PLAIN, 3 * max((end - start for start, end in self.gaps), default=0))

    def due(self, left: float, least: Millis) -> Millis:
        """When `left` expected bursts will not have come since the last one; never before `least` has passed."""
        at = start = self.last or self.since
        end = start + self.plain()
        rates = self.rates()
        for hour, part in hours_between(start, end) if self.last else ():
            usual = rates[hour] * part
            if usual >= left:
                return max(start + least, at + round(left / usual * part * HOUR))
            left -= usual
            at += round(part * HOUR)
        return max(start + least, end)


def expected(start: Millis, end: Millis, rates: Sequence[float]) -> float:
    """How many bursts usually come between."""
    sums = [0.0, *accumulate(rates)]

    def upto(at: Millis) -> float:
        weeks, hour = divmod((at - _MONDAY) // HOUR, HOURS)
        return weeks * sums[-1] + sums[hour] + at % HOUR / HOUR * rates[hour]

    return upto(end) - upto(start)
