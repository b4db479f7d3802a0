"""Desks that share a Slack channel and tell the same alerts: each finds, and deletes, no message but its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from streams.basics.times import HOUR, WallClock
from streams.channels.digest import digest
from streams.channels.marks import desk_of, signed
from streams.channels.render import message
from streams.channels.slack import SlackChannel
from streams.delivery.book import Delivery, Edit, Mark, State
from streams.delivery.channel import Posted
from streams.records import Kind
from tests.build import alert
from tests.slack_server.client import SlackServer
from tests.slack_server.workspace import BOT_TOKEN

PLACE = "C0ALERTS"
ALERT = alert(1, channel=f"slack:{PLACE}")
LINES = tuple(alert(n, channel=f"slack:{PLACE}") for n in (3, 4))
HEAD = alert(0, alert_id="g00aaaaaaaaaaaaaaaaa", channel=f"slack:{PLACE}")


class Old(SlackChannel):
    """A desk of an older version: its messages name no desk."""

    async def post(self, delivery: Delivery) -> Posted:
        """See `Channel.post`."""
        arguments = digest(delivery, 0) if delivery.members else message(delivery.alert, delivery.step)
        response = await self._client().chat_postMessage(channel=PLACE, **arguments)
        return Posted(str(response["ts"]))


def told(step: int = 0, *, lines: bool = False) -> Delivery:
    """The alert, or a digest, under way."""
    one = Delivery(alert=ALERT, state=State.SENDING, fence=1, step=step)
    return replace(one, alert=HEAD, members=LINES, digest_id=HEAD.alert_id, fold="crowd") if lines else one


async def stood(channel: SlackChannel, delivery: Delivery | None = None) -> str:
    """Post it; the ts under which it stands."""
    answer = await channel.post(delivery or told())
    assert isinstance(answer, Posted), answer
    return answer.ts


@pytest.fixture
async def desks(slack: SlackServer) -> AsyncIterator[dict[str, SlackChannel]]:
    """Two desks, one of them without a prefix, and one that was never upgraded."""
    made = {
        desk: SlackChannel(BOT_TOKEN, WallClock(), url=slack.api_url, timeout=5_000, desk=desk)
        for desk in ("", "staging.")
    }
    made["old"] = Old(BOT_TOKEN, WallClock(), url=slack.api_url, timeout=5_000)
    yield made
    for channel in made.values():
        await channel.close()


@pytest.mark.parametrize("lines", [False, True])
@pytest.mark.parametrize(
    ("kept", "step"), [("metadata", 0), *((kept, step) for kept in ("blocks", "both") for step in range(4))]
)
async def test_a_read_finds_what_the_desk_itself_posted(
    slack: SlackServer, desks: dict[str, SlackChannel], kept: str, step: int, lines: bool
) -> None:
    """By whichever mark is left: the same alert of another desk is passed over, whoever was first."""
    marks = {
        "metadata": "drop" if kept == "blocks" else "keep",
        "block_id": "rewrite" if kept == "metadata" else "keep",
    }
    await slack.ctl("config", **marks)
    delivery = told(step, lines=lines)
    first = await stood(desks[""], delivery)
    assert delivery.id not in await desks["staging."].marks(delivery)
    second = await stood(desks["staging."], delivery)
    for desk, ts in (("", first), ("staging.", second)):
        assert (await desks[desk].marks(delivery))[delivery.id] == Mark(ts)


@pytest.mark.parametrize("lines", [False, True])
async def test_the_audit_finds_only_the_desks_own_second_message(desks: dict[str, SlackChannel], lines: bool) -> None:
    """What two desks tell is no repeat; what one tells twice is, and each desk sees to its own."""
    delivery = told(lines=lines)
    await stood(desks["staging."], delivery)
    await stood(desks[""], delivery)
    assert [await desks[d].spare(PLACE, HOUR) for d in ("", "staging.")] == [[], []]
    if not lines:
        repeated = await stood(desks[""], delivery)
        assert [await desks[d].spare(PLACE, HOUR) for d in ("", "staging.")] == [[repeated], []]


async def test_a_message_of_an_older_version_is_found_and_never_deleted(desks: dict[str, SlackChannel]) -> None:
    """It names no desk: perhaps it is one's own, so nothing is said again; perhaps not, so it stays."""
    old = await stood(desks["old"])
    assert (await desks[""].marks(told()))[ALERT.alert_id] == Mark(old, signed=False)
    await stood(desks["old"])
    mine = await stood(desks[""])
    assert (await desks[""].marks(told()))[ALERT.alert_id] == Mark(mine)  # whoever was first
    assert list(await desks[""].spare(PLACE, HOUR)) == []


async def test_an_edited_message_still_names_its_desk(slack: SlackServer, desks: dict[str, SlackChannel]) -> None:
    """An edit replaces every block; where Slack keeps no metadata nothing else is left."""
    await slack.ctl("config", metadata="drop")
    ts = await stood(desks["staging."])
    note = alert(2, kind=Kind.UPDATE, root_id=ALERT.alert_id, channel=ALERT.channel)
    for step in range(4):
        await desks["staging."].edit(Edit(root=ALERT, ts=ts, revision=step + 1, step=step, notes=(note,)))
        (shown,) = await slack.messages(PLACE)
        assert desk_of(shown) == "staging."
        assert (await desks["staging."].marks(told()))[ALERT.alert_id] == Mark(ts)
        assert ALERT.alert_id not in await desks[""].marks(told())


def test_only_our_own_marks_name_a_desk() -> None:
    """Not another app's metadata, nor words of a headline."""
    theirs = {"event_type": "their_event", "event_payload": {"desk": "staging."}}
    assert desk_of({"metadata": theirs, "text": "closing (desk staging.) soon"}) is None
    held = [{"type": "section", "block_id": "of another app"}]
    assert desk_of({"blocks": held, "text": "closing (desk staging.)"}) is None
    plain = signed(message(ALERT, 3), "staging.")
    assert plain["text"].endswith("ref a00001 (desk staging.)")
    assert desk_of(plain) == "staging."
    assert [desk_of(signed(message(ALERT, step), "")) for step in range(4)] == [""] * 4
    assert [desk_of(message(ALERT, step)) for step in range(4)] == [None] * 4
