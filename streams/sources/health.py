"""Whether a source is well: silent, late, failing, restless, changed beyond reading. Learned from its past. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from statistics import median
from typing import Any

import orjson

from streams.basics.times import DAY, HOUR, MINUTE, SECOND, iso
from streams.records import Millis
from streams.sources.base import Source, Taken, Visit
from streams.sources.habits import check_page
from streams.sources.rhythm import Rhythm
from streams.sources.turnover import turn

SILENT, LATE, FAILING, CHANGED, RESTLESS = "silent", "late", "failing", "changed", "restless"
_FAILURES = 5
_WELL = 3
_FAILING_FOR: Millis = 15 * MINUTE
_ALONE_FOR: Millis = 30 * MINUTE
"""Who is not asked for longer is told of at once: five failures in a row would take days."""
_LEAST: Millis = 15 * MINUTE
_LAGS = 12
_LATE_BY: Millis = 10 * MINUTE
_HISTORY: Millis = 60 * DAY
_FRESH: Millis = DAY


@dataclass(frozen=True, slots=True)
class Ill:
    """One way in which a source is not well. `since` is the same however often it is asked."""

    since: Millis
    words: str


@dataclass(slots=True)
class Health:
    """What is known of one source."""

    rhythm: Rhythm = field(default_factory=Rhythm)
    visits: int = 0
    visited: Millis = 0  # the last success
    failures: int = 0  # in a row
    failing: Millis = 0  # since
    alone: Millis = 0  # not asked again before
    good: int = 0  # successes in a row
    fault: str = ""
    lags: list[Millis] = field(default_factory=list)
    lag: float = 0.0  # the usual one
    late: Millis = 0
    pages: int = 0
    listed: float = 0.0  # articles a page usually lists
    lacks: dict[str, float] = field(default_factory=dict)  # share of them that usually lacks a field
    odd: Millis = 0  # since
    oddity: str = ""
    turns: int = 0  # looks in a row at which its page was another
    turned: Millis = 0  # the last of too many
    restless: Millis = 0  # since
    restlessness: str = ""
    form: str = ""
    articles: int = 0
    tolerance: float = 0.0  # how many expected bursts may fail to come
    due: Millis = 0  # when it will have been silent for too long
    told: dict[str, Millis] = field(default_factory=dict)  # ills that were told, with their beginning

    def encode(self) -> str:
        """As the book keeps it."""
        rhythm = {f.name: getattr(self.rhythm, f.name) for f in fields(Rhythm)}
        for name in ("counts", "watched"):
            rhythm[name] = [round(x, 3) for x in rhythm[name]]
        told = {f.name: getattr(self, f.name) for f in fields(Health)}
        return orjson.dumps(told | {"rhythm": rhythm}).decode()


def decode(text: str) -> Health:
    """From the book; new when it never wrote, or wrote what nobody can read."""
    try:
        data: dict[str, Any] = orjson.loads(text)
        return Health(**{**data, "rhythm": Rhythm(**data["rhythm"])})
    except (orjson.JSONDecodeError, TypeError, KeyError):
        return Health()


def learn(health: Health, visit: Visit, source: Source) -> None:
    """What one visit tells."""
    if visit.fault:
        _failed(health, visit, source)
        return
    looked_away = visit.at - health.visited > 3 * source.every + MINUTE
    health.visits, health.good, health.visited = health.visits + 1, health.good + 1, visit.at
    health.failures, health.failing, health.fault, health.alone = 0, 0, "", 0
    first, before = not health.rhythm.since, health.rhythm.last
    _heard(health, visit, source, first=first, looked_away=looked_away)
    if visit.taken:
        health.articles += visit.taken.sent
        check_page(health, visit.taken, visit.at)
    if first or looked_away:
        return
    if visit.taken:
        fresh = [t for t in visit.taken.arrived if t is not None and t > before]  # an old one only came up again
        _lagged(health, fresh, visit.at)
    if source.url:  # who sends its articles has no page
        turn(health, visit.taken, visit.at)


def _heard(health: Health, visit: Visit, source: Source, *, first: bool, looked_away: bool) -> None:
    """What came, or did not, and when it will have been silent for too long."""
    before = health.rhythm.last
    if visit.taken and visit.taken.listed:
        _arrived(health, visit.taken, visit.at, first=first)
    if looked_away and not first:
        health.rhythm.skip(visit.at)
    hour = health.rhythm.upto // HOUR
    came = health.rhythm.last != before
    health.rhythm.watch(visit.at)
    anew = hour != visit.at // HOUR or not health.due
    if anew:
        health.tolerance = health.rhythm.tolerance()
    if anew or came:
        health.due = health.rhythm.due(health.tolerance, least_silence(source))


def _failed(health: Health, visit: Visit, source: Source) -> None:
    health.failures += 1
    health.failing = health.failing or visit.at
    health.fault = visit.fault[:300]
    health.good = 0
    health.alone = visit.at + visit.wait if visit.wait > max(_ALONE_FOR, 3 * source.every) else 0


def _arrived(health: Health, taken: Taken, at: Millis, *, first: bool) -> None:
    """A new article came when it was published, if that can be; the first page tells of the weeks before."""
    oldest = at - (_HISTORY if first else _FRESH)
    times = sorted(t if t is not None and oldest < t <= at else at for t in taken.arrived)
    if first and times:
        health.rhythm.since = health.rhythm.upto = times[0]
        health.rhythm.watch(at)
    health.rhythm.arrive(times)


def _lagged(health: Health, arrived: Sequence[Millis], at: Millis) -> None:
    lags = [at - t for t in arrived if 0 <= at - t < 7 * DAY]
    health.lags = [*health.lags, *lags][-_LAGS:]
    if not lags or len(health.lags) < _LAGS:
        return
    recent = median(health.lags)
    if not health.lag:
        health.lag = max(recent, SECOND)
    if recent > 3 * health.lag + _LATE_BY:
        health.late = health.late or at
    else:
        health.late = 0
    step = 1.002 if health.late else 1.02  # what is new becomes usual, but slowly while it is odd
    health.lag *= step if recent > health.lag else 1 / step


def _unread(health: Health) -> str:
    often = f", {health.failures} times in a row" if health.failures > 1 else ""
    alone = f"; not asked again before {iso(health.alone)}" if health.alone else ""
    return f"cannot be read since {iso(health.failing)}{often}: {health.fault}{alone}"


def least_silence(source: Source) -> Millis:
    """A silence shorter than this is never one: nobody looks more often."""
    return max(_LEAST, 3 * source.every)


def silent_at(health: Health, source: Source) -> Millis:
    """When it will have been silent for too long."""
    if source.silence:
        return (health.rhythm.last or health.rhythm.since) + source.silence
    return health.due


def ills(health: Health, source: Source, now: Millis) -> Mapping[str, Ill]:
    """Every way in which it is not well now."""
    found: dict[str, Ill] = {}
    often = health.failures >= _FAILURES and now - health.failing >= max(_FAILING_FOR, 3 * source.every)
    if often or health.alone:
        found[FAILING] = Ill(health.failing, _unread(health))
    elif FAILING in health.told and health.good < _WELL:  # one that flaps is told once, not at every turn
        found[FAILING] = Ill(health.told[FAILING], "answers now and then")
    if not health.failures and health.rhythm.since and now >= silent_at(health, source):
        last = health.rhythm.last or health.rhythm.since
        usual = round((silent_at(health, source) - last) / MINUTE)
        found[SILENT] = Ill(last, f"nothing new since {iso(last)}; {usual} min would still be usual for these hours")
    if health.late:
        words = (
            f"articles come {median(health.lags) / MINUTE:.0f} min after their date, usually {health.lag / MINUTE:.0f}"
        )
        found[LATE] = Ill(health.late, words)
    if health.odd and now - health.odd >= max(_LATE_BY, 2 * source.every):
        found[CHANGED] = Ill(health.odd, health.oddity)
    if health.restless:
        found[RESTLESS] = Ill(health.restless, health.restlessness)
    return found
