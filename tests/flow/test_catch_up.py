"""What lay on Kafka for too long is late, not new: by the clock of the flow, and never in a replay."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from streams import assemble
from streams.basics.times import DAY, HOUR, MINUTE, iso
from streams.flow import Journey, Parts, triage
from streams.knowledge import Knowledge
from streams.names import Names
from streams.records import Article, Kind, Reason
from streams.settings.record import Settings
from streams.silent import silent
from streams.watches.watch import Desk
from streams.worker.let_go import QUIET_S, LetGo
from streams.worker.triage import Triage
from tests.build import NOON, sent
from tests.twins import ALIBABA, Kit, Shelf

TITLE = "Alibaba to invest in three data centres"
WORDS = "longer than catch_up 1d"


def old(seen: int, number: int = 1, **fields: str) -> Article:
    """An article that Kafka has had since then, published just before."""
    said = {"id": str(number), "title": TITLE, "source": f"outlet {number}", "lang": "en"} | fields
    return sent(seen, published=iso(seen - MINUTE), **said)


def live(kit: Kit, now: int = NOON) -> Parts:
    """Parts as a worker has them, at this time of the clock."""
    kit.clock.set(now)
    return replace(kit.parts, desk=Desk((ALIBABA,)), catch_up=DAY)


def said(journeys: Sequence[Journey]) -> list[tuple[Reason, str]]:
    """Reason and detail of each, for the one watch."""
    return [(j.decisions[0].reason, j.decisions[0].detail) for j in journeys]


@pytest.mark.parametrize(
    ("lay", "reason"), [(20 * DAY, Reason.LATE), (DAY + 1, Reason.LATE), (DAY, Reason.ALERTED), (0, Reason.ALERTED)]
)
async def test_what_lay_on_kafka_for_longer_is_late(lay: int, reason: Reason) -> None:
    """A new group begins at the topic's first record, and Kafka keeps months."""
    (journey,) = await triage(live(Kit()), [old(NOON - lay)])
    assert journey.decisions[0].reason is reason
    assert bool(journey.alerts) is (reason is Reason.ALERTED)


async def test_it_says_for_how_long() -> None:
    """The words are those of the ledger and of `why`."""
    (journey,) = await triage(live(Kit()), [old(NOON - 20 * DAY)])
    assert said([journey]) == [(Reason.LATE, f"lay on Kafka for 20 days: {WORDS}")]
    assert journey.decisions[0].stage == "decide"


async def test_it_joins_its_story_and_claims_nothing() -> None:
    """Whoever was not told is told by the next article of the story, as new."""
    kit = Kit()
    (first,) = await triage(live(kit), [old(NOON - DAY - HOUR)])
    (second,) = await triage(live(kit), [old(NOON - DAY + HOUR, 2)])
    assert (first.decisions[0].reason, second.decisions[0].reason) == (Reason.LATE, Reason.ALERTED)
    assert [a.kind for a in second.alerts] == [Kind.NEW]
    assert first.decisions[0].story_id == second.decisions[0].story_id != ""


async def test_its_figures_are_no_update_of_a_told_story() -> None:
    """They are late, and not told: the next article with them is the update."""
    kit = Kit()
    figure = {"title": "Alibaba to invest $3.5 billion in three data centres"}
    await triage(live(kit), [old(NOON, title="Alibaba to invest $3.2 billion in three data centres")])
    (late,) = await triage(live(kit, NOON + 25 * HOUR), [old(NOON + MINUTE, 2, **figure)])
    (after,) = await triage(live(kit, NOON + 25 * HOUR), [old(NOON + 10 * HOUR, 3, **figure)])
    assert [j.decisions[0].reason for j in (late, after)] == [Reason.LATE, Reason.UPDATED]


@pytest.mark.parametrize("status", ["correction", "removed"])
async def test_whoever_was_told_is_told_of_the_correction_whatever_its_age(status: str) -> None:
    """A wrong headline in a channel is worse than a late word about it."""
    kit = Kit()
    told, late = old(NOON), old(NOON + HOUR, status=status)
    await triage(live(kit), [told])
    (journey,) = await triage(live(kit, NOON + 3 * DAY), [late])
    assert journey.decisions[0].reason is Reason.CORRECTED
    assert [a.kind for a in journey.alerts] == [Kind.CORRECTION]


async def test_a_correction_of_what_nobody_was_told_is_late_too() -> None:
    """It opens no story for a watch, whatever came between."""
    kit = Kit()
    parts = live(kit, NOON + 3 * DAY)
    journeys = await triage(parts, [old(NOON), old(NOON + HOUR, status="correction")])
    assert [j.decisions[0].reason for j in journeys] == [Reason.LATE, Reason.LATE]


async def test_what_was_ruled_before_a_crash_stands_after_it() -> None:
    """The worker died before the alert was on Kafka, and the article grew too old meanwhile: it is told all the same."""
    kit, article = Kit(), old(NOON - DAY + MINUTE)
    (before,) = await triage(live(kit), [article])
    (after,) = await triage(live(kit, NOON + HOUR), [article])
    assert said([after]) == said([before])
    assert [a.alert_id for a in after.alerts] == [a.alert_id for a in before.alerts] != []


async def test_the_same_article_sent_again_in_time_is_new() -> None:
    """Within one batch too: the old record is late, the new one speaks."""
    journeys = await triage(live(Kit()), [old(NOON - 9 * DAY), sent(NOON, id="1", title=TITLE, lang="en")])
    assert [j.decisions[0].reason for j in journeys] == [Reason.LATE, Reason.ALERTED]


async def test_a_worker_has_the_limit_of_its_settings(tmp_path: Path) -> None:
    """And counts what it lets go."""
    watches = tmp_path / "watches.toml"
    watches.write_text('[[watch]]\nname = "all"\nchannel = "console"\ncategories = ["capex"]')
    assert assemble.live(Settings(watches=watches, catch_up=3 * DAY, health="off")).parts.catch_up == 3 * DAY
    triage_agent = Triage(live(Kit()), Names(), Shelf())
    await triage_agent([old(NOON - 2 * DAY)])
    assert triage_agent.let_go.number == 1


async def test_silent_parts_never_say_it() -> None:
    """A replay judges an archive as though each article had been read when it came."""
    kit = Kit()
    kit.clock.set(NOON)
    parts = replace(
        silent(Knowledge.load(), Desk((ALIBABA,)), kit.clock), directory=kit.directory, model=kit.parts.model
    )
    (journey,) = await triage(parts, [old(NOON - 20 * DAY)])
    assert journey.decisions[0].reason is Reason.ALERTED


async def test_the_log_says_once_a_stretch_how_many(caplog: pytest.LogCaptureFixture) -> None:
    """At its begin that it is so, at its end how many; another stretch is told anew."""
    caplog.set_level(logging.WARNING)
    now = [0.0]
    let_go, parts = LetGo(lambda: now[0]), live(Kit())
    batches = [old(NOON - 20 * DAY, 1), old(NOON - 9 * DAY, 2)], [old(NOON, 3)], [old(NOON - 3 * DAY, 4)]
    for now[0], batch in zip((1, 2, 3), batches, strict=True):
        let_go.add(await triage(parts, batch))
        let_go.look()
    assert len(caplog.messages) == 1
    assert f"lay on Kafka for 20 days: {WORDS}" in caplog.messages[0]
    now[0] = QUIET_S + 2
    let_go.look()
    assert len(caplog.messages) == 1  # the last was let go at 3
    now[0] = QUIET_S + 3
    let_go.look()
    let_go.look()
    assert caplog.messages[1:] == ["3 articles were late: they lay on Kafka for up to 20 days"]
    let_go.add(await triage(parts, [old(NOON - 9 * DAY, 5)]))
    assert "lay on Kafka for 9 days" in caplog.messages[2]
