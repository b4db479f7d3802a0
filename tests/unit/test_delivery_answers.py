"""Slack's answers, one by one, as the real client meets them: each has its one meaning, and one call is one attempt."""

from __future__ import annotations

from typing import Any

import pytest

from streams.basics.times import HOUR, MINUTE, SECOND, WallClock
from streams.channels.slack import SlackChannel
from streams.delivery.book import Delivery, Sign, State
from streams.delivery.channel import Answer, Doubt, Reach, Refused
from tests.build import alert
from tests.slack_server.client import SlackServer
from tests.slack_server.workspace import BOT_TOKEN

ROUTE = ("channel_not_found", "not_in_channel", "is_archived", "restricted_action", "team_access_not_granted",
         "no_permission", "access_denied")  # fmt: skip
AUTH = ("invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "missing_scope",
        "ekm_access_denied", "two_factor_setup_required", "method_deprecated", "unknown_method")  # fmt: skip
PAYLOAD = ("invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long", "no_text", "too_many_attachments",
           "invalid_metadata_format", "metadata_too_large", "markdown_text_conflict", "invalid_arguments", "invalid_charset")  # fmt: skip
UNKNOWN = ("internal_error", "fatal_error", "service_unavailable", "duplicate_message_not_found", "a_code_of_next_year")


async def met(slack: SlackServer, **fault: Any) -> Answer:
    """What the product makes of one broken answer; asserts that it asked once."""
    await slack.fault(**fault)
    before = (await slack.state())["calls"].get("chat.postMessage", 0)
    patience = 600 if fault["do"] in ("hang", "late_accept") else 10_000  # a busy machine may take its time to connect
    channel = SlackChannel(BOT_TOKEN, WallClock(), url=slack.api_url, timeout=patience)
    answer = await channel.post(Delivery(alert=alert(1, channel="slack:C0ALERTS"), state=State.SENDING, fence=1))
    await channel.close()
    assert (await slack.state())["calls"]["chat.postMessage"] == before + 1
    return answer


@pytest.mark.parametrize(
    ("fault", "wait"),
    [
        ({"do": "status", "status": 429, "retry_after": 30}, 30 * SECOND),
        ({"do": "text429", "retry_after": 7}, 7 * SECOND),
        ({"do": "error", "error": "ratelimited", "retry_after": 5}, 5 * SECOND),
        ({"do": "error", "error": "message_limit_exceeded"}, 30 * SECOND),
        ({"do": "status", "status": 429}, 30 * SECOND),  # no header: half a minute
        ({"do": "status", "status": 429, "retry_after": "soon"}, 30 * SECOND),
        ({"do": "status", "status": 429, "retry_after": 3_600}, HOUR),
        ({"do": "status", "status": 429, "retry_after": 999_999}, HOUR),
        ({"do": "status", "status": 429, "retry_after": 0}, SECOND),
        ({"do": "html", "status": 429, "headers": {"Retry-After": "9"}}, 9 * SECOND),
    ],
)
async def test_a_limit_in_every_form_is_a_refusal_that_says_how_long(
    slack: SlackServer, fault: dict[str, Any], wait: int
) -> None:
    """JSON, plain text or a page; status 429 or 200; with a header or without: never a doubt, never at once again."""
    answer = await met(slack, **fault)
    assert isinstance(answer, Refused)
    assert (answer.wait, answer.reach, answer.sign) == (wait, Reach.CHANNEL, Sign.LIMITED)


@pytest.mark.parametrize("code", [*ROUTE, *AUTH, *PAYLOAD, *UNKNOWN, "request_timeout"])
async def test_every_code_has_its_one_meaning(slack: SlackServer, code: str) -> None:
    """A wrong channel holds that channel, a wrong token everything, a wrong payload goes plainer; the rest is doubt."""
    answer = await met(slack, do="error", error=code)
    if code in UNKNOWN:
        assert isinstance(answer, Doubt) and code in answer.why
        return
    assert isinstance(answer, Refused) and answer.why == code and answer.sign is Sign.ANSWERED
    meanings = {ROUTE: Reach.CHANNEL, AUTH: Reach.SERVICE, PAYLOAD: Reach.PAYLOAD}
    assert answer.reach is next((reach for codes, reach in meanings.items() if code in codes), Reach.ATTEMPT)
    assert answer.wait == (MINUTE if code in ROUTE else 2 * SECOND if code == "request_timeout" else 0)


@pytest.mark.parametrize(
    "fault",
    [
        {"do": "status", "status": 500},
        {"do": "html", "status": 503},
        {"do": "html", "status": 200},  # a proxy's page
        {"do": "status", "status": 200, "body": ""},
        {"do": "status", "status": 200, "body": '{"ok":tr'},
        {"do": "close"},
        {"do": "rst"},
        {"do": "truncate"},
        {"do": "hang", "s": 1},
        {"do": "late_accept", "s": 0.1, "hang": 1},
    ],
    ids=lambda f: "-".join(str(v) for v in f.values()),
)
@pytest.mark.parametrize("when", ["before", "after"])
async def test_what_says_nothing_is_doubt_whether_it_was_stored_or_not(
    slack: SlackServer, fault: dict[str, Any], when: str
) -> None:
    """Nobody can tell the two apart from the answer: so the channel is read before anything is said again."""
    timed = {} if fault["do"] == "late_accept" else {"when": when}
    assert isinstance(await met(slack, **fault, **timed), Doubt)
