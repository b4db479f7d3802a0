"""What was muted, or whose watch was ended, while it waited: nobody is told of it, nobody is paged, the ledger says why."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from streams.basics.times import FOR_GOOD, HOUR, MINUTE
from streams.commands.ledger import deliveries, print_deliveries
from streams.delivery.memory import MemoryBook
from streams.desk.feedback import Act, Feedback
from streams.ledger.sums import Ledger
from streams.records import Alert, Kind, Proof
from streams.watches.unwanted import unwanted
from streams.watches.watch import Desk
from tests.build import company
from tests.desk_kit import said
from tests.twins import ALIBABA
from tests.unit.town import AGAIN, FIRST, NIGHT, OPENING, OTHERS, QUIET, RIGHT, TYPO, Town, decision_of

MADE = "mine@C0RIGHT"
TABLE = {
    "name": MADE, "channel": RIGHT, "companies": ["BABA"], "categories": ["capex"], "quiet": "22:00-06:30",
    "zone": "UTC",
}  # fmt: skip
MORE = "Alibaba will invest $4 billion in chips plant"


def mute(name: str = "alibaba", *, at: int = NIGHT + HOUR, until: int = FOR_GOOD) -> Feedback:
    """Somebody who lies awake mutes a company where the watch speaks."""
    return said(Act.MUTE, channel=RIGHT, companies=(name,), at=at, until=until)


async def night(town: Town, *titles: str) -> list[Alert]:
    """What comes at night is held."""
    town.clock.set(NIGHT)
    held = [alert for title in titles for alert in await town.feed(title)]
    assert town.told() == []
    return held


async def morning(town: Town) -> list[str]:
    """What is told at the opening."""
    town.clock.set(OPENING)
    await town.go(3)
    return [title for _, title in town.told()]


async def test_what_was_muted_at_night_is_not_told_in_the_morning(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """It has its receipt with the reason; no error wakes anybody, no story is released, and the ledger sums it up."""
    caplog.set_level(logging.INFO)
    town = Town([QUIET])
    (held,) = await night(town, FIRST)
    town.said.append(mute())
    assert await morning(town) == []
    assert await town.book.counts() == {"unwanted": 1} and not await town.book.buried()
    assert {r.levelno for r in caplog.records} == {logging.INFO}
    (receipt,) = await town.book.receipts(9, HOUR)
    assert (receipt.proof, receipt.why) == (Proof.UNWANTED, f"Alibaba: muted in {RIGHT} for good")
    ledger = Ledger()
    ledger.add([decision_of(held), receipt])
    assert ledger.receipts.words(decision_of(held)) == f"unwanted 06:30:00.000: Alibaba: muted in {RIGHT} for good"
    assert (ledger.receipts.sent(decision_of(held)), ledger.receipts.delays([decision_of(held)])) == (None, [])
    print_deliveries(deliveries(ledger))
    assert "1 alerts: sent 0, folded 0, waiting 0, unwanted 1, dead 0" in capsys.readouterr().out


async def test_after_the_mute_ends_only_real_news_of_the_story_is_told() -> None:
    """Who did not want it then does not want it told again; a new figure comes, in a message of its own."""
    town = Town([QUIET])
    await night(town, FIRST)
    town.said.append(mute(until=OPENING + HOUR))
    assert await morning(town) == []
    town.clock.set(OPENING + 2 * HOUR)
    assert [a.kind for a in await town.feed(AGAIN, source="B")] == [Kind.ECHO]
    assert town.told() == []
    await town.feed(MORE, source="C")
    assert [(p.alert.title, p.root_ts) for p in town.channel.posts] == [(MORE, "")]
    assert await town.book.edit(HOUR) is None


async def test_a_mute_that_is_over_by_the_morning_keeps_nothing_away() -> None:
    """What is told is up to the desk of then."""
    town = Town([QUIET])
    await night(town, FIRST)
    town.said.append(mute(until=OPENING - HOUR))
    assert await morning(town) == [FIRST]


async def test_a_mute_in_another_channel_or_of_one_of_two_companies_keeps_nothing_away() -> None:
    """The rule is the one by which articles are muted."""
    town = Town([replace(QUIET, companies=frozenset({"alibaba", "tencent"}))])
    await night(town, OTHERS)
    town.said += [mute(), replace(mute("tencent"), channel=TYPO)]
    assert await morning(town) == [OTHERS]


async def test_the_morning_digest_is_told_without_what_was_muted() -> None:
    """The others stand in it."""
    town = Town([replace(QUIET, companies=frozenset({"alibaba", "nvidia", "tencent"}))])
    nvidia, tencent = "Nvidia to invest $2 billion in chips plant", "Tencent will invest $7 billion in a cloud in Lima"
    held = await night(town, nvidia, FIRST, tencent)
    town.said.append(mute())
    assert await morning(town) == [nvidia, tencent]
    assert [p.fold for p in town.channel.posts] == ["quiet"]
    assert {r.alert_id for r in await town.book.receipts(9, HOUR) if r.proof is Proof.UNWANTED} == {held[1].alert_id}


async def test_a_watch_that_was_ended_at_night_says_nothing_in_the_morning() -> None:
    """Made in a channel and ended there; made anew it speaks. A watch file that lacks it proves nothing."""
    for ends, told in (([Act.UNWATCH], []), ([Act.UNWATCH, Act.WATCH], [FIRST])):
        town = Town([])
        town.said.append(said(Act.WATCH, channel=RIGHT, watch=MADE, table=TABLE, at=NIGHT - HOUR))
        await night(town, FIRST)
        times = enumerate(ends, 1)
        town.said += [said(a, channel=RIGHT, watch=MADE, table=TABLE, at=NIGHT + n * HOUR) for n, a in times]
        assert await morning(town) == told
    (receipt,) = await town.book.receipts(9, HOUR)
    assert receipt.proof is Proof.SENT
    town = Town([QUIET])
    await night(town, FIRST)
    town.watches = []
    assert await morning(town) == [FIRST]


async def test_an_ended_watch_is_the_reason() -> None:
    """By its name and its channel."""
    town = Town([])
    town.said.append(said(Act.WATCH, channel=RIGHT, watch=MADE, table=TABLE, at=NIGHT - HOUR))
    await night(town, FIRST)
    town.said.append(said(Act.UNWATCH, channel=RIGHT, watch=MADE, at=NIGHT + HOUR))
    await morning(town)
    (receipt,) = await town.book.receipts(9, HOUR)
    assert receipt.why == f"watch {MADE} was ended in {RIGHT}"


@pytest.mark.parametrize("told", [True, False])
async def test_a_correction_reaches_who_was_told_in_spite_of_a_mute_and_nobody_else(*, told: bool) -> None:
    """As in triage: of a first message that nobody wanted there is nothing to correct."""
    town = Town([QUIET])
    town.clock.set(NIGHT - 6 * HOUR if told else NIGHT)
    await town.feed(FIRST, id="one")
    town.clock.set(NIGHT)
    (correction,) = await town.feed("Alibaba to invest $2 billion in chips plant", id="one", status="correction")
    assert correction.kind is Kind.CORRECTION and correction.hold == OPENING
    town.said.append(mute())
    assert (await morning(town))[1:] == ([correction.title] if told else [])
    assert (await town.book.counts()).get("unwanted", 0) == (0 if told else 2)


async def test_what_is_in_doubt_is_settled_before_anybody_asks_whether_it_is_wanted() -> None:
    """It may stand; and a book that was lost asks again before it tells."""
    town = Town([replace(QUIET, quiet=None)])
    town.channel.closed = (RIGHT,)
    town.clock.set(NIGHT)
    alerts = await town.feed(FIRST)
    town.channel.closed = ()
    town.said.append(mute(at=NIGHT))
    town.book = MemoryBook(town.clock)
    town.sender = town.another()
    await town.book.rebuild(alerts)
    assert await town.book.counts() == {"doubt": 1}
    town.clock.set(town.clock.now() + MINUTE)
    await town.sender.step()
    assert await town.book.counts() == {"doubt": 1}  # one clean read
    await town.go(3)
    assert town.told() == [] and await town.book.counts() == {"unwanted": 1}


async def test_what_stands_is_not_taken_for_unwanted() -> None:
    """Its answer was lost, and then the company was muted: the read finds it."""
    town = Town([replace(QUIET, quiet=None)])
    town.clock.set(NIGHT)
    await town.feed(FIRST)
    assert len(town.told()) == 1
    town.said.append(mute(at=NIGHT))
    again = MemoryBook(town.clock)
    await again.rebuild([p.alert for p in town.channel.posts])
    town.book, town.sender = again, replace(town.sender, book=again)
    await town.go(3)
    assert await town.book.counts() == {"sent": 1} and len(town.told()) == 1


def test_an_alert_is_judged_as_its_article_is() -> None:
    """It carries more companies than its watch is told for; of a watch that is not known nothing is."""
    mutes = {(RIGHT, "alibaba"): FOR_GOOD}
    watch = replace(ALIBABA, channel=RIGHT)
    named = (company("alibaba", "BABA"), company("nvidia", "NVDA"))
    made = Alert(
        alert_id="a", kind=Kind.NEW, watch=watch.name, channel=RIGHT, story_id="s", article_id="x", root_id="a",
        title="", url="", source="", lang="en", companies=named, relevances=(),
    )  # fmt: skip
    assert unwanted(made, Desk((watch,), mutes=mutes)) == f"Alibaba: muted in {RIGHT} for good"
    anything = replace(watch, companies=frozenset())
    assert unwanted(made, Desk((anything,), mutes=mutes)) == ""
    assert unwanted(replace(made, companies=()), Desk((anything,), mutes=mutes)) == ""
    assert unwanted(made, Desk((), mutes=mutes)) == ""
