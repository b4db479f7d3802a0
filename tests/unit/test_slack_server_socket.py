"""Socket Mode: clicks and commands go to one socket, and every acknowledgement is recorded with its time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp
import pytest
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from tests.slack_server.basics import JSON
from tests.slack_server.client import ControlError, SlackServer
from tests.slack_server.samples import alert, plain
from tests.slack_server.workspace import APP_TOKEN

Listener = Callable[[AsyncBaseSocketModeClient, SocketModeRequest], Awaitable[None]]


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    """A strict server."""
    async with SlackServer() as server:
        yield server


@pytest.fixture
async def ts(slack: SlackServer) -> str:
    """The timestamp of an alert with buttons."""
    return str((await slack.call("chat.postMessage", alert("42")))["ts"])


@asynccontextmanager
async def sdk(slack: SlackServer, listener: Listener) -> AsyncIterator[SocketModeClient]:
    """The SDK's own Socket Mode client, connected."""
    client = SocketModeClient(app_token=APP_TOKEN, web_client=slack.web_client(), ping_interval=0.2)
    client.proxy = None
    client.socket_mode_request_listeners.append(listener)
    await client.connect()  # type: ignore[no-untyped-call]
    try:
        yield client
    finally:
        await client.close()  # type: ignore[no-untyped-call]
        await client.aiohttp_client_session.close()


@asynccontextmanager
async def bare(slack: SlackServer) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """A socket without any SDK, hello already read."""
    opened = await slack.call("apps.connections.open", {}, token=APP_TOKEN)
    async with slack.session().ws_connect(opened["url"]) as socket:
        hello = await socket.receive_json()
        assert hello["type"] == "hello"
        yield socket


async def acknowledge(client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
    """A listener that acknowledges."""
    await client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))


async def test_round_trip_with_the_sdk(slack: SlackServer, ts: str) -> None:
    """A click reaches the SDK's listener as Slack would send it, and its acknowledgement comes back in time."""
    heard: list[SocketModeRequest] = []

    async def listener(client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        heard.append(request)
        await acknowledge(client, request)

    async with sdk(slack, listener):
        told = await slack.click("C0ALERTS", ts, "irrelevant", wait=2)
    assert told["delivered"]
    assert (told["ack"]["envelope_id"], told["ack"]["late"]) == (told["envelope_id"], False)
    (request,) = heard
    (action,) = request.payload["actions"]
    assert (request.type, action["action_id"], action["block_id"], action["value"]) == (
        "interactive",
        "irrelevant",
        "a:42",
        "42",
    )
    assert request.payload["container"] == {"type": "message", "message_ts": ts, "channel_id": "C0ALERTS"}
    assert [entry["ev"] for entry in slack.journal("envelope", "ack")] == ["envelope", "ack"]


async def test_choosing_from_a_menu(slack: SlackServer, ts: str) -> None:
    """A choice from an overflow menu carries the option; one the menu does not offer cannot be chosen."""
    async with bare(slack) as socket:
        await slack.click("C0ALERTS", ts, "mute", value="mute:1w")
        envelope = await socket.receive_json()
    assert envelope["payload"]["actions"][0]["selected_option"]["value"] == "mute:1w"
    assert not envelope["accepts_response_payload"]
    with pytest.raises(ControlError, match="option_not_found"):
        await slack.click("C0ALERTS", ts, "mute", value="mute:9y")


async def test_a_button_that_is_not_there(slack: SlackServer, ts: str) -> None:
    """Nobody can press a button the message has not got, or has no longer."""
    with pytest.raises(ControlError, match="element_not_found"):
        await slack.click("C0ALERTS", ts, "buy")
    await slack.call("chat.delete", {"channel": "C0ALERTS", "ts": ts})
    with pytest.raises(ControlError, match="message_not_found"):
        await slack.click("C0ALERTS", ts, "open")


async def test_a_button_that_opens_a_link_still_clicks(slack: SlackServer, ts: str) -> None:
    """A button with a url sends its payload like any other."""
    async with bare(slack) as socket:
        await slack.click("C0ALERTS", ts, "open")
        assert (await socket.receive_json())["payload"]["actions"][0]["url"] == "https://example.com/a"


async def test_the_same_click_twice(slack: SlackServer, ts: str) -> None:
    """A test can repeat a click to the letter, in a new envelope, as Slack may."""
    async with bare(slack) as socket:
        first = await slack.click("C0ALERTS", ts, "open")
        second = await slack.ctl("click", payload=first["payload"])
        envelopes = [await socket.receive_json() for _ in range(2)]
    assert envelopes[0]["payload"] == envelopes[1]["payload"]
    assert first["envelope_id"] != second["envelope_id"]


async def test_slash_command(slack: SlackServer) -> None:
    """A command reaches a socket, and may be answered in the acknowledgement."""
    async with bare(slack) as socket:
        asked = asyncio.create_task(slack.command("/alerts", "mutes", user="U0BOSS", wait=2))
        envelope = await socket.receive_json()
        answer: JSON = {"envelope_id": envelope["envelope_id"], "payload": {"text": "none"}}
        await socket.send_json(answer)
        told = await asked
    payload = envelope["payload"]
    assert (envelope["type"], envelope["accepts_response_payload"]) == ("slash_commands", True)
    assert (payload["command"], payload["text"], payload["user_id"]) == ("/alerts", "mutes", "U0BOSS")
    assert told["ack"]["payload"] == {"text": "none"}


async def test_late_and_missing_acknowledgements() -> None:
    """An acknowledgement after more than three seconds is recorded as late; none is recorded as none."""
    now = 0.0
    async with SlackServer(clock=lambda: now) as slack, bare(slack) as socket:
        missing = await slack.command("/alerts", wait=0.01)
        assert missing["ack"] is None
        for seconds in (3.0, 3.1):
            sent = await slack.command("/alerts")
            now += seconds
            await socket.send_json({"envelope_id": sent["envelope_id"]})
        await socket.send_json({"envelope_id": "never sent"})
        await socket.send_str("no json")
        await socket.ping()
        acks = await slack.until("ack", 2)
        assert [(round(ack["after"], 1), ack["late"]) for ack in acks] == [(3.0, False), (3.1, True)]
        assert len((await slack.state())["acks"]) == 2


async def test_one_socket_gets_the_envelope(slack: SlackServer) -> None:
    """Of several sockets one gets the envelope, each in its turn."""
    async with bare(slack) as one, bare(slack) as two:
        for _ in range(4):
            await slack.command("/alerts")
        for socket in (one, two):
            for _ in range(2):
                assert (await socket.receive_json(timeout=1))["type"] == "slash_commands"


async def test_no_socket(slack: SlackServer) -> None:
    """Without a socket nothing is delivered, and nothing is delivered later."""
    assert not (await slack.command("/alerts"))["delivered"]
    async with bare(slack) as socket:
        with pytest.raises(TimeoutError):
            await socket.receive(timeout=0.1)


async def test_reconnect_after_disconnect(slack: SlackServer) -> None:
    """Told to go, the SDK comes back, and the next envelope reaches it."""
    async with sdk(slack, acknowledge):
        assert (await slack.ctl("disconnect"))["closed"] == 1
        for _ in range(500):
            if (await slack.state())["sockets"]:
                break
            await asyncio.sleep(0.02)
        assert (await slack.command("/alerts", wait=10))["ack"]


async def test_ten_sockets(slack: SlackServer) -> None:
    """Ten sockets may be open; the eleventh is refused."""
    urls = [(await slack.call("apps.connections.open", {}, token=APP_TOKEN))["url"] for _ in range(11)]
    sockets = [await slack.session().ws_connect(url) for url in urls[:10]]
    assert [(await socket.receive_json())["num_connections"] for socket in sockets] == list(range(1, 11))
    assert (await slack.call("apps.connections.open", {}, token=APP_TOKEN))["error"] == "too_many_websockets"
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await slack.session().ws_connect(urls[10])
    for socket in sockets:
        await socket.close()


async def test_no_ticket(slack: SlackServer) -> None:
    """A socket needs an address from `apps.connections.open`."""
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await slack.session().ws_connect(f"{slack.url}/_ws")


async def test_view_within_three_seconds_and_once(ts: str, slack: SlackServer) -> None:
    """The trigger of a click opens one view; used, unknown or misshapen ones open none."""
    trigger = (await slack.click("C0ALERTS", ts, "mute"))["payload"]["trigger_id"]
    view = {"type": "modal", "title": plain("Mute AAPL"), "blocks": alert()["blocks"]}
    client = slack.web_client()
    assert (await client.views_open(trigger_id=trigger, view=view))["view"]["id"]
    again = await slack.call("views.open", {"trigger_id": trigger, "view": view})
    unknown = await slack.call("views.open", {"trigger_id": "1.2.3", "view": view})
    misshapen = await slack.call("views.open", {"trigger_id": trigger, "view": {"type": "modal"}})
    assert [answer["error"] for answer in (again, unknown, misshapen)] == [
        "exchanged_trigger_id",
        "invalid_trigger_id",
        "invalid_arguments",
    ]
    assert len((await slack.state())["views"]) == 1


async def test_view_after_three_seconds() -> None:
    """A trigger older than three seconds has expired."""
    now = 0.0
    view = {"type": "modal", "title": plain("Mute"), "blocks": [{"type": "divider"}]}
    async with SlackServer(clock=lambda: now) as slack:
        trigger = (await slack.command("/alerts"))["payload"]["trigger_id"]
        now = 3.1
        assert (await slack.call("views.open", {"trigger_id": trigger, "view": view}))["error"] == "expired_trigger_id"
