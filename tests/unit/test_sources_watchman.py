"""What the watchman makes of visits: told once, an outage as one, nothing again after a restart or a changed file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from streams.basics.times import HOUR, MINUTE
from streams.channels.render import message
from streams.metrics import names as metric
from streams.metrics.prometheus import PrometheusMeter
from streams.records import Away, Kind
from streams.sources.base import Source, Taken, Visit
from streams.sources.book import MemoryBook
from streams.sources.health import FAILING, Ill
from streams.sources.watchman import OUTAGE, Watchman, alert_of
from streams.wire import decode_alert, encode_alert
from tests.build import NOON
from tests.slack_server.validate import check_content

SOURCE = Source(name="wire", kind="feed", outlet="Wire", url="https://wire.example/rss", every=2 * MINUTE)


def test_what_the_watchman_tells_is_an_alert_like_any_other() -> None:
    """It travels, Slack takes it, and the end is a reply to the beginning."""
    ill = Ill(NOON, "cannot be read since noon: <!channel> HTTP 500")
    begins, ends = (alert_of(SOURCE, FAILING, i, NOON, "slack:C0OPS") for i in (ill, Ill(NOON, "")))
    for alert in (begins, ends):
        assert decode_alert(encode_alert(alert)) == alert
        check_content(message(alert, posted=NOON))
    assert (begins.kind, ends.kind, ends.root_id) == (Kind.NEW, Kind.UPDATE, begins.alert_id)
    assert alert_of(SOURCE, FAILING, ill, NOON + HOUR, "slack:C0OPS").alert_id == begins.alert_id


@pytest.mark.parametrize("failing", [3, 9])
async def test_when_most_sources_fail_it_is_said_once(failing: int) -> None:
    """Our own network, most likely; a few that fail are told each by its name."""
    told: list[str] = []

    async def tell(alert: Any) -> None:
        told.append(alert.title)

    sources = [replace(SOURCE, name=f"s{i}") for i in range(10)]
    watchman = Watchman(book=MemoryBook(), sources=sources, channel="console", tell=tell)
    await watchman.begin()
    for round_ in range(12):
        for number, source in enumerate(sources):
            fault = "refused" if number < failing else ""
            await watchman(source, Visit(at=NOON + round_ * 2 * MINUTE, fault=fault))
    begun = [t for t in told if " is failing" in t]
    assert len(begun) == (3 if failing == 3 else 1)
    assert ("9 of 10 sources" in begun[0]) is (failing == 9)
    for round_ in range(3):
        for source in sources:
            await watchman(source, Visit(at=NOON + HOUR + round_))
    assert sum("no longer failing" in t for t in told) == len(begun)
    assert OUTAGE.name == "ingest"


async def test_after_a_restart_nothing_is_told_again() -> None:
    """What was told is in the book."""
    told: list[str] = []

    async def tell(alert: Any) -> None:
        told.append(alert.alert_id)

    book = MemoryBook()
    for life in range(3):
        watchman = Watchman(book=book, sources=[SOURCE], channel="console", tell=tell)
        await watchman.begin()
        for i in range(12):
            await watchman(SOURCE, Visit(at=NOON + (12 * life + i) * 2 * MINUTE, fault="HTTP 500"))
    assert len(told) == 1


async def test_every_visit_is_measured() -> None:
    """Visits, failures and articles by source, and how long it may still be silent."""
    meter = PrometheusMeter()
    watchman = Watchman(book=MemoryBook(), sources=[SOURCE], meter=meter)
    await watchman(SOURCE, Visit(at=NOON, taken=Taken(new=2, updated=1, known=1)))
    await watchman(SOURCE, Visit(at=NOON + MINUTE, fault="HTTP 500"))
    assert meter.value(metric.SOURCE_VISITS, "wire") == 2
    assert meter.value(metric.SOURCE_FAILURES, "wire") == 1
    assert meter.value(metric.SOURCE_SENT, "wire") == 3
    assert meter.value(metric.SOURCE_PATIENCE, "wire") > 0


async def test_the_watchman_knows_again_who_comes_back_and_measures_nobody_who_is_gone() -> None:
    """What was noted of it is read first; while Redis is away nothing is learned rather than all forgotten."""

    class Moody(MemoryBook):
        away = False

        async def notes(self, sources: Sequence[str]) -> Sequence[str]:
            if self.away:
                raise Away("Redis")
            return await super().notes(sources)

    meter, other = PrometheusMeter(), replace(SOURCE, name="other")
    first = Watchman(book=(book := Moody()), sources=[SOURCE], meter=meter)
    await first.begin()
    for number in range(3):
        await first(SOURCE, Visit(at=NOON + number * MINUTE, taken=Taken(new=1, arrived=(NOON,), listed=1)))
    assert b'silent_in_seconds{source="wire"}' in meter.text()
    first.change([other], "")
    assert b'silent_in_seconds{source="wire"}' not in meter.text()
    later = Watchman(book=book, sources=[other], meter=meter)
    await later.begin()
    later.change([other, SOURCE], "")
    book.away = True
    await later(SOURCE, Visit(at=NOON + HOUR))
    assert "wire" not in later.health and meter.value(metric.SOURCE_VISITS, "wire") == 3
    book.away = False
    await later(SOURCE, Visit(at=NOON + HOUR))
    assert later.health["wire"].articles == 3 and later.health["wire"].visits == 4
