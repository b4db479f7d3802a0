"""Who may call what, and in which order the server looks."""

from __future__ import annotations

import aiohttp
import pytest

from tests.slack_server.basics import JSON
from tests.slack_server.client import SlackServer
from tests.slack_server.samples import alert, post
from tests.slack_server.workspace import APP_TOKEN

NEW = "xoxb-new"


async def raw(slack: SlackServer, body: bytes, **headers: str) -> tuple[int, JSON]:
    """Posts these bytes with these headers."""
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    url = f"{slack.api_url}chat.postMessage"
    skip = [] if "Content-Type" in told else ["Content-Type"]
    async with slack.session().post(url, data=body, headers=told, skip_auto_headers=skip) as response:
        answer: JSON = await response.json()
        return response.status, answer


BODIES = [
    ("malformed", b"{", "application/json", 400, "invalid_json"),
    ("half a surrogate pair", b'{"text":"\\ud83d"}', "application/json", 400, "invalid_json"),
    ("not UTF-8", b'{"text":"\xff"}', "application/json", 400, "invalid_json"),
    ("a list", b"[]", "application/json", 200, "json_not_object"),
    ("unknown charset", b"{}", "application/json; charset=klingon", 200, "invalid_charset"),
    ("wrong type", b"{}", "text/csv", 200, "invalid_post_type"),
    ("no type", b"{}", "", 200, "missing_post_type"),
    ("no token", b"{}", "application/json", 200, "not_authed"),
]


@pytest.mark.parametrize(("body", "kind", "status", "code"), [row[1:] for row in BODIES], ids=[r[0] for r in BODIES])
async def test_body(slack: SlackServer, body: bytes, kind: str, status: int, code: str) -> None:
    """A body that cannot be read is refused before the token is looked at."""
    got_status, answer = await raw(slack, body, **({"Content_Type": kind} if kind else {}))
    assert (got_status, answer["error"]) == (status, code)


async def test_unknown_method(slack: SlackServer) -> None:
    """A method the server does not know is unknown, not ignored."""
    assert (await slack.call("chat.shout", {}))["error"] == "unknown_method"


async def test_who_is_asking(slack: SlackServer) -> None:
    """`auth.test` tells team and bot, and the header the scopes."""
    told = await slack.web_client().auth_test()
    assert (told["team_id"], told["bot_id"]) == ("T0TEST", "B0TEST")
    assert "chat:write" in told.headers["x-oauth-scopes"].split(",")


async def test_tokens_die_and_live(slack: SlackServer) -> None:
    """A revoked token meets its code until it is restored; an unknown one is invalid."""
    await slack.ctl("revoke")
    assert (await slack.call("chat.postMessage", alert()))["error"] == "token_revoked"
    await slack.ctl("revoke", error="account_inactive")
    assert (await slack.call("auth.test", {}))["error"] == "account_inactive"
    await slack.ctl("restore")
    assert (await slack.call("chat.postMessage", alert()))["ok"]
    assert (await slack.call("auth.test", {}, "xoxb-other"))["error"] == "invalid_auth"


async def test_rotation_to_another_workspace(slack: SlackServer) -> None:
    """A token can be added that speaks for another team, with scopes of its own."""
    await slack.ctl("restore", token=NEW, team_id="T0OTHER", scopes=["channels:history"])
    assert (await slack.call("auth.test", {}, NEW))["team_id"] == "T0OTHER"
    refused = await slack.call("chat.postMessage", alert(), NEW)
    assert (refused["error"], refused["needed"], refused["provided"]) == (
        "missing_scope",
        "chat:write",
        "channels:history",
    )


async def test_token_of_the_wrong_kind(slack: SlackServer) -> None:
    """An app token cannot post, a bot token cannot open sockets."""
    assert (await slack.call("chat.postMessage", alert(), APP_TOKEN))["error"] == "not_allowed_token_type"
    assert (await slack.call("apps.connections.open", {}))["error"] == "not_allowed_token_type"


ORDER = [
    ("outage", {"outage", "token", "fault", "pace", "channel", "content"}, None),
    ("token", {"token", "fault", "pace", "channel", "content"}, "token_revoked"),
    ("fault", {"fault", "pace", "channel", "content"}, "fatal_error"),
    ("pace", {"pace", "channel", "content"}, "ratelimited"),
    ("channel", {"channel", "content"}, "channel_not_found"),
    ("content", {"content"}, "no_text"),
]


@pytest.mark.parametrize(("wrong", "code"), [row[1:] for row in ORDER], ids=[row[0] for row in ORDER])
async def test_order_of_checks(wrong: set[str], code: str | None) -> None:
    """Of several things wrong with a call, the answer names the one that is looked at first."""
    async with SlackServer(rate=1, burst=1) as slack:
        channel = "C0NONE" if "channel" in wrong else "C0ALERTS"
        if "pace" in wrong:
            await slack.call("chat.postMessage", alert(channel=channel))
        if "fault" in wrong:
            await slack.fault("error", error="fatal_error")
        if "token" in wrong:
            await slack.ctl("revoke")
        if "outage" in wrong:
            await slack.ctl("outage", s=60)
        try:
            answer = await slack.call("chat.postMessage", {"channel": channel})
        except aiohttp.ContentTypeError:
            answer = {"error": None}  # the page of an outage
        assert answer["error"] == code


CHANNELS = [
    ("a name", "#alerts", "channel_not_found"),
    ("nothing", None, "channel_not_found"),
    ("unknown", "C0NONE", "channel_not_found"),
    ("private", "G0SECRET", "channel_not_found"),
    ("archived", "C0ARCH", "is_archived"),
    ("not a member", "C0OUT", "not_in_channel"),
]


@pytest.mark.parametrize(("channel", "code"), [row[1:] for row in CHANNELS], ids=[row[0] for row in CHANNELS])
async def test_channel_that_cannot_be_posted_to(slack: SlackServer, channel: str | None, code: str) -> None:
    """A channel the bot cannot post to is refused with Slack's code."""
    assert (await slack.call("chat.postMessage", alert(channel=channel)))["error"] == code


async def test_channel_changes(slack: SlackServer) -> None:
    """A channel can be made, archived and closed to posts or replies while others go on."""
    await slack.ctl("channel", id="C0NEW")
    root = await post(slack, channel="C0NEW")
    await slack.ctl("channel", id="C0NEW", set={"refuses_replies": "restricted_action_thread_locked"})
    locked = await slack.call("chat.postMessage", alert("2", channel="C0NEW", thread_ts=root))
    await slack.ctl("channel", id="C0NEW", set={"refuses": "restricted_action_read_only_channel"})
    read_only = await slack.call("chat.postMessage", alert("3", channel="C0NEW"))
    await slack.ctl("channel", id="C0NEW", set={"archived": True})
    archived = await slack.call("chat.update", {"channel": "C0NEW", "ts": root, "text": "x", "parse": "none"})
    assert [answer["error"] for answer in (locked, read_only, archived)] == [
        "restricted_action_thread_locked",
        "restricted_action_read_only_channel",
        "is_inactive",
    ]
    await post(slack, "4")


async def test_post_as_form(slack: SlackServer) -> None:
    """A form whose blocks and metadata are JSON in strings is the same post."""
    answer = await slack.web_client().api_call(
        "chat.postMessage",
        data={
            "channel": "C0ALERTS",
            "text": "x",
            "unfurl_links": "false",
            "unfurl_media": "0",
            "blocks": '[{"type":"divider","block_id":"d:1"}]',
            "metadata": '{"event_type":"alert","event_payload":{"id":"1"}}',
        },
    )
    assert answer["message"]["blocks"] == [{"type": "divider", "block_id": "d:1"}]
    assert answer["message"]["metadata"]["event_payload"] == {"id": "1"}


async def test_form_with_broken_blocks(slack: SlackServer) -> None:
    """Blocks in a form that are no JSON are refused as misformed, not as missing."""
    body = b"channel=C0ALERTS&text=x&blocks=%5B&token=xoxb-test"
    _, answer = await raw(slack, body, Content_Type="application/x-www-form-urlencoded")
    assert answer["error"] == "invalid_blocks_format"
