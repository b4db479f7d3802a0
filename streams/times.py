"""Times: text in every format a feed sends, to milliseconds and back."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from dateutil import parser as dateutil_parser

from streams.limits import EARLIEST_YEAR, LATEST_YEAR
from streams.records import Millis

SECOND: Millis = 1_000
MINUTE: Millis = 60 * SECOND
HOUR: Millis = 60 * MINUTE
DAY: Millis = 24 * HOUR

_SECONDS_END_AT = 100_000_000_000  # as seconds the year 5138, as milliseconds 1973
_SPAN = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)\s*")
_UNITS = {"ms": 1, "s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY}


@dataclass(frozen=True, slots=True)
class WallClock:
    """The time of this machine."""

    def now(self) -> Millis:
        """Milliseconds since 1970-01-01 UTC."""
        return time.time_ns() // 1_000_000


def parse_time(value: object) -> Millis:
    """Milliseconds of ISO 8601, RFC 822 or epoch (seconds or milliseconds). A time without zone is UTC.

    Raises ValueError for anything else and for years outside 1970 to 2100.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("not a time")  # noqa: TRY004 - one error type for every unreadable time
    if isinstance(value, str):
        text = value.strip()
        if not re.fullmatch(r"-?\d{9,}(\.\d+)?", text):
            return _in_range(_from_text(text))
        value = float(text)
    if value != value or value in (float("inf"), float("-inf")):  # noqa: PLR0124 - NaN is not itself
        raise ValueError("not a time")
    millis = value if abs(value) >= _SECONDS_END_AT else value * SECOND
    return _in_range(round(millis))


def _from_text(text: str) -> Millis:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        if len(text) > 60 or not any(c.isdigit() for c in text):  # noqa: PLR2004 - no date is that long
            raise ValueError("not a time") from None
        at = dateutil_parser.parse(text)
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return round(at.timestamp() * SECOND)


def _in_range(millis: Millis) -> Millis:
    year = 1970 + millis / (365.2425 * DAY)
    if not EARLIEST_YEAR <= year < LATEST_YEAR:
        raise ValueError(f"the year {int(year)} is outside {EARLIEST_YEAR} to {LATEST_YEAR}")
    return millis


def iso(at: Millis | None) -> str | None:
    """`2026-01-09T09:30:00.123Z`, or None for None."""
    if at is None:
        return None
    return datetime.fromtimestamp(at / SECOND, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_span(text: str) -> Millis:
    """`90s`, `15m`, `6h`, `2d` to milliseconds. Raises ValueError."""
    found = _SPAN.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is no span of time: write 90s, 15m, 6h or 2d")
    return round(float(found[1]) * _UNITS[found[2]])


def span_words(span: Millis) -> str:
    """As `parse_span` reads it, in the largest unit that is whole."""
    unit, size = next((u, n) for u, n in reversed(_UNITS.items()) if not span % n and (span or u == "s"))
    return f"{span // size}{unit}"
