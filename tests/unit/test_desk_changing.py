"""The desk folded from its topic: the same for every reader, at every time, however the records come."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.basics.times import FOR_GOOD, HOUR, MINUTE
from streams.desk import changing
from streams.desk.changing import ChangingDesk
from streams.desk.feedback import GRACE, Act, BadFeedback, Feedback, Subject, decode_feedback, encode_feedback
from streams.flow import triage
from streams.records import Reason
from streams.watches.watch import Desk, Watch
from tests.build import NOON, sent
from tests.desk_kit import FILED, HERE, READER, desk, said
from tests.twins import ALIBABA, Kit

AT = NOON + GRACE


def muted(made: ChangingDesk, at: int) -> bool:
    """Whether Alibaba is silent here."""
    return (HERE, "alibaba") in made.at(at).mutes


def test_a_mute_holds_from_its_grace_to_its_end() -> None:
    """Not before every worker can know of it, not after its time."""
    made = desk()
    made.add([said(Act.MUTE, companies=("alibaba",), until=NOON + HOUR)])
    assert [muted(made, at) for at in (NOON, AT - 1, AT, NOON + HOUR - 1, NOON + HOUR)] == [
        False, False, True, True, False,
    ]  # fmt: skip


def test_a_second_mute_replaces_the_first_and_unmute_ends_it() -> None:
    """What was, stays as it was: a late article is judged by the desk of its own time."""
    made = desk()
    made.add([said(Act.MUTE, companies=("alibaba",), until=FOR_GOOD)])
    made.add([said(Act.MUTE, companies=("alibaba",), until=NOON + HOUR, at=NOON + MINUTE)])
    assert made.at(AT).mutes[HERE, "alibaba"] == FOR_GOOD
    assert made.at(AT + MINUTE).mutes[HERE, "alibaba"] == NOON + HOUR
    made.add([said(Act.UNMUTE, companies=("alibaba",), at=NOON + 2 * MINUTE)])
    assert muted(made, AT + MINUTE) and not muted(made, AT + 2 * MINUTE) and not muted(made, NOON + HOUR)


def test_a_watch_made_in_a_channel_stands_beside_the_file_and_ends() -> None:
    """Its table is read like the file's."""
    made = desk()
    table = READER.read("watch NVDA name=mine", HERE, NOON).table
    made.add([said(Act.WATCH, watch="mine@C0DESK", table=table)])
    made.add([said(Act.UNWATCH, watch="mine@C0DESK", at=NOON + HOUR)])
    assert made.at(NOON).watches == (FILED,)
    assert [w.name for w in made.at(AT).watches] == ["china-ai", "mine@C0DESK"]
    assert made.at(AT).watched_companies == {"alibaba", "nvidia"}
    assert made.at(AT + HOUR).watches == (FILED,)
    assert made.names == ("china-ai", "mine@C0DESK")


def test_only_a_watch_that_people_ended_is_known_to_have_ended() -> None:
    """Not one that is yet to begin, that was made anew, that a file has now, or of which nothing was ever heard."""
    made = desk()
    table = READER.read("watch NVDA name=mine", HERE, NOON).table
    for act, at in ((Act.WATCH, NOON), (Act.UNWATCH, NOON + HOUR), (Act.WATCH, NOON + 2 * HOUR)):
        made.add([said(act, watch="mine@C0DESK", table=table, at=at)])
    ended = [made.at(AT + n * HOUR).ended for n in (-1, 0, 1, 2)]
    assert ended == [frozenset(), frozenset(), {"mine@C0DESK"}, frozenset()]
    filed = made.over(Desk((replace(FILED, name="mine@C0DESK"),)), READER.check)
    assert filed.at(AT + HOUR).ended == frozenset()
    assert desk().at(AT).ended == Desk().ended == frozenset()


def test_what_was_refused_or_cannot_be_read_changes_nothing() -> None:
    """A directory that forgot a company costs its watch, not the desk."""
    made = desk()
    table = {"name": "gone@C0DESK", "channel": HERE, "companies": ["GONE"]}
    assert made.add([said(Act.MUTE, companies=("alibaba",), until=FOR_GOOD, refused="no")]) == 0
    made.add([said(Act.WATCH, watch="gone@C0DESK", table=table)])
    made.add([said(Act.WATCH, watch="china-ai", table={"name": "china-ai", "channel": HERE, "companies": ["NVDA"]})])
    assert made.at(AT).watches == (FILED,) and not made.at(AT).mutes


CHANNELS = (HERE, "slack:C0OTHER")


@st.composite
def histories(draw: st.DrawFn) -> list[Feedback]:
    """Mutes, watches and their ends in two channels, in the order of their times."""
    made = []
    for n in range(draw(st.integers(1, 8))):
        channel = draw(st.sampled_from(CHANNELS))
        act = draw(st.sampled_from([Act.MUTE, Act.UNMUTE, Act.WATCH, Act.UNWATCH]))
        name = "mine@" + channel.split(":")[1]
        until = NOON + draw(st.integers(0, 20)) * MINUTE
        table = {"name": name, "channel": channel, "companies": [draw(st.sampled_from(["BABA", "NVDA"]))]}
        made.append(
            said(
                act, channel=channel, at=NOON + n * MINUTE, until=until, companies=("alibaba",), watch=name, table=table
            )
        )
    return made


@given(histories(), st.randoms(use_true_random=False))
def test_every_reader_folds_the_same(history: list[Feedback], luck: random.Random) -> None:
    """Partitions interleave as they like, records come again, batches are cut anywhere."""
    first, second = desk(), desk()
    first.add(history)
    lanes = [[f for f in history if f.channel == c] for c in CHANNELS]
    lanes = [lane + lane[:1] for lane in lanes]  # the first record of each comes again
    while lanes := [lane for lane in lanes if lane]:
        second.add([luck.choice(lanes).pop(0)])
    for at in range(NOON, NOON + 30 * MINUTE, 20_000):
        assert first.at(at) == second.at(at)


class Thorough(ChangingDesk):
    """The rule that the fold has to agree with: a change ends every one before it."""

    __slots__ = ()

    def _ended(self, channel: str, what: str, at: int) -> list[changing._Span]:
        spans = self._spans.setdefault((channel, what), [])
        for span in spans:
            span.end = min(span.end, max(at, span.begin))
        return spans


@given(histories(), st.randoms(use_true_random=False))
def test_a_change_ends_the_one_before_it_and_so_all(history: list[Feedback], luck: random.Random) -> None:
    """Also several at one time, and those that come late."""
    history = [replace(f, at=NOON + luck.randrange(4) * MINUTE) for f in history]
    quick, thorough = desk(), Thorough(Desk((FILED,)), READER.check)
    for feedback in history:
        quick.add([feedback])
        thorough.add([feedback])
        assert quick._spans == thorough._spans


def test_many_changes_of_one_company_cost_no_more_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand mutes and their ends: each ends one, not all before it."""
    ended = []

    class Watched(changing._Span):
        def __setattr__(self, name: str, value: object) -> None:
            ended.append(name)
            super().__setattr__(name, value)

    monkeypatch.setattr(changing, "_Span", Watched)
    desk().add(
        said(act, companies=("alibaba",), until=FOR_GOOD, at=NOON + (2 * n + later) * MINUTE)
        for n in range(1_000)
        for later, act in enumerate((Act.MUTE, Act.UNMUTE))
    )
    assert ended.count("end") <= 3_000


def test_feedback_travels_as_bytes() -> None:
    """And what is no feedback says so."""
    subject = Subject(alert_id="a", article_id="x", seen=1, title="t", categories=("capex",))
    made = said(Act.NOT_RELEVANT, subject=subject, companies=("alibaba",), table={"a": [1]})
    assert decode_feedback(encode_feedback(made)) == made
    newer = encode_feedback(made)[:-1] + b',"more":1}'
    assert decode_feedback(newer) == made
    no_time = encode_feedback(made).replace(b'"at":', b'"at":null,"was":')
    for raw in (b"", b"[]", b'{"v":1}', b'{"v":2}', b'{"v":1,"act":"sing"}', b"\xff", no_time):
        try:
            decode_feedback(raw)
        except BadFeedback:
            continue
        raise AssertionError(raw)


async def test_a_muted_company_ends_as_muted_and_leaves_the_story_untold() -> None:
    """Per watch, with the time in words; after the mute the next article of the story is news."""
    elsewhere = replace(ALIBABA, name="elsewhere", channel="slack:C9")
    made = ChangingDesk(Desk((ALIBABA, elsewhere)), READER.check)
    made.add([said(Act.MUTE, channel=ALIBABA.channel, companies=("alibaba",), until=NOON + HOUR)])
    parts = replace(Kit().parts, desk=made)
    title = "Alibaba to invest in a data centre in Leipzig"
    article = sent(id="1", title=title, lang="en", seen=AT)
    (journey,) = await triage(parts, [article])
    told = {d.watch: (d.reason, d.detail) for d in journey.decisions}
    assert told["alibaba"] == (Reason.MUTED, "Alibaba: muted in slack:C1 until 2026-01-09T13:00:00.000Z")
    assert told["elsewhere"][0] is Reason.ALERTED
    (later,) = await triage(parts, [sent(id="2", title=title, lang="en", seen=NOON + HOUR)])
    assert {d.watch: d.reason for d in later.decisions} == {"alibaba": Reason.ALERTED, "elsewhere": Reason.MERGED}


async def test_an_article_that_names_another_company_too_is_told() -> None:
    """A mute is of a company, not of every text it stands in."""
    both = Watch(name="both", channel=HERE, companies=frozenset({"alibaba", "nvidia"}))
    made = ChangingDesk(Desk((both,)), READER.check)
    made.add([said(Act.MUTE, companies=("alibaba",), until=FOR_GOOD)])
    parts = replace(Kit().parts, desk=made)
    (alone,) = await triage(parts, [sent(id="1", title="Alibaba invests", lang="en", seen=AT)])
    (together,) = await triage(parts, [sent(id="2", title="Nvidia and Alibaba invest", lang="en", seen=AT)])
    assert alone.decisions[0].reason is Reason.MUTED and alone.decisions[0].detail.endswith("for good")
    assert together.decisions[0].reason is Reason.ALERTED


async def test_a_correction_reaches_whoever_was_told_also_under_a_mute() -> None:
    """What stands in the channel and is wrong is put right there; what was never told stays unsaid."""
    made = ChangingDesk(Desk((ALIBABA,)), READER.check)
    parts = replace(Kit().parts, desk=made)
    title = "Alibaba to invest in a data centre in Leipzig"
    await triage(parts, [sent(id="1", title=title, lang="en", seen=NOON)])
    made.add([said(Act.MUTE, channel=ALIBABA.channel, companies=("alibaba",), until=FOR_GOOD)])
    correction = sent(id="1", title=title, lang="en", seen=AT, status="correction")
    (told,) = await triage(parts, [correction])
    (untold,) = await triage(replace(Kit().parts, desk=made), [correction])
    assert [d.reason for d in told.decisions] == [Reason.CORRECTED]
    assert [d.reason for d in untold.decisions] == [Reason.MUTED]


def test_two_people_at_once_leave_the_same_desk_to_all() -> None:
    """A worker folds its own click first and hears of the earlier one afterwards; the other one the other way round."""
    hour = said(Act.MUTE, companies=("alibaba",), until=NOON + HOUR, id="first", at=NOON)
    good = said(Act.MUTE, companies=("alibaba",), until=FOR_GOOD, id="second", at=NOON + 100)
    one, two = desk(), desk()
    for made, clicks in ((one, (hour, good)), (two, (good, hour))):
        for click in clicks:
            made.add([click])
    for at in range(NOON, NOON + 3 * HOUR, MINUTE):
        assert one.at(at).mutes == two.at(at).mutes
    assert one.at(NOON + 2 * HOUR).mutes == {(HERE, "alibaba"): FOR_GOOD}
