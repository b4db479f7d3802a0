"""The clerk: first on record, then acknowledged, then answered; what is refused is recorded too."""

from __future__ import annotations

from dataclasses import replace

import pytest

from streams.basics.limits import CHANNEL_WATCHES
from streams.basics.times import FOR_GOOD, HOUR
from streams.desk.click import MemoryEar
from streams.desk.commands import Reader
from streams.desk.feedback import GRACE, Act, decode_feedback, encode_feedback
from streams.records import Away, Decision, Origin, Reason, evolve
from tests.build import NOON, alert, company
from tests.desk_kit import HERE, READER, Office, pressed, said, typed


async def test_a_mute_is_recorded_with_the_company_and_holds() -> None:
    """The button's company is the alert's first."""
    office = Office()
    said = await office.ask(pressed(Act.MUTE, span="1h"))
    (told,) = office.records
    assert (told.act, told.companies, told.until, told.user) == (Act.MUTE, ("alibaba",), NOON + HOUR, "U1")
    assert told.subject is not None and told.subject.article_id == "art1"
    assert said == "Alibaba: muted here until 2026-01-09 14:00 Europe/Berlin; /tapewire unmute ends it"
    assert office.desk.at(NOON + GRACE).mutes == {(HERE, "alibaba"): NOON + HOUR}


async def test_a_directory_read_again_names_its_companies_to_those_who_ask() -> None:
    """Reader and names come of one directory: a company that joined it while the worker ran is muted by its name."""
    office = Office()
    office.clerk.reader = Reader(
        company_of=lambda ticker: frozenset({"umbra"} if ticker == "UMBR" else ()), tickers=("UMBR",),
        names={"umbra": "Umbra Robotics"}, categories=(),
    )  # fmt: skip
    assert (await office.ask(typed("mute UMBR 1h"))).startswith("Umbra Robotics: muted here")


async def test_not_recorded_is_not_noted() -> None:
    """Kafka away: nothing is acknowledged, nothing is changed."""
    office, ear = Office(away=True), MemoryEar(clicks=[pressed(Act.MUTE, span="good")])
    with pytest.raises(Away):
        await ear.run(office.clerk)
    assert ear.acknowledged == [] and not office.desk.at(FOR_GOOD - 1).mutes


async def test_the_same_click_again_changes_nothing_more() -> None:
    """Slack may deliver a click twice; its second record has the same id and a later time."""
    office = Office()
    click = typed("mute BABA 1h")
    ear = MemoryEar(clicks=[click])
    await ear.run(office.clerk)
    office.clock.set(NOON + HOUR)
    ear.clicks = [click]
    await ear.run(office.clerk)
    assert ear.acknowledged == [click.id, click.id]
    assert len({r.id for r in office.records}) == 1
    assert not office.desk.at(NOON + HOUR + GRACE).mutes


@pytest.mark.parametrize("words", ["why \ud800", "watch BABA name=\udcff" + "x" * 60, "mute \udfff 1h", "\ud800"])
async def test_half_a_character_is_recorded_as_a_question_mark(words: str) -> None:
    """The topic takes no lone surrogate; what was typed is on record all the same."""
    office = Office()
    assert await office.ask(typed(words))
    (told,) = office.records
    assert decode_feedback(encode_feedback(told)) == told
    assert "?" in told.said


async def test_watch_list_unwatch() -> None:
    """What is made here is listed here, and can be ended; the file's watches cannot."""
    office = Office()
    made = await office.ask(typed("watch NVDA capex urgent"))
    assert made == "from now on: watch nvda-capex@C0DESK: NVDA (Nvidia) with capex, urgent"
    await office.ask(typed("mute BABA good"))
    listed = (await office.ask(typed("list"))).splitlines()
    assert listed[1:] == [
        "watch nvda-capex@C0DESK: NVDA (Nvidia) with capex, urgent (made here)",
        "muted: Alibaba for good",
    ]
    assert listed[0].endswith("(in the watch file)")
    elsewhere = await office.ask(typed("list", channel="slack:C0OTHER"))
    assert elsewhere == "nothing is watched or muted here"
    assert "stands in the watch file" in await office.ask(typed("unwatch china-ai"))
    assert "no watch 'nvda-capex' was made here" in await office.ask(
        typed("unwatch nvda-capex", channel="slack:C0OTHER")
    )
    assert await office.ask(typed("unwatch nvda-capex")) == "nvda-capex@C0DESK has ended"
    assert [w.name for w in office.desk.at(office.records[-1].at + GRACE).watches] == ["china-ai"]
    assert [bool(r.refused) for r in office.records] == [False, False, False, False, True, True, False]


async def test_the_answer_names_every_company_that_a_watch_takes() -> None:
    """Of a ticker that is another company's than was thought, the name shows it; of a group, who is in it."""
    members = frozenset(f"maker-{n}" for n in range(8))
    office = Office()
    office.clerk.reader = reader = replace(
        READER, company_of=lambda t: members if t == "group:chips" else READER.company_of(t), names={
            **READER.names, **{m: m.title() for m in members},
        },
    )  # fmt: skip
    office.desk.check = reader.check
    made = (await office.ask(typed("watch NVDA group:chips name=chips"))).splitlines()
    group = "group:chips (Maker-0, Maker-1, Maker-2, Maker-3, Maker-4, Maker-5 and 2 more)"
    assert made == [f"from now on: watch chips@C0DESK: NVDA (Nvidia), {group}"]
    many = (await office.ask(typed("watch " + "NVDA " * 6 + "BABA 9988.HK name=many"))).splitlines()
    assert many[0].endswith("NVDA (Nvidia) ...") and many[1] == "    and BABA (Alibaba), 9988.HK (Alibaba)"
    office.clock.set(NOON + 2 * GRACE)
    listed = await office.ask(typed("list"))
    assert f"{group} (made here)" in listed and many[1] in listed


async def test_a_watch_that_tells_the_channel_twice_is_made_and_says_so() -> None:
    """Beside one of the file, and beside one made here; by whatever ticker it was asked for."""
    office = Office()
    first = await office.ask(typed("watch 9988.HK name=one"))
    assert first.splitlines()[1:] == ["a story on Alibaba comes here more than once, also by china-ai"]
    again = await office.ask(typed("watch BABA capex name=two"))
    assert again.splitlines()[1:] == ["a story on Alibaba comes here more than once, also by china-ai, one@C0DESK"]
    assert "two@C0DESK" in office.desk.at(NOON + GRACE).by_name
    for other in (typed("watch NVDA export_controls"), typed("watch BABA capex", channel="slack:C0OTHER")):
        assert "more than once" not in await office.ask(other)


async def test_a_watch_that_replaces_another_says_what_that_said() -> None:
    """The name may be a colleague's, who would otherwise hear nothing more, and not know why."""
    office = Office()
    await office.ask(typed("watch NVDA capex name=mine quiet=22:00-06:30"))
    office.clock.set(NOON + 1)
    said = (await office.ask(typed("watch export_controls name=mine"))).splitlines()
    before = "watch mine@C0DESK: NVDA (Nvidia) with capex, quiet 22:00-06:30 Europe/Berlin"
    assert said == ["from now on: watch mine@C0DESK: export controls", f"it replaces {before}"]
    office.clock.set(NOON + 2)
    assert "replaces" not in await office.ask(typed("watch export_controls name=mine"))  # it says the same
    await office.ask(typed("watch export_controls name=mine min_probability=0.8 max_age=2h urgent"))
    last = (await office.ask(typed("watch export_controls name=mine"))).splitlines()
    assert last[1].endswith("export controls, urgent, min_probability=0.8, max_age=2h")


async def test_quiet_hours_are_those_of_the_desk_and_are_told() -> None:
    """Ten at night is that of the people here, unless they say another zone; who asks what is watched sees it."""
    office = Office()
    made = await office.ask(typed("watch NVDA name=here quiet=22:00-06:30"))
    assert made.endswith("NVDA (Nvidia), quiet 22:00-06:30 Europe/Berlin")
    await office.ask(typed("watch NVDA name=there quiet=22:00-06:30 zone=Asia/Tokyo"))
    office.clock.set(NOON + 2 * GRACE)
    listed = await office.ask(typed("list"))
    assert "quiet 22:00-06:30 Europe/Berlin (made here)" in listed and "22:00-06:30 Asia/Tokyo (made here)" in listed
    elsewhere = replace(READER, zone="UTC").check(office.records[0].table)  # a replay's reader has no zone of its own
    assert str(elsewhere.quiet) == "22:00-06:30 Europe/Berlin"


async def test_who_may_not_change_the_desk_may_look() -> None:
    """Refused acts are on record, with the reason, and change nothing."""
    office = Office(users=frozenset({"U0CHIEF"}))
    for click in (typed("mute BABA"), pressed(Act.MUTE, span="good"), typed("watch NVDA"), typed("unmute BABA")):
        assert "not change this desk" in await office.ask(click)
    assert await office.ask(typed("list")) and await office.ask(pressed(Act.WHY))
    assert "noted" in await office.ask(pressed(Act.NOT_RELEVANT))
    assert office.desk.at(NOON + GRACE) == office.desk.base
    assert "muted here" in await office.ask(typed("mute BABA", user="U0CHIEF"))


async def test_an_alert_of_another_channel_or_of_long_ago_is_not_acted_on() -> None:
    """A click speaks only of what stands where it was made."""
    office = Office()
    assert "no longer on record" in await office.ask(pressed(Act.MUTE, "a99999", span="1h"))
    assert "no longer on record" in await office.ask(pressed(Act.MUTE, span="1h", channel="slack:C0OTHER"))
    assert all(r.refused for r in office.records)


async def test_why_tells_the_evidence_in_short() -> None:
    """Of an alert by its button; of an article by words of its headline, for the watches of this channel."""
    named = company(evidence=("name 'Alibaba' in the title",))
    office = Office(alerts={"a00001": alert(1, companies=(named,))})
    said = await office.ask(pressed(Act.WHY))
    assert "Alibaba (BABA): confidence 0.99, salience 90: name 'Alibaba' in the title" in said
    assert "capex 0.93 >= 0.50: raises, plan" in said and "watch china-ai" in said
    decision = Decision(
        article_id="x", watch="china-ai", stage="match", reason=Reason.BELOW_THRESHOLD, detail="capex 0.20 < 0.50",
        origin=Origin(topic="articles", partition=0, offset=1), title="Alibaba opens a shop",
    )  # fmt: skip
    office.ledger = [decision, evolve(decision, watch=None, title="Other")]
    assert (await office.ask(typed("why opens a shop"))).splitlines() == [
        "Alibaba opens a shop", "china-ai: below_threshold: capex 0.20 < 0.50",
    ]  # fmt: skip
    assert "no recent article" in await office.ask(typed("why nothing like it"))
    assert "say what" in await office.ask(typed("why"))


async def test_a_fault_in_a_command_is_answered_and_recorded() -> None:
    """With what was meant perhaps."""
    office = Office()
    assert "did you mean BABA" in await office.ask(typed("watch BABBA"))
    assert office.records[0].said == "watch BABBA" and office.records[0].refused


async def test_watches_of_a_channel_are_bounded() -> None:
    """But one that stands may be made anew."""
    office = Office()
    for n in range(CHANNEL_WATCHES):
        await office.ask(typed(f"watch NVDA name=w{n}"))
    assert "watches of its own already" in await office.ask(typed("watch NVDA name=more"))
    assert "from now on" in await office.ask(typed("watch BABA name=w0"))


async def test_a_watch_where_the_bot_cannot_speak_is_refused_and_recorded_so() -> None:
    """Every alert of it would be refused for a week, and nobody would know."""
    office = Office(barred="the bot is not in this channel: /invite @tapewire, then say it again")
    assert await office.ask(typed("watch NVDA")) == office.barred
    assert [r.refused for r in office.records] == [office.barred]
    assert office.desk.at(NOON + GRACE).watches == office.desk.base.watches
    assert office.steps == [f"looked at {HERE}", "recorded watch"]
    office.barred = ""
    assert (await office.ask(typed("watch NVDA"))).startswith("from now on")


@pytest.mark.parametrize("why", [Away("Slack: ratelimited"), TimeoutError()])
async def test_a_watch_is_made_with_a_warning_where_slack_does_not_say(why: Exception) -> None:
    """An outage of Slack is no reason to lose what was asked for."""
    office = Office(barred=why)
    made, warning = (await office.ask(typed("watch NVDA name=mine"))).splitlines()
    assert made.startswith("from now on: watch mine@C0DESK") and "/invite @tapewire" in warning
    assert "mine@C0DESK" in office.desk.at(NOON + GRACE).by_name


async def test_a_watch_is_as_old_as_its_record() -> None:
    """Not as the look before it, which may take a second of the five that workers have to hear of it."""
    office = Office()

    async def slow(_: str) -> str:
        office.clock.set(NOON + 900)
        return ""

    office.clerk.barred = slow
    await office.ask(typed("watch NVDA"))
    assert office.records[0].at == NOON + 900


@pytest.mark.parametrize("ahead", [3_000, HOUR - 1])
@pytest.mark.parametrize(
    ("first", "then", "says"),
    [
        ("mute NVDA good", "unmute NVDA", "Nvidia: heard here again"),
        ("mute NVDA good", "mute NVDA 2h", "Nvidia: muted here until"),
        ("watch NVDA name=mine", "unwatch mine", "mine@C0DESK has ended"),
        ("watch NVDA name=mine", "watch BABA name=mine", "from now on: watch mine@C0DESK: BABA"),
    ],
)
async def test_what_is_said_last_holds_though_a_clock_was_ahead(ahead: int, first: str, then: str, says: str) -> None:
    """Two processes hear people, each by its own clock: what was answered last stands on the desk of all."""
    office = Office()
    office.clock.set(NOON + ahead)
    await office.ask(typed(first))
    office.clock.set(NOON + 2_000)
    said = await office.ask(typed(then))
    assert said.startswith(says)
    assert ("see to the clocks" in said) == (ahead == HOUR - 1)
    other = office.desk.over(office.desk.base, READER.check)  # whoever reads the topic
    after = office.records[1]
    standing = other.at(after.at + GRACE)
    assert standing == office.desk.at(NOON + 3 * HOUR // 2)
    assert standing.mutes.get((HERE, "nvidia")) == (after.until if then == "mute NVDA 2h" else None)
    assert standing.by_name.keys() - {"china-ai"} == ({"mine@C0DESK"} if then.startswith("watch") else set())


async def test_a_change_of_something_else_does_not_wait_for_a_clock_that_is_ahead() -> None:
    """Nor is anything recorded further ahead than Kafka takes it."""
    office = Office()
    office.desk.add([said(Act.MUTE, companies=("nvidia",), until=FOR_GOOD, at=NOON + HOUR // 2)])
    for words in ("mute BABA good", "watch NVDA", "unmute NVDA"):
        await office.ask(typed(words))
    assert [r.at for r in office.records] == [NOON, NOON, NOON + HOUR // 2 + 1]
    office.desk.add([said(Act.MUTE, companies=("nvidia",), until=FOR_GOOD, at=NOON + 2 * HOUR)])
    await office.ask(typed("unmute NVDA"))
    assert office.records[-1].at == NOON


async def test_the_answer_is_of_the_desk_that_it_tells_of() -> None:
    """Somebody else's change, of a later time, was heard of before the answer."""
    office = Office()
    noted = await office.clerk.note(typed("unmute NVDA"))
    office.desk.add([said(Act.MUTE, companies=("nvidia",), until=FOR_GOOD, at=NOON)])
    assert "this does not hold" in await office.clerk.answer(noted)
