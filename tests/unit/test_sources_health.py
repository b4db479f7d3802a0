"""When a source counts as dead, late, failing or changed; and when it must not."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from streams.basics.times import DAY, HOUR, MINUTE
from streams.records import Millis
from streams.sources.base import Source, Taken, Visit
from streams.sources.health import CHANGED, FAILING, LATE, RESTLESS, SILENT, Health, decode, ills, learn
from streams.sources.rhythm import Rhythm, hour_of_week
from tests.build import NOON

SOURCE = Source(name="wire", kind="feed", outlet="Wire", url="https://wire.example/", every=10 * MINUTE)
PAGE = Taken(form="rss", listed=20, missing={"title": 0, "url": 0, "published": 0})


def _office(at: Millis, busy: float = 4.0) -> float:
    """Articles an hour: by day, hardly at night, not at weekends."""
    hour = hour_of_week(at)
    if hour >= 120:
        return 0.0
    return busy if 7 <= hour % 24 < 18 else 0.05


def _lived(
    days: int, rate: float, *, office: bool, seed: int, start: Millis = NOON
) -> tuple[Health, Millis, list[Millis]]:
    """A source that speaks by chance at this rate, visited every ten minutes; when it was called silent."""
    rng = random.Random(seed)
    health, false = Health(), []
    at = start
    while at < start + days * DAY:
        at += SOURCE.every
        expected = (_office(at, rate) if office else rate) * SOURCE.every / HOUR
        came = sum(rng.random() < expected / 4 for _ in range(4))
        taken = replace(PAGE, new=came, arrived=tuple(at - rng.randrange(SOURCE.every) for _ in range(came)))
        learn(health, Visit(at=at, taken=taken if came else None), SOURCE)
        if SILENT in ills(health, SOURCE, at):
            false.append(at)
    return health, at, false


@pytest.mark.parametrize(("rate", "office"), [(6.0, False), (0.5, False), (0.06, False), (4.0, True), (0.6, True)])
def test_five_weeks_of_chance_are_no_silence(rate: float, office: bool) -> None:
    """Nights, weekends and luck are learned; nobody is called out for them."""
    assert [f for seed in range(2) for f in _lived(35, rate, office=office, seed=seed)[2]] == []


@pytest.mark.parametrize(("rate", "within"), [(6.0, 4 * HOUR), (1.0, 22 * HOUR), (0.2, 3 * DAY)])
def test_a_dead_source_is_called_out_within_what_its_past_allows(rate: float, within: Millis) -> None:
    """The more often it spoke, the sooner."""
    health, died, _ = _lived(28, rate, office=False, seed=7)
    at = died
    while SILENT not in ills(health, SOURCE, at):
        at += SOURCE.every
        learn(health, Visit(at=at), SOURCE)
    assert at - health.rhythm.last <= within
    assert at - health.due <= SOURCE.every


def test_an_office_that_dies_on_friday_evening_is_called_out_on_monday() -> None:
    """Not on Saturday, when it never spoke; not on Tuesday, when the morning was missed."""
    friday = NOON + 28 * DAY + 6 * HOUR  # 2026-02-06T18:00Z
    health, _, false = _lived(28, 4.0, office=True, seed=3, start=NOON + 6 * HOUR)
    assert false == []
    at = friday
    while SILENT not in ills(health, SOURCE, at):
        at += SOURCE.every
        learn(health, Visit(at=at), SOURCE)
    assert friday + 2 * DAY + 13 * HOUR < at < friday + 3 * DAY


def test_the_first_page_tells_of_the_weeks_before() -> None:
    """Twenty dated articles are a history."""
    health = Health()
    dated = tuple(NOON - i * 3 * HOUR for i in range(20))
    learn(health, Visit(at=NOON, taken=replace(PAGE, new=20, arrived=dated)), SOURCE)
    assert health.rhythm.hourly == pytest.approx(1 / 3, rel=0.1)
    learn(health, Visit(at=NOON + HOUR), SOURCE)
    assert ills(health, SOURCE, NOON + DAY // 2) == {}
    assert SILENT in ills(health, SOURCE, NOON + 7 * DAY)


def test_a_given_silence_is_taken_at_its_word() -> None:
    """Whoever knows better may say so."""
    told = replace(SOURCE, silence=HOUR)
    health = Health()
    learn(health, Visit(at=NOON, taken=replace(PAGE, new=1, arrived=(NOON,))), told)
    assert ills(health, told, NOON + HOUR - 1) == {}
    assert SILENT in ills(health, told, NOON + HOUR)


def test_our_own_absence_is_nobodys_silence() -> None:
    """Ten days down, then a visit: hours that nobody watched teach nothing, what came meanwhile counts."""
    health, at, _ = _lived(28, 1.0, office=False, seed=1)
    before = health.rhythm.hourly
    back = at + 10 * DAY
    learn(health, Visit(at=back, taken=replace(PAGE, new=1, arrived=(back - HOUR,))), SOURCE)
    assert ills(health, SOURCE, back) == {}
    assert health.rhythm.hourly == pytest.approx(before, rel=0.2)


def test_failing_is_said_after_five_in_a_row_and_ended_by_three_successes() -> None:
    """A source that flaps is not failing."""
    health = Health()
    for i in range(5):
        learn(health, Visit(at=NOON + i * 10 * MINUTE, fault="HTTP 500"), SOURCE)
        assert (FAILING in ills(health, SOURCE, NOON + i * 10 * MINUTE)) is (i == 4)
    health.told[FAILING] = NOON
    for i, still in enumerate((True, True, False)):
        learn(health, Visit(at=NOON + HOUR + i), SOURCE)
        assert (FAILING in ills(health, SOURCE, NOON + HOUR + i)) is still


def test_a_source_that_is_not_asked_for_a_day_is_told_of_at_once() -> None:
    """410, or 429 with a day to wait: the fifth failure in a row would come on the fifth day."""
    health = Health()
    learn(health, Visit(at=NOON, fault="HTTP 429", wait=10 * MINUTE), SOURCE)
    assert ills(health, SOURCE, NOON) == {}
    learn(health, Visit(at=NOON + HOUR, fault="HTTP 410", wait=DAY), SOURCE)
    told = ills(decode(health.encode()), SOURCE, NOON + 2 * HOUR)[FAILING]
    assert told.since == NOON and "HTTP 410; not asked again before 2026-01-10T13:00" in told.words
    for number in range(3):
        learn(health, Visit(at=NOON + (25 + number) * HOUR), SOURCE)
    assert ills(health, SOURCE, NOON + 28 * HOUR) == {}


@pytest.mark.parametrize(
    "page",
    [
        replace(PAGE, missing={"title": 20, "url": 0, "published": 0}),
        replace(PAGE, missing={"title": 0, "url": 0, "published": 19}),
        replace(PAGE, listed=0),
        replace(PAGE, empty=20),
    ],
    ids=["titles", "dates", "nothing", "empty"],
)
def test_a_page_that_lost_what_it_always_had_is_said(page: Taken) -> None:
    """And what it never had is not missed."""
    health, never = Health(), Health()
    for i in range(5):
        learn(health, Visit(at=NOON + i * HOUR, taken=replace(PAGE, new=1, arrived=(NOON,))), SOURCE)
        learn(never, Visit(at=NOON + i * HOUR, taken=page), SOURCE)
    later = NOON + 5 * HOUR
    learn(health, Visit(at=later, taken=page), SOURCE)
    assert CHANGED not in ills(health, SOURCE, later)
    assert CHANGED in ills(health, SOURCE, later + HOUR)
    assert CHANGED not in ills(never, SOURCE, later + HOUR)
    learn(health, Visit(at=later + HOUR, taken=PAGE), SOURCE)
    assert CHANGED not in ills(health, SOURCE, later + 2 * HOUR)


ALL_NEW = Taken(form="rss", listed=5, new=5)
HALF_EDITED = Taken(form="rss", listed=20, updated=10, known=10)


@pytest.mark.parametrize(
    ("page", "says"), [(ALL_NEW, "missed"), (HALF_EDITED, "a counter or a clock")], ids=["new", "edited"]
)
def test_a_page_that_is_another_at_every_look_is_said(page: Taken, says: str) -> None:
    """A ticker of five lines asked too seldom misses articles; counters in the text make updates of nothing. Once a day."""
    health, since = Health(), set()
    at = NOON
    learn(health, Visit(at=at, taken=replace(PAGE, new=20)), SOURCE)
    for look in range(24 * 6 * 3):
        at += SOURCE.every
        night = look // 72 % 2
        learn(health, Visit(at=at, taken=None if night and look % 3 else page), SOURCE)
        ill = ills(decode(health.encode()), SOURCE, at).get(RESTLESS)
        assert (ill is not None) is (look >= 4)
        if ill:
            since.add(ill.since)
            assert says in ill.words
    assert len(since) == 1
    for _ in range(24 * 6 + 1):
        at += SOURCE.every
        learn(health, Visit(at=at, taken=replace(page, new=1, updated=1, known=18)), SOURCE)
    assert RESTLESS not in ills(health, SOURCE, at)


def test_who_sends_its_articles_is_never_restless() -> None:
    """All of a push is new; and four looks, or looks after an absence, say nothing."""
    pushed, seldom = Health(), Health()
    for number in range(20):
        at = NOON + number * HOUR
        learn(pushed, Visit(at=NOON + number * MINUTE, taken=ALL_NEW), replace(SOURCE, kind="push", url=""))
        learn(seldom, Visit(at=at, taken=ALL_NEW), SOURCE)  # every ten minutes, they say
    assert RESTLESS not in {**ills(pushed, SOURCE, NOON + 20 * MINUTE), **ills(seldom, SOURCE, at)}


def test_growing_lag_is_said() -> None:
    """Five minutes are usual, an hour is not; then it becomes so."""
    health, late = Health(), []
    at = NOON
    for i in range(60):
        at += 10 * MINUTE
        lag = 5 * MINUTE if i < 40 else HOUR
        learn(health, Visit(at=at, taken=replace(PAGE, new=1, arrived=(at - lag,))), SOURCE)
        late += [i] if LATE in ills(health, SOURCE, at) else []
    assert late == list(range(50, 60))  # articles older than the last one known do not count: they only came up again


def test_health_survives_the_book() -> None:
    """Written and read again it judges the same; what cannot be read begins anew."""
    health, at, _ = _lived(10, 1.0, office=False, seed=2)
    again = decode(health.encode())
    assert again.rhythm.tolerance() == pytest.approx(health.rhythm.tolerance(), rel=0.01)
    assert again.due == health.due
    assert decode("{") == Health() == decode('{"new": 1, "rhythm": {}}')
    assert len(health.encode()) < 4_000
    assert Rhythm().due(1.0, 0) > 0
    assert at
