"""Times: text in every format a feed sends, to milliseconds and back."""

from __future__ import annotations

import re
import time
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from datetime import time as clock_time
from email.utils import parsedate_to_datetime
from functools import lru_cache

from dateutil import parser as dateutil_parser

from streams.basics.limits import EARLIEST_YEAR, LATEST_YEAR
from streams.records import Millis

SECOND: Millis = 1_000
MINUTE: Millis = 60 * SECOND
HOUR: Millis = 60 * MINUTE
DAY: Millis = 24 * HOUR
_YEAR = 365.2425 * DAY
_EARLIEST: Millis = round((EARLIEST_YEAR - 1970) * _YEAR)
_LATEST: Millis = round((LATEST_YEAR - 1970) * _YEAR) - 1
FOR_GOOD: Millis = 4_102_444_800_000
"""The end of what has none: the year 2100, after every time that `parse_time` takes."""

_SECONDS_END_AT = 100_000_000_000  # as seconds the year 5138, as milliseconds 1973
_SPAN = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)\s*")
_EPOCH = re.compile(r"-?\d{9,}(\.\d+)?")
_DOTTED = re.compile(r"\D*\d{1,2}\.\s?\d{1,2}\.")  # as Germans write a day: 3.12. is in December
_FIRST, _LAST = datetime(2000, 1, 1), datetime(2001, 2, 2)  # noqa: DTZ001 - the zone is the text's
_MIDNIGHT = clock_time()
_ZONES = {
    name: hours * 3_600
    for hours, names in {
        -8: "PST", -7: "PDT MST", -6: "MDT CST", -5: "CDT EST", -4: "EDT", 0: "WET UT", 1: "CET MEZ BST WEST",
        2: "CEST MESZ EET", 3: "EEST MSK", 8: "HKT SGT", 9: "JST KST",
    }.items()
    for name in names.split()
}  # fmt: skip
"""Seconds east of UTC, as RFC 822 and the feeds name them; a name that is not here counts as UTC."""
_OFFSET = re.compile(r"\b(?:GMT|UTC?)\s?([+-]\d)|(?<=[+-]\d{4})\s?\([^()]*\)$")
"""`GMT-0500 (Eastern Standard Time)` is five hours behind, as browsers write it; dateutil reads it as POSIX does, the
other way round, or not at all."""
_LONGEST = 100
_WORD = re.compile(r"[^\W\d_]+")
_GERMAN = {
    name: english
    for english, names in {
        "Jan": "januar jän jänner", "Feb": "februar", "Mar": "mär mrz märz", "May": "mai", "Jun": "juni", "Jul": "juli",
        "Oct": "okt oktober", "Dec": "dez dezember",
        "": "mo di mi do fr sa so montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag den um uhr",
    }.items()
    for name in names.split()
}  # fmt: skip
"""What German names mean; of a weekday beside its date nothing is needed."""
_UNITS = {"ms": 1, "s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY}


@dataclass(frozen=True, slots=True)
class WallClock:
    """The time of this machine."""

    def now(self) -> Millis:
        """Milliseconds since 1970-01-01 UTC."""
        return time.time_ns() // 1_000_000


def parse_time(value: object, *, latest: bool = False, zone: tzinfo = UTC) -> Millis:
    """Milliseconds of ISO 8601, RFC 822 or epoch (seconds or milliseconds). A time that names no zone is in `zone`.

    A day without a time is its first millisecond, or with `latest` its last: its midnight too, which is what many write
    who know only the day.
    Raises ValueError for anything else, for what names no full day, and for years outside 1970 to 2100.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("not a time")  # noqa: TRY004 - one error type for every unreadable time
    if isinstance(value, str):
        text = value.strip()
        if not _EPOCH.fullmatch(text):
            return _in_range(_from_text(text, zone, latest=latest))
        value = float(text)
    if value != value or value in (float("inf"), float("-inf")):  # noqa: PLR0124 - NaN is not itself
        raise ValueError("not a time")
    millis = round(value if abs(value) >= _SECONDS_END_AT else value * SECOND)
    return _in_range(millis + DAY - 1 if latest and not millis % DAY else millis)


def only_day(at: Millis | None) -> str:
    """`2026-01-09` of a time that `parse_time` made of a day alone, in whatever zone; "" of every other, and of None.

    Its hour was never told. Zones reach from 11 hours behind UTC to 12 ahead of it, most whole hours, a few quarters.
    """
    return "" if at is None or (at + 1) % (15 * MINUTE) else _second((at - 11 * HOUR) // SECOND)[:10]


def _from_text(text: str, zone: tzinfo, *, latest: bool) -> Millis:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        if len(text) > _LONGEST or not any(c.isdigit() for c in text):
            raise ValueError("not a time") from None
        at, last = (_parsed(text, default) for default in (_FIRST, _LAST))  # what is left out differs
        if at.date() != last.date():
            raise ValueError("not a full date") from None
    if latest and at.time() == _MIDNIGHT:
        at = at.replace(hour=23, minute=59, second=59, microsecond=999_000)
    if at.tzinfo is None:
        at = at.replace(tzinfo=zone)
    return round(at.timestamp() * SECOND)


def _parsed(text: str, default: datetime) -> datetime:
    text = _WORD.sub(lambda found: _GERMAN.get(found[0].lower(), found[0]), _OFFSET.sub(_east, text))
    with warnings.catch_warnings(action="ignore"):  # a zone nobody knows is no reason to say so aloud
        try:
            return dateutil_parser.parse(text, default=default, tzinfos=_ZONES, dayfirst=bool(_DOTTED.match(text)))
        except OverflowError:
            raise ValueError("not a time") from None


def _east(found: re.Match[str]) -> str:
    return found[1] or ""


def believable(at: Millis) -> Millis:
    """The nearest time that `parse_time` takes: a Kafka timestamp is whatever its producer says."""
    return min(max(at, _EARLIEST), _LATEST)


def came_at(stamp: Millis, now: Millis) -> Millis:
    """When a record came in, by its Kafka timestamp; `now` when that says nothing, or lies well ahead of the clock.

    The story memory forgets what lies far behind the newest time it is told of: one such record would empty it.
    """
    return stamp if 0 < stamp <= now + HOUR else now


def _in_range(millis: Millis) -> Millis:
    year = 1970 + millis / _YEAR
    if millis != believable(millis):
        raise ValueError(f"the year {int(year)} is outside {EARLIEST_YEAR} to {LATEST_YEAR}")
    return millis


def iso(at: Millis | None) -> str | None:
    """`2026-01-09T09:30:00.123Z`, or None for None."""
    if at is None:
        return None
    second, millis = divmod(at, SECOND)
    return f"{_second(second)}.{millis:03d}Z"


@lru_cache(maxsize=4_096)
def _second(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat()[:19]


def to_ts(at: Millis) -> str:
    """`1767960000.123000`: as Slack calls a message that was posted then."""
    return f"{at / SECOND:.6f}"


def from_ts(ts: str) -> Millis:
    """When the message of this `to_ts` was posted; 0 for ""."""
    return round(float(ts or 0) * SECOND)


def retry_after(text: str, now: Millis, *, most: Millis, none: Millis = 0) -> Millis:
    """The span that a `Retry-After` asks for, in whole seconds or until a date: at most `most`; `none` for neither."""
    try:
        seconds = text.strip().isdecimal()
        wait = int(text) * SECOND if seconds else round(parsedate_to_datetime(text).timestamp() * SECOND) - now
    except (ValueError, TypeError, IndexError, OverflowError):
        return none
    return max(0, min(wait, most))


def parse_span(text: str) -> Millis:
    """`90s`, `15m`, `6h`, `2d` to milliseconds. Raises ValueError."""
    found = _SPAN.fullmatch(text)
    if not found or len(text) > 20:  # noqa: PLR2004 - no span that long is meant
        raise ValueError(f"{text!r} is no span of time: write 90s, 15m, 6h or 2d")
    return round(float(found[1]) * _UNITS[found[2]])


def whole_words(span: Millis) -> str:
    """`20 days`, `25 hours` or `3 minutes`: whole ones of the largest unit of which there are two."""
    size, unit = next(((n, u) for n, u in ((DAY, "day"), (HOUR, "hour")) if span >= 2 * n), (MINUTE, "minute"))
    count = span // size
    return f"{count} {unit}" + ("" if count == 1 else "s")


def short_words(span: Millis, *, digits: int = 0) -> str:
    """`95 s`, or `95.3 s` with one digit; from two minutes on `3 min`."""
    return f"{span / SECOND:.{digits}f} s" if span < 2 * MINUTE else f"{span / MINUTE:.0f} min"


def span_words(span: Millis) -> str:
    """As `parse_span` reads it, in the largest unit that is whole."""
    unit, size = next((u, n) for u, n in reversed(_UNITS.items()) if not span % n and (span or u == "s"))
    return f"{span // size}{unit}"
