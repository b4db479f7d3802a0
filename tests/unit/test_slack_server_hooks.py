"""Incoming webhooks and response_urls: plain text answers, limits and faults of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.slack_server.basics import JSON
from tests.slack_server.client import SlackServer
from tests.slack_server.samples import alert

NOTE: JSON = {"text": "Slack delivery is blocked", "unfurl_links": False, "unfurl_media": False}


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    """A strict server."""
    async with SlackServer() as server:
        yield server


async def send(slack: SlackServer, body: Any, url: str = "") -> tuple[int, str]:
    """Posts to a webhook; status and text of the answer."""
    async with slack.session().post(url or slack.hook_url, json=body) as response:
        return response.status, await response.text()


async def test_webhook_with_the_sdk(slack: SlackServer) -> None:
    """A webhook answers `ok`, and the message is in its channel and in the journal."""
    client = AsyncWebhookClient(slack.hook_url, session=slack.session(), retry_handlers=[])
    client.proxy = None
    answer = await client.send(**NOTE)
    assert (answer.status_code, answer.body) == (200, "ok")
    assert [message["text"] for message in await slack.messages("C0OPS")] == [NOTE["text"]]
    assert [(entry["channel"], entry["via"]) for entry in slack.journal("post")] == [("C0OPS", "webhook")]


REFUSALS: list[tuple[str, JSON | None, Any, tuple[int, str]]] = [
    ("no object", None, [], (400, "invalid_payload")),
    ("no text", None, {}, (400, "no_text")),
    ("wrong blocks", None, {**NOTE, "blocks": [{"type": "header"}]}, (400, "invalid_blocks")),
    ("mention", None, {**NOTE, "text": "<!here>"}, (400, "x_lint_mention")),
    ("unfurling", None, {"text": "x"}, (400, "x_lint_unfurl")),
    ("archived", {"archived": True}, NOTE, (410, "channel_is_archived")),
    ("read only", {"refuses": "restricted_action"}, NOTE, (403, "action_prohibited")),
]


@pytest.mark.parametrize(("channel", "body", "answer"), [row[1:] for row in REFUSALS], ids=[row[0] for row in REFUSALS])
async def test_refusals(slack: SlackServer, channel: JSON | None, body: Any, answer: tuple[int, str]) -> None:
    """A webhook refuses with a status and one word."""
    if channel:
        await slack.ctl("channel", id="C0OPS", set=channel)
    assert await send(slack, body) == answer
    assert [entry["error"] for entry in slack.journal("refuse")] == [answer[1]]


async def test_unknown_webhook(slack: SlackServer) -> None:
    """An address that is no webhook says so."""
    assert await send(slack, NOTE, f"{slack.url}/services/T/B/X") == (404, "no_service")


async def test_webhook_rate(slack: SlackServer) -> None:
    """A webhook has a bucket of its own and refuses in plain text."""
    answers = [await send(slack, NOTE) for _ in range(5)]
    assert answers == [(200, "ok")] * 4 + [(429, "rate_limited")]
    assert (await slack.call("chat.postMessage", alert(channel="C0OPS")))["ok"]


@pytest.mark.parametrize(("when", "posts"), [("before", 0), ("after", 1)])
async def test_webhook_faults(slack: SlackServer, when: str, posts: int) -> None:
    """Faults for the method `webhook` strike before or after acceptance."""
    await slack.fault("status", "webhook", status=500, body="rollup_error", when=when)
    assert await send(slack, NOTE) == (500, "rollup_error")
    await slack.fault("close", "webhook", when=when)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await send(slack, NOTE)
    assert len(slack.journal("post")) == 2 * posts


async def test_response_url() -> None:
    """A response_url can answer in private or in the channel, replace or delete: five times in half an hour."""
    now = 0.0
    async with SlackServer(clock=lambda: now) as slack:
        ts = (await slack.call("chat.postMessage", alert("1")))["ts"]
        url = (await slack.click("C0ALERTS", ts, "open"))["payload"]["response_url"]
        answers = [
            await send(slack, {"text": "muted"}, url),
            await send(slack, {"text": "muted by U0HUMAN", "response_type": "in_channel"}, url),
            await send(slack, {"text": "replaced", "replace_original": True}, url),
            await send(slack, {"text": ""}, url),
            await send(slack, {"delete_original": True}, url),
            await send(slack, {"text": "again"}, url),
            await send(slack, {"text": "again"}, url),
        ]
        assert [status for status, _ in answers] == [200, 200, 200, 400, 200, 200, 404]
        assert [entry["text"] for entry in slack.journal("update")] == ["replaced"]
        assert [message["text"] for message in await slack.messages("C0ALERTS")] == ["muted by U0HUMAN"]
        assert [entry["text"] for entry in (await slack.state())["ephemerals"]] == ["muted", "again"]
        late = (await slack.command("/alerts"))["payload"]["response_url"]
        now = 1801.0
        assert await send(slack, {"text": "late"}, late) == (404, "used_url")
