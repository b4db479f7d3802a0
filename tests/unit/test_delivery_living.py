"""The living first message, replies and digests, as the strict server takes them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from streams.basics.times import MINUTE
from streams.channels.digest import digest
from streams.channels.living import also, living, takes_back
from streams.channels.slack import SlackChannel
from streams.delivery.book import Delivery, Edit, State
from streams.delivery.channel import Posted, Reach, Refused
from streams.ports import Clocked
from streams.records import Alert, Fact, Kind, Status
from tests.build import NOON, alert
from tests.slack_server.client import SlackServer
from tests.slack_server.workspace import BOT_TOKEN

ROOT = alert(1, channel="slack:C0ALERTS")


@pytest.fixture
async def server() -> AsyncIterator[SlackServer]:
    """Without limits of pace."""
    async with SlackServer(rate=0.0, ws_rate=0.0) as running:
        yield running


@pytest.fixture
async def slack(server: SlackServer) -> AsyncIterator[SlackChannel]:
    """The product's own channel, with buttons."""
    channel = SlackChannel(BOT_TOKEN, Clocked([NOON + 900]), url=server.api_url, timeout=5_000, buttons=True)
    yield channel
    await channel.close()


def going(one: Alert, **changes: Any) -> Delivery:
    """A delivery under way."""
    return replace(Delivery(alert=one, state=State.SENDING, fence=1), **changes)


def echo(number: int, source: str, **changes: Any) -> Alert:
    """A retelling of the root's story."""
    plain = alert(number, kind=Kind.ECHO, root_id=ROOT.alert_id, source=source, seen=NOON + number * MINUTE)
    return replace(plain, published=plain.seen, **changes)


def reply(number: int, kind: Kind, **changes: Any) -> Alert:
    """An update or correction of the root's story."""
    return alert(number, kind=kind, root_id=ROOT.alert_id, channel=ROOT.channel, seen=NOON + 20 * MINUTE, **changes)


def edit_of(ts: str, *told: Alert) -> Edit:
    """What the first message has to say after these."""
    echoes = tuple(a for a in told if a.kind is Kind.ECHO)
    notes = tuple(a for a in told if a.kind is not Kind.ECHO)
    return Edit(root=ROOT, ts=ts, revision=1, heard=len(echoes), echoes=echoes, notes=notes)


async def stood(slack: SlackChannel, one: Alert = ROOT, **changes: Any) -> str:
    """Post it; the ts under which it stands."""
    answer = await slack.post(going(one, **changes))
    assert isinstance(answer, Posted), answer
    return answer.ts


def words(message: dict[str, Any]) -> str:
    """Everything a message says, in order."""
    found: list[str] = []

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            found.extend(str(value[k]) for k in ("text", "fallback") if isinstance(value.get(k), str))
            for inner in value.values():
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    walk(message["blocks"])
    return " ".join(" ".join(found).split())


async def test_retellings_are_added_to_the_first_message(server: SlackServer, slack: SlackChannel) -> None:
    """Outlet and time of each, once per outlet, the first outlet itself not counted; nothing new is posted."""
    ts = await stood(slack)
    told = [echo(2, "Second Desk"), echo(5, "Third & <Desk>"), echo(6, "Second Desk"), echo(7, ROOT.source)]
    assert await slack.edit(edit_of(ts, *told)) == Posted(ts)
    (message,) = await server.messages("C0ALERTS")
    assert "also reported by 2 ( Second Desk 2026-01-09 12:02 UTC , Third & <Desk> 2026-01-09 12:05 UTC )" in words(
        message
    )
    assert "also reported by 2" in message["text"]
    assert message["blocks"][0]["block_id"] == "d:a00001:r1:@"
    assert "sent" in words(message)


async def test_an_edited_message_is_still_found_by_its_marker(slack: SlackChannel) -> None:
    """A revision changes the block_id, not the delivery it names."""
    ts = await stood(slack)
    await slack.edit(edit_of(ts, echo(2, "Second Desk")))
    assert (await slack.marks(going(ROOT)))[ROOT.alert_id].ts == ts


async def test_an_update_is_a_quiet_reply_and_the_first_message_says_when(
    server: SlackServer, slack: SlackChannel
) -> None:
    """In the thread, not broadcast; `updated 12:20: $3.5bn` on top."""
    ts = await stood(slack)
    update = reply(2, Kind.UPDATE, facts=(Fact(kind="amount", value="3500000000", unit="USD", text="$3.5bn"),))
    await stood(slack, update, root_ts=ts)
    await slack.edit(edit_of(ts, update))
    first, second = await server.messages("C0ALERTS")
    assert (second["thread_ts"], server.journal("post")[1]["reply_broadcast"]) == (ts, False)
    assert "updated 2026-01-09 12:20 UTC : $3.5bn" in words(first)


async def test_a_correction_is_broadcast_and_marks_the_first_message(server: SlackServer, slack: SlackChannel) -> None:
    """The meaning changed: the reply is shown in the channel too."""
    ts = await stood(slack)
    fix = reply(2, Kind.CORRECTION, title="Company number 1 keeps its plan", status=Status.CORRECTION)
    await stood(slack, fix, root_ts=ts)
    await slack.edit(edit_of(ts, fix))
    first, _ = await server.messages("C0ALERTS")
    assert server.journal("post")[1]["reply_broadcast"] is True
    assert "CORRECTED" in words(first)
    assert "Company number 1 keeps its plan" in words(first)
    assert "CORRECTED" in first["text"]


async def test_a_removal_strikes_the_headline_and_says_who_withdrew_it(
    server: SlackServer, slack: SlackChannel
) -> None:
    """History is kept, struck out; a removal outweighs an earlier update."""
    ts = await stood(slack)
    gone = reply(3, Kind.CORRECTION, status=Status.REMOVED)
    await slack.edit(edit_of(ts, reply(2, Kind.UPDATE), gone))
    (message,) = await server.messages("C0ALERTS")
    assert message["blocks"][0]["elements"][0]["elements"][1]["style"]["strike"] is True
    assert "withdrawn by Example Wire 2026-01-09 12:20 UTC" in words(message)
    assert "WITHDRAWN" in words(message)


async def test_another_outlets_removal_strikes_nothing(server: SlackServer, slack: SlackChannel) -> None:
    """Who copied the story and takes the copy back is named; the first message stands."""
    ts = await stood(slack)
    await slack.edit(edit_of(ts, reply(3, Kind.CORRECTION, status=Status.REMOVED, source="Copy Blog")))
    (message,) = await server.messages("C0ALERTS")
    assert "strike" not in message["blocks"][0]["elements"][0]["elements"][1]["style"]
    assert "withdrawn by Copy Blog 2026-01-09 12:20 UTC" in words(message)
    assert "WITHDRAWN" not in words(message)
    assert "CORRECTED" not in words(message)


def test_a_removal_without_a_source_strikes_only_its_own_article() -> None:
    """Two outlets that nobody named are not the same one."""
    root = replace(ROOT, source="")
    gone = reply(3, Kind.CORRECTION, status=Status.REMOVED, source="")
    assert not takes_back(gone, root)
    assert takes_back(replace(gone, article_id=root.article_id), root)


@pytest.mark.parametrize("second", [Kind.UPDATE, Kind.ECHO])
def test_an_outlet_that_withdraws_its_second_article_does_not_withdraw_the_first(second: Kind) -> None:
    """The first message stands, as a line of a digest, too; a removal of the second is said all the same."""
    told = reply(2, second)
    gone = reply(3, Kind.CORRECTION, status=Status.REMOVED, article_id=told.article_id)
    notes, echoes = ((gone,), (told,)) if second is Kind.ECHO else ((told, gone), ())
    message = living(Edit(root=ROOT, ts="1767960000.0", revision=2, notes=notes, echoes=echoes))
    assert "WITHDRAWN" not in message["text"]
    assert not takes_back(gone, ROOT, (told, gone))
    assert takes_back(gone, told, (told, gone))


def test_a_digest_strikes_what_another_of_its_lines_withdraws() -> None:
    """And the removal itself; the other lines stand."""
    gone = reply(3, Kind.CORRECTION, status=Status.REMOVED, source="Copy Blog", article_id=ROOT.article_id)
    other = alert(4, source="Copy Blog", article_id=ROOT.article_id)
    told = digest(going(ROOT, members=(ROOT, gone, other), digest_id="g00"), NOON)
    lines = [b["elements"][0]["elements"][1] for b in told["blocks"][1:]]
    assert ["strike" in line.get("style", {}) for line in lines] == [True, True, False]


async def test_a_reply_whose_thread_is_gone_is_said_in_the_channel(server: SlackServer, slack: SlackChannel) -> None:
    """Nobody misses an update because the first message was deleted."""
    ts = await stood(slack)
    await slack.delete("C0ALERTS", ts)
    await stood(slack, reply(2, Kind.UPDATE), root_ts=ts)
    (message,) = await server.messages("C0ALERTS")
    assert "thread_ts" not in message
    assert await slack.delete("C0ALERTS", ts) == Refused("message_not_found", Reach.MESSAGE)


async def test_an_edit_of_a_deleted_message_is_dropped(slack: SlackChannel) -> None:
    """Cosmetics are not worth a second try when the message is gone."""
    answer = await slack.edit(edit_of("1.000001", echo(2, "Second Desk")))
    assert isinstance(answer, Refused)
    assert answer.reach is Reach.MESSAGE


@pytest.mark.parametrize("step", range(4))
async def test_every_step_of_the_ladder_is_found_again(server: SlackServer, slack: SlackChannel, step: int) -> None:
    """Even when Slack drops metadata and our block ids, the visible reference is left."""
    await server.ctl("config", metadata="drop", block_id="keep" if step == 2 else "rewrite")
    ts = await stood(slack, step=step)
    assert (await slack.marks(going(ROOT)))[ROOT.alert_id].ts == ts


@pytest.mark.parametrize("step", range(4))
async def test_a_digest_is_taken_at_every_step_and_each_line_is_found(slack: SlackChannel, step: int) -> None:
    """Twenty lines of the longest kind fit; each carries its alert's marker while there are blocks."""
    lines = tuple(
        alert(n, title="Ünïted " * 60, url="https://wire.example/" + "p" * 300, source="&<>" * 40) for n in range(20)
    )
    head = alert(0, alert_id="g00aaaaaaaaaaaaaaaaa", channel="slack:C0ALERTS")
    delivery = going(head, members=lines, digest_id=head.alert_id, fold="crowd", step=step)
    ts = await stood(slack, head, members=lines, digest_id=head.alert_id, fold="crowd", step=step)
    marks = await slack.marks(delivery)
    assert marks[delivery.id].ts == ts
    if step < 3:
        assert {m.alert_id for m in lines} <= set(marks)
        assert marks["a00003"].folded
    line = (await slack.marks(going(replace(lines[3], channel=head.channel))))["a00003"]
    assert (line.ts, line.folded) == (ts, True)


def test_an_edit_says_nothing_it_does_not_know() -> None:
    """Without other outlets there is no "also reported by"; an update asks for parse=none."""
    assert also(edit_of("1.1", echo(2, ROOT.source), echo(3, ""))) == ""
    assert living(edit_of("1.1"))["parse"] == "none"
