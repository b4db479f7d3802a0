"""Quiet hours hold until the opening, by local clocks, through both changes of the season."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from streams.basics.times import DAY, iso
from streams.basics.toml_lines import parse_toml
from streams.watches.file import BadWatches, Choices, desk_of
from streams.watches.quiet import parse_quiet
from streams.watches.watch import Desk

NIGHT = parse_quiet("22:00-07:00", "Europe/Berlin")


def berlin(text: str) -> int:
    """Milliseconds of a local time."""
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Berlin")).timestamp() * 1_000)


@pytest.mark.parametrize(
    ("at", "opening"),
    [
        ("2026-01-09T12:00", None),
        ("2026-01-09T21:59:59", None),
        ("2026-01-09T22:00", "2026-01-10T06:00:00.000Z"),
        ("2026-01-10T06:59", "2026-01-10T06:00:00.000Z"),
        ("2026-01-10T07:00", None),
        ("2026-03-28T23:00", "2026-03-29T05:00:00.000Z"),  # the clocks go forward that night
        ("2026-10-24T23:00", "2026-10-25T06:00:00.000Z"),  # and back
    ],
)
def test_a_night_ends_at_its_local_opening(at: str, opening: str | None) -> None:
    """Seven o'clock in Berlin is another UTC hour in summer."""
    assert iso(NIGHT.opening(berlin(at)) or None) == opening


def test_an_end_in_the_hour_that_is_skipped_is_as_much_later() -> None:
    """No clock shows half past two that night; it is half past three when so much time has gone."""
    quiet = parse_quiet("22:00-02:30", "Europe/Berlin")
    assert iso(quiet.opening(berlin("2026-03-28T23:00"))) == "2026-03-29T01:30:00.000Z"


OCTOBER = 1_792_886_400_000  # 2026-10-25T00:00 UTC; at 01:00 the clocks of Berlin go from 3 back to 2


@given(st.one_of(st.integers(1_700_000_000_000, 1_900_000_000_000), st.integers(OCTOBER, OCTOBER + 10_000_000)))
@example(OCTOBER + 70 * 60_000)  # ten past two for the second time
def test_an_opening_lies_ahead_within_a_day_and_is_not_quiet(at: int) -> None:
    """Whatever the season: held means later, never for ever, and released means released."""
    for quiet in (NIGHT, parse_quiet("22:00-02:30", "Europe/Berlin")):
        opening = quiet.opening(at)
        assert opening == 0 or (at < opening < at + DAY and quiet.opening(opening) == 0)


@pytest.mark.parametrize(
    ("span", "zone"),
    [
        ("22-7", "UTC"),
        ("24:00-07:00", "UTC"),
        ("07:00-07:00", "UTC"),
        ("22:00-07:00", "Mars/Base"),
        ("22:00-07:00", ""),
    ],
)
def test_nonsense_is_refused_in_words(span: str, zone: str) -> None:
    """A ValueError that says what to write."""
    with pytest.raises(ValueError, match=r"."):
        parse_quiet(span, zone)


def desk(lines: str) -> Desk:
    """A desk of one watch with these lines."""
    text = f'[[watch]]\nname = "n"\nchannel = "console"\ncategories = ["capex"]\n{lines}'
    choices = Choices(company_of=lambda _: frozenset(), tickers=(), categories=("capex",))
    return desk_of(parse_toml(text, "w.toml"), choices)


def test_a_watch_reads_its_quiet_hours() -> None:
    """`quiet` and `zone` in the watch file; without a zone, UTC."""
    assert str(desk('quiet = "22:00-07:00"\nzone = "Europe/Berlin"').watches[0].quiet) == "22:00-07:00 Europe/Berlin"
    assert str(desk('quiet = "22:00-07:00"').watches[0].quiet) == "22:00-07:00 UTC"
    assert desk("").watches[0].quiet is None


def test_a_watch_with_bad_quiet_hours_is_a_fault() -> None:
    """Reported with the file and the watch, like every other fault."""
    with pytest.raises(BadWatches, match=r"w\.toml:6: watch 'n': `zone`: nobody knows the time zone"):
        desk('quiet = "22:00-07:00"\nzone = "Nowhere"')
    with pytest.raises(BadWatches, match=r"w\.toml:5: watch 'n': `zone`: nobody knows the time zone 'Berlin'"):
        desk('zone = "Berlin"')
