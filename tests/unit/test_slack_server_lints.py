"""What Slack would take, and the server still refuses, because our product must never send it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.slack_server.basics import JSON
from tests.slack_server.client import SlackServer
from tests.slack_server.lints import lint_call
from tests.slack_server.samples import alert, mrkdwn, plain


def said(text: str) -> list[JSON]:
    """Blocks that say this in mrkdwn."""
    return [{"type": "context", "elements": [mrkdwn(text)]}]


def piece(**element: Any) -> list[JSON]:
    """Blocks with one rich text element."""
    return [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [element]}]}]


def field(text: str) -> list[JSON]:
    """Blocks that say this in a field of a section."""
    return [{"type": "section", "text": plain("a"), "fields": [mrkdwn(text)]}]


MENTIONS = [
    ("channel in text", alert(text="<!channel> sold")),
    ("here in text", alert(text="sold <!here|here>")),
    ("everyone in text", alert(text="<!everyone>")),
    ("group in text", alert(text="<!subteam^S012>")),
    ("person in text", alert(text="<@U012>")),
    ("channel link in text", alert(text="<#C012>")),
    ("here in mrkdwn", alert(blocks=said("<!here>"))),
    ("here in a field", alert(blocks=field("<!here>"))),
    ("here in a markdown block", alert(blocks=[{"type": "markdown", "text": "<!here>"}])),
    ("here in an attachment", alert(attachments=[{"pretext": "<!here>"}])),
    ("here in rich text", alert(blocks=piece(type="broadcast", range="here"))),
    ("person in rich text", alert(blocks=piece(type="user", user_id="U012"))),
    ("group in rich text", alert(blocks=piece(type="usergroup", usergroup_id="S012"))),
]
BAD = [
    *((name, args, "x_lint_mention") for name, args in MENTIONS),
    ("no fallback text", alert(text=None), "x_lint_no_fallback_text"),
    ("text of 3901", alert(text="x" * 3901), "x_lint_text_may_be_split"),
    ("unfurl_links on", alert(unfurl_links=True), "x_lint_unfurl"),
    ("unfurl_links left out", alert(unfurl_links=None), "x_lint_unfurl"),
    ("unfurl_media left out", alert(unfurl_media=None), "x_lint_unfurl"),
    ("link_names", alert(link_names=True), "x_lint_parse"),
    ("parse=full", alert(parse="full"), "x_lint_parse"),
    ("unknown argument", alert(colour="red"), "x_lint_unknown_arg"),
]
GOOD = [
    ("as it is", alert()),
    ("text of 3900", alert(text="x" * 3900)),
    ("escaped token", alert(text="&lt;!here&gt; sold")),
    ("date token", alert(blocks=said("<!date^1795318409^{time_secs}|14:02>"))),
    ("token in plain text", alert(blocks=[{"type": "header", "text": plain("<!here>")}])),
    ("token in a rich text word", alert(blocks=piece(type="text", text="<!here>"))),
    ("link in mrkdwn", alert(blocks=said("<https://example.com|story>"))),
    ("parse=none", alert(parse="none", link_names=False)),
]


@pytest.mark.parametrize(("args", "code"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_lint(args: JSON, code: str) -> None:
    """Each thing we must not send has its lint."""
    assert code in {lint.code for lint in lint_call("chat.postMessage", args)}


@pytest.mark.parametrize("args", [row[1] for row in GOOD], ids=[row[0] for row in GOOD])
def test_no_lint(args: JSON) -> None:
    """What is harmless is not linted."""
    assert list(lint_call("chat.postMessage", args)) == []


def test_allowed_mention() -> None:
    """A user group may be mentioned once an operator has allowed it, and only that one."""
    args = alert(text="<!subteam^S0DESK> <!subteam^S012>")
    assert [lint.detail for lint in lint_call("chat.postMessage", args, ("S0DESK",))] == ["<!subteam^S012>"]


def test_an_update_must_say_parse_none() -> None:
    """An update that leaves `parse` to Slack would have bare words linked."""
    args = {"channel": "C0ALERTS", "ts": "1.000001", "text": "x"}
    assert [lint.code for lint in lint_call("chat.update", args)] == ["x_lint_parse"]
    assert list(lint_call("chat.update", {**args, "parse": "none"})) == []


async def test_a_lint_refuses() -> None:
    """A linted post is refused with the lint's code, stored nowhere, and listed with its marker."""
    async with SlackServer() as slack:
        answer = await slack.call("chat.postMessage", alert("7", text="<!here>"))
        assert answer["error"] == "x_lint_mention"
        assert await slack.messages("C0ALERTS") == []
        assert [(lint["code"], lint["markers"]) for lint in (await slack.state())["lints"]] == [
            ("x_lint_mention", ["d:7", "a:7"])
        ]
        assert slack.journal("refuse")[0]["error"] == "x_lint_mention"


async def test_lax_only_lists() -> None:
    """A lax server stores a linted post and lists the lint all the same."""
    async with SlackServer(strict=False) as slack:
        assert (await slack.call("chat.postMessage", alert(text="<!here>")))["ok"]
        assert len(await slack.messages("C0ALERTS")) == 1
        assert [lint["code"] for lint in (await slack.state())["lints"]] == ["x_lint_mention"]


async def test_lax_cuts_long_text() -> None:
    """Beyond 40 000 characters Slack cuts the text off and warns."""
    async with SlackServer(strict=False) as slack:
        answer = await slack.call("chat.postMessage", alert(text="x" * 40_001))
        assert (answer["warning"], len(answer["message"]["text"])) == ("message_truncated", 40_000)


async def test_writing_by_get_is_linted() -> None:
    """A GET that writes may be repeated by a proxy, so it is refused."""
    async with SlackServer() as slack:
        query = {"channel": "C0ALERTS", "text": "x", "token": "xoxb-test"}
        async with slack.session().get(f"{slack.api_url}chat.postMessage", params=query) as response:
            assert (await response.json())["error"] == "x_lint_get_for_write"
