"""A directory or a model that forgot what a watch made in a channel asks for: it goes on with the rest, and says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from streams.commands import doctor
from streams.delivery.checkup import Finding
from streams.desk.changing import ChangingDesk
from streams.desk.commands import Reader
from streams.desk.feedback import GRACE, Act, Feedback
from streams.settings.record import Settings
from streams.watches.watch import Desk
from tests.build import NOON
from tests.desk_kit import FILED, HERE, READER, Office, desk, said, typed

AT = NOON + GRACE
MINE = "mine@C0DESK"


def without(*gone: str) -> Reader:
    """The reader of a directory and a model in which these are not."""
    return replace(
        READER, company_of=lambda t: frozenset() if t in gone else READER.company_of(t),
        categories=tuple(c for c in READER.categories if c not in gone),
    )  # fmt: skip


def made(words: str) -> Feedback:
    """A watch on record."""
    order = READER.read(f"watch {words} name=mine", HERE, NOON)
    return said(Act.WATCH, watch=order.watch, table=order.table)


def after(words: str, *gone: str) -> Desk:
    """The desk of this watch when these are gone."""
    whole = desk()
    whole.add([made(words)])
    return whole.over(whole.base, without(*gone).check).at(AT)


def test_a_watch_goes_on_without_a_company_that_is_gone() -> None:
    """One of ten tickers is no reason to be silent about nine."""
    told = after("BABA NVDA capex export_controls", "NVDA", "capex")
    watch = told.by_name[MINE]
    assert watch.companies == {"alibaba"} and watch.categories == {"export_controls"} and watch.asked == ("BABA",)
    assert told.faults == {(HERE, MINE): "nobody knows 'NVDA', 'capex' any more"}
    assert after("BABA NVDA", "capex").faults == {}


@pytest.mark.parametrize("words", ["NVDA", "NVDA capex", "BABA export_controls"])
def test_a_watch_never_widens(words: str) -> None:
    """Without its last company it would ask for every company, without its last category for every article."""
    told = after(words, "NVDA", "export_controls")
    assert told.watches == (FILED,)
    assert "any more, so it watches nothing" in told.faults[HERE, MINE]


def test_what_comes_back_is_watched_again() -> None:
    """The record holds what was asked for."""
    one = ChangingDesk(Desk((FILED,)), without("NVDA").check)
    one.add([made("BABA NVDA")])
    again = one.over(one.base, READER.check).at(AT)
    assert again.by_name[MINE].companies == {"alibaba", "nvidia"} and not again.faults


def test_an_earlier_watch_of_the_name_does_not_come_back() -> None:
    """It was replaced by the one of which nothing is left."""
    whole = desk()
    whole.add([made("BABA"), replace(made("NVDA"), at=NOON + 1)])
    assert whole.over(whole.base, without("NVDA").check).at(AT + 1).watches == (FILED,)


async def test_list_names_it_until_it_is_ended() -> None:
    """What is not whole is said where it was made, and nowhere else."""
    office = Office()
    for words in ("watch BABA NVDA name=mine", "watch NVDA name=lost"):
        await office.ask(typed(words))
    office.clerk.reader = gone = without("NVDA")
    office.clerk.desk = office.desk.over(office.desk.base, gone.check)
    office.clock.set(NOON + 2 * GRACE)
    listed = (await office.ask(typed("list"))).splitlines()
    assert "watch mine@C0DESK: BABA (Alibaba) (made here)" in listed
    assert "watch mine@C0DESK: nobody knows 'NVDA' any more; say it anew" in listed
    assert "watch lost@C0DESK: nobody knows 'NVDA' any more, so it watches nothing; say it anew" in listed
    assert "any more" not in await office.ask(typed("list", channel="slack:C0OTHER"))
    assert await office.ask(typed("unwatch lost")) == "lost@C0DESK has ended"
    assert "from now on" in await office.ask(typed("watch BABA name=mine"))
    office.clock.set(NOON + 4 * GRACE)
    assert "any more" not in await office.ask(typed("list"))


async def test_the_doctor_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who keeps the directory hears of it too."""

    async def recorded(*_: object) -> list[Feedback]:
        return [made("BABA NVDA")]

    async def channels(_: Settings, places: Sequence[str]) -> list[Finding]:
        assert places == [HERE, HERE]
        return []

    monkeypatch.setattr(doctor, "read_feedback", recorded)
    monkeypatch.setattr(doctor, "channel_findings", channels)
    changing = ChangingDesk(Desk((FILED,)), without("NVDA").check)
    (found,) = await doctor._channels(Settings(), changing)
    assert not found.well and found.words == "mine@C0DESK: nobody knows 'NVDA' any more"
