"""Socket Mode against the strict server: recorded, then acknowledged, then answered where one person sees it."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from streams.assemble import barred, channels_of
from streams.basics.times import WallClock
from streams.channels import slack_socket
from streams.channels.slack import SlackChannel
from streams.channels.slack_clicks import NoClick, heard
from streams.channels.slack_socket import SlackEar, answer
from streams.delivery.book import Delivery, State
from streams.desk.click import Click
from streams.desk.feedback import Act, Feedback
from streams.records import Away
from streams.settings.record import Settings
from tests.build import alert
from tests.desk_kit import Office
from tests.slack_server.client import SlackServer
from tests.slack_server.validate import check_content
from tests.slack_server.workspace import APP_TOKEN, BOT_TOKEN

PLACE = "C0ALERTS"


@pytest.fixture
async def office(slack: SlackServer) -> AsyncIterator[Office]:
    """A clerk who hears this Slack over two sockets."""
    made = Office(alerts={"a00001": alert(1, channel=f"slack:{PLACE}")})
    made.clerk.barred = asked(slack)
    ear = SlackEar(APP_TOKEN, url=slack.api_url, timeout=2_000)
    hearing = asyncio.create_task(ear.run(made.clerk))
    await sockets(slack, 2)
    yield made
    hearing.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await hearing
    await sockets(slack, 0)


def asked(slack: SlackServer) -> Callable[[str], Awaitable[str]]:
    """The question to this Slack, whether a channel can be posted to, as a worker asks it."""
    settings = Settings(slack_token=BOT_TOKEN, slack_url=slack.api_url, slack_timeout=2_000)
    return barred(channels_of(settings)["slack"])


async def sockets(slack: SlackServer, count: int) -> None:
    """Until so many are open."""
    async with asyncio.timeout(10):
        while slack.world.sockets.count() != count:  # noqa: ASYNC110 - the server has no event for it
            await asyncio.sleep(0.01)


async def posted(slack: SlackServer) -> str:
    """The product's own alert, with its buttons."""
    channel = SlackChannel(BOT_TOKEN, WallClock(), url=slack.api_url, timeout=2_000, buttons=True)
    done = await channel.post(Delivery(alert=alert(1, channel=f"slack:{PLACE}"), state=State.SENDING, fence=1))
    await channel.close()
    return str(getattr(done, "ts", ""))


def texts(slack: SlackServer) -> list[str]:
    """What only the person who clicked saw."""
    return [str(e["blocks"][0]["text"]["text"]) for e in slack.journal("ephemeral")]


@pytest.mark.parametrize(
    ("button", "act", "says"),
    [
        ({"action_id": "mute", "value": "1h:a00001"}, Act.MUTE, "Alibaba: muted here until"),
        ({"action_id": "mute", "value": "today:a00001"}, Act.MUTE, "Alibaba: muted here until"),
        ({"action_id": "mute", "value": "good:a00001"}, Act.MUTE, "Alibaba: muted here for good"),
        ({"action_id": "irrelevant"}, Act.NOT_RELEVANT, "noted as not relevant"),
        ({"action_id": "why"}, Act.WHY, "Alibaba (BABA): confidence 0.99"),
    ],
)
async def test_each_button(slack: SlackServer, office: Office, button: dict[str, Any], act: Act, says: str) -> None:
    """Recorded before the acknowledgement, which comes in time; then the answer, to one person."""
    told = await slack.click(PLACE, await posted(slack), wait=3, **button)
    assert told["ack"] is not None and not told["ack"]["late"]
    assert [r.act for r in office.records] == [act] and not office.records[0].refused
    await slack.until("ephemeral")
    assert says in texts(slack)[0]
    assert len(slack.journal("post")) == 1  # nothing was said aloud


async def test_a_watch_is_made_only_where_the_bot_can_speak(slack: SlackServer, office: Office) -> None:
    """Slack hands over commands from anywhere, and the address to answer to; nobody would ever hear of such a watch."""
    places = ("C0OUT", "G0SECRET", "C0NOWHERE", "D0OTHERS", "C0ARCH")
    for place in places:
        assert (await slack.command("/tapewire", "watch nvda capex", channel=place, wait=3))["ack"]
    await slack.until("ephemeral", count=len(places))
    invite = "the bot is not in this channel: /invite @tapewire, then say it again"
    assert texts(slack)[:3] == [invite] * 3
    assert "say it in a channel" in texts(slack)[3] and "is archived" in texts(slack)[4]
    assert [bool(r.refused) for r in office.records] == [True] * len(places)
    await slack.ctl("channel", id="C0OUT", set={"member": True})
    assert (await slack.command("/tapewire", "watch nvda capex", channel="C0OUT", wait=3))["ack"]
    await slack.until("ephemeral", count=len(places) + 1)
    assert texts(slack)[-1] == "from now on: watch nvda-capex@C0OUT: NVDA (Nvidia) with capex"


async def test_a_mute_needs_no_look_at_the_channel(slack: SlackServer, office: Office) -> None:
    """It speaks of what stands there already."""
    assert (await slack.command("/tapewire", "mute nvda 1h", channel="C0OUT", wait=3))["ack"]
    await slack.until("ephemeral")
    assert texts(slack)[0].startswith("Nvidia: muted here until")


async def test_a_watch_does_not_wait_for_a_slow_slack(slack: SlackServer, office: Office) -> None:
    """It is acknowledged in time, made, and answered with what is to be seen to."""
    await slack.fault("hang", method="conversations.info", s=5)
    told = await slack.command("/tapewire", "watch nvda capex", channel=PLACE, wait=3)
    assert told["ack"] and not told["ack"]["late"]
    await slack.until("ephemeral")
    made, warning = texts(slack)[0].splitlines()
    assert made.startswith("from now on: watch") and "/invite @tapewire" in warning


async def test_a_token_that_may_not_look_at_channels_tries_to_read_them(slack: SlackServer, office: Office) -> None:
    """The least that sending and reading back need is enough to know it."""
    await slack.ctl("restore", token=BOT_TOKEN, scopes=["chat:write", "channels:history", "groups:history"])
    ask = office.clerk.barred
    assert await ask(f"slack:{PLACE}") == await ask("console") == ""
    assert "/invite @tapewire" in await ask("slack:C0OUT")
    await slack.ctl("restore", token=BOT_TOKEN, scopes=["chat:write"])
    with pytest.raises(Away, match="missing_scope"):
        await ask(f"slack:{PLACE}")


async def test_what_cannot_be_recorded_is_not_acknowledged(slack: SlackServer, office: Office) -> None:
    """Kafka away: Slack shows that the click failed, and so do we; pressed again later, it counts."""
    office.away = True
    ts = await posted(slack)
    told = await slack.click(PLACE, ts, "irrelevant", wait=0.3)
    assert told["delivered"] and told["ack"] is None
    await slack.until("ephemeral")
    assert "nobody knows yet whether this was recorded" in texts(slack)[0]
    office.away = False
    assert (await slack.click(PLACE, ts, "irrelevant", wait=3))["ack"]
    assert [r.act for r in office.records] == [Act.NOT_RELEVANT]


async def test_a_record_that_comes_late_was_not_called_lost(
    slack: SlackServer, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kafka has it, and answers when the ear no longer waits: the mute holds, and nobody was told otherwise."""
    monkeypatch.setattr(slack_socket, "_NOTED_WITHIN_S", 0.2)

    async def slow(feedback: Feedback) -> None:
        await office.record(feedback)
        await asyncio.sleep(5)

    office.clerk.record = slow
    told = await slack.command("/tapewire", "mute NVDA good", channel=PLACE, wait=0.5)
    assert told["ack"] is None
    await slack.until("ephemeral")
    assert "nobody knows yet whether" in texts(slack)[0] and "/tapewire list" in texts(slack)[0]
    office.desk.add(office.records)  # as every process follows the topic
    office.clerk.record = office.record
    assert (await slack.command("/tapewire", "list", channel=PLACE, wait=3))["ack"]
    await slack.until("ephemeral", count=2)
    assert texts(slack)[1] == "muted: Nvidia for good"


async def test_a_click_delivered_twice_has_one_identity(slack: SlackServer, office: Office) -> None:
    """In another envelope, over another socket."""
    ts = await posted(slack)
    first = await slack.click(PLACE, ts, "mute", value="1h:a00001", wait=3)
    again = await slack.ctl("click", payload=first["payload"], wait=3)
    assert again["ack"] and again["envelope_id"] != first["envelope_id"]
    assert len(office.records) == 2 and len({r.id for r in office.records}) == 1
    other = await slack.click(PLACE, ts, "mute", value="1h:a00001", wait=3)
    assert other["ack"] and len({r.id for r in office.records}) == 2


async def test_sockets_that_slack_renews_or_drops_are_opened_again(slack: SlackServer, office: Office) -> None:
    """With a word of warning or without."""
    ts = await posted(slack)
    await slack.ctl("disconnect")
    await sockets(slack, 2)
    assert (await slack.click(PLACE, ts, "why", wait=3))["ack"]
    await slack.world.sockets.close()
    await sockets(slack, 2)
    assert (await slack.click(PLACE, ts, "why", wait=3))["ack"]


@pytest.mark.parametrize(
    ("how", "why"), [("revoked", "token_revoked"), ("page", "no socket: "), ("words", "no socket: ")]
)
async def test_a_refused_socket_is_tried_again_until_it_is_mended(slack: SlackServer, how: str, why: str) -> None:
    """An ear never gives up, and never hammers, whatever Slack answers; meanwhile it says that it is deaf, and why."""
    if how == "revoked":
        await slack.ctl("revoke", token=APP_TOKEN)
    else:
        await slack.fault("html" if how == "page" else "text429", method="apps.connections.open", left=1)
    ear = SlackEar(APP_TOKEN, url=slack.api_url, timeout=500, sockets=1)
    assert ear.deaf == "Slack: no socket: none was opened yet"
    hearing = asyncio.create_task(ear.run(Office().clerk))
    await asyncio.sleep(0.3)
    assert slack.world.sockets.count() == 0 and not hearing.done()
    assert why in ear.deaf and "none was" not in ear.deaf
    await slack.ctl("restore", token=APP_TOKEN)
    await sockets(slack, 1)
    async with asyncio.timeout(5):
        while str(ear.deaf):  # noqa: ASYNC110 - the ear has no event for it
            await asyncio.sleep(0.01)
    hearing.cancel()
    await asyncio.gather(hearing, return_exceptions=True)
    assert ear.deaf == "Slack: no socket: the last one was closed"


async def test_envelopes_of_another_kind_are_acknowledged_and_ignored(slack: SlackServer, office: Office) -> None:
    """An app may be subscribed to more than we asked for."""
    for payload in ({"type": "view_submission"}, {"type": "block_actions", "actions": []}, {"type": "event"}):
        assert (await slack.ctl("click", payload=payload, wait=3))["ack"]
    assert office.records == []


PRESSED: dict[str, Any] = {
    "type": "block_actions",
    "user": {"id": "U1"},
    "container": {"channel_id": "C1", "message_ts": "1.2"},
    "actions": [{"action_id": "why", "action_ts": "3.4", "value": "a1"}],
    "response_url": "https://hooks.slack.com/x",
}


def test_a_payload_is_read_and_never_trusted() -> None:
    """Ids are checked by shape; a span must be one that a button offers."""
    click = heard("interactive", PRESSED).click
    assert click == Click(id=click.id, user="U1", channel="slack:C1", act=Act.WHY, alert_id="a1")
    strange: list[tuple[str, Any]] = [
        ("interactive", PRESSED | {"user": {"id": "<!channel>"}}),
        ("interactive", PRESSED | {"container": {"channel_id": "C1:console", "message_ts": "1"}}),
        ("interactive", PRESSED | {"actions": [{"action_id": "why", "action_ts": "1", "value": "x" * 999}]}),
        ("interactive", PRESSED | {"actions": [{"action_id": "buy", "action_ts": "1", "value": "a"}]}),
        ("interactive", PRESSED | {"actions": None}),
        ("interactive", []),
        ("interactive", None),
        ("slash_commands", {"text": "list"}),
        ("slash_commands", "list"),
        ("events_api", {}),
    ]
    mute = {"action_id": "mute", "action_ts": "1", "selected_option": {"value": "9y:a1"}}
    for kind, payload in [*strange, ("interactive", PRESSED | {"actions": [mute]})]:
        with pytest.raises(NoClick):
            heard(kind, payload)


async def test_answers_go_to_slack_alone(slack: SlackServer) -> None:
    """Whatever address a payload names."""
    ear = SlackEar(APP_TOKEN, url="https://slack.com/api/", timeout=500)
    assert ear._is_slacks("https://hooks.slack.com/actions/T/1/x")
    for url in ("", "http://127.0.0.1/x", "https://hooks.slack.com.evil.example/", "https://evil.example/slack.com"):
        assert not ear._is_slacks(url)


def test_an_answer_is_inert_and_bounded() -> None:
    """Headlines stand in answers too."""
    told = answer("<!channel> *bold* <https://evil.example|x>\n" + "y" * 9_000)
    assert told["response_type"] == "ephemeral"
    assert told["text"].startswith("&lt;!channel&gt;")
    assert told["blocks"][0]["text"]["type"] == "plain_text" and len(told["blocks"][0]["text"]["text"]) <= 3_000


@pytest.mark.parametrize("letter", ["x", "ü", "😀", "\\"])
@pytest.mark.parametrize("lines", [1, 50, 400])
def test_a_long_list_is_whole_or_says_what_it_leaves_out(letter: str, lines: int) -> None:
    """Fifty watches of a channel are one answer; nothing is so long that Slack would take none of it."""
    told = answer("\n".join(f"{n} {letter * 100}" for n in range(lines)))
    check_content(told)
    shown = "\n".join(b["text"]["text"] for b in told["blocks"]).splitlines()
    left_out = re.fullmatch(r"\.\.\. and (\d+) lines more", shown[-1])
    assert len(shown) - bool(left_out) + (int(left_out[1]) if left_out else 0) == lines
    assert bool(left_out) == (lines == 400 or (lines == 50 and letter in "ü😀"))
