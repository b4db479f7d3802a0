"""Every fault the server can be ordered to have, as the SDK sees it and as the journal judges it."""

from __future__ import annotations

import asyncio
import errno
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.slack_server.basics import JSON
from tests.slack_server.client import SlackServer
from tests.slack_server.samples import alert
from tests.slack_server.workspace import BOT_TOKEN

PATIENCE = 0.3  # seconds the client waits for an answer


class Seen(NamedTuple):
    """A fault and what the SDK makes of it."""

    name: str
    order: JSON
    kind: type[BaseException]
    told: Callable[[Any], bool] = lambda _error: True

    def __str__(self) -> str:
        return self.name


def answered(status: int, data: object) -> Callable[[Any], bool]:
    """The SDK raises an error that holds this status and this body."""
    return lambda error: (error.response.status_code, error.response.data) == (status, data)


def failed(code: str) -> JSON:
    """A body that says no."""
    return {"ok": False, "error": code}


FAULTS = [
    Seen("500", {"do": "status", "status": 500}, SlackApiError, answered(500, failed("internal_error"))),
    Seen(
        "503 of another code",
        {"do": "status", "status": 503, "error": "service_unavailable"},
        SlackApiError,
        answered(503, failed("service_unavailable")),
    ),
    Seen("502 without a body", {"do": "status", "status": 502, "body": ""}, SlackApiError, answered(502, {})),
    Seen(
        "internal_error",
        {"do": "error", "error": "internal_error"},
        SlackApiError,
        answered(200, failed("internal_error")),
    ),
    Seen("fatal_error", {"do": "error", "error": "fatal_error"}, SlackApiError, answered(200, failed("fatal_error"))),
    Seen(
        "ratelimited as 200",
        {"do": "error", "error": "ratelimited"},
        SlackApiError,
        answered(200, failed("ratelimited")),
    ),
    Seen(
        "429 as JSON",
        {"do": "status", "status": 429, "retry_after": 30},
        SlackApiError,
        lambda error: answered(429, failed("ratelimited"))(error) and error.response.headers["Retry-After"] == "30",
    ),
    Seen(
        "429 without a header",
        {"do": "status", "status": 429},
        SlackApiError,
        lambda error: answered(429, failed("ratelimited"))(error) and "Retry-After" not in error.response.headers,
    ),
    Seen(
        "429 as text",
        {"do": "text429", "retry_after": 3600},
        SlackApiError,
        lambda error: answered(429, "rate_limited")(error) and error.response.headers["Retry-After"] == "3600",
    ),
    Seen("page with 503", {"do": "html"}, SlackApiError, answered(503, {})),
    Seen("page with 200", {"do": "html", "status": 200}, SlackApiError, answered(200, {})),
    Seen(
        "broken JSON",
        {"do": "status", "status": 200, "body": '{"ok":', "headers": {"Content-Type": "application/json"}},
        SlackApiError,
        lambda error: isinstance(error.response, aiohttp.ClientResponse),
    ),
    Seen("close", {"do": "close"}, aiohttp.ServerDisconnectedError),
    Seen("rst", {"do": "rst"}, aiohttp.ClientOSError, lambda error: error.errno == errno.ECONNRESET),
    Seen("truncate", {"do": "truncate"}, aiohttp.ClientPayloadError),
    Seen("hang", {"do": "hang"}, TimeoutError),
    Seen("hang that ends", {"do": "hang", "s": 0.05}, aiohttp.ServerDisconnectedError),
]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("fault", FAULTS, ids=str)
async def test_fault(slack: SlackServer, fault: Seen, when: str) -> None:
    """The SDK fails alike before and after acceptance; only the journal knows whether the message was stored."""
    await slack.fault(**fault.order, when=when)
    with pytest.raises(fault.kind) as caught:
        await slack.web_client(seconds=PATIENCE).chat_postMessage(**alert())
    assert fault.told(caught.value)
    assert len(slack.journal("post")) == (1 if when == "after" else 0)
    assert [(entry["do"], entry["when"], entry["markers"]) for entry in slack.journal("fault")] == [
        (fault.order["do"], when, ["d:1", "a:1"])
    ]
    assert (await slack.web_client().chat_postMessage(**alert("2")))["ok"]


async def test_truncated_answer_is_half_there(slack: SlackServer) -> None:
    """Of a truncated answer the first half arrives, and says `ok`: no reason to believe it."""
    await slack.fault("truncate")
    headers = {"Authorization": "Bearer xoxb-test"}
    async with slack.session().post(f"{slack.api_url}chat.postMessage", json=alert(), headers=headers) as response:
        assert (await response.content.readany()).startswith(b'{"ok":true')


@pytest.mark.parametrize("when", ["before", "after"])
async def test_delay(slack: SlackServer, when: str) -> None:
    """A delay breaks nothing, and takes its time on the side of acceptance that was ordered."""
    await slack.fault("delay", s=0.2, when=when)
    start = time.time()
    assert (await slack.web_client().chat_postMessage(**alert()))["ok"]
    accepted = slack.journal("post")[0]["t"]
    assert (accepted - start if when == "before" else time.time() - accepted) >= 0.2


async def test_delay_beyond_the_patience_of_the_client(slack: SlackServer) -> None:
    """A client that gives up during a delay has still posted."""
    await slack.fault("delay", s=PATIENCE + 0.5)
    with pytest.raises(TimeoutError):
        await slack.web_client(seconds=PATIENCE).chat_postMessage(**alert())
    assert slack.journal("post") == []
    await slack.until("post")


async def test_late_accept(slack: SlackServer) -> None:
    """The client gives up, history is clean, and then the message appears."""
    await slack.fault("late_accept", s=PATIENCE + 0.5)
    with pytest.raises(TimeoutError):
        await slack.web_client(seconds=PATIENCE).chat_postMessage(**alert())
    assert await slack.messages("C0ALERTS") == []
    await slack.until("post")
    assert [entry["ev"] for entry in slack.journal()] == ["fault", "post"]
    assert len(await slack.messages("C0ALERTS")) == 1


async def test_late_accept_is_still_checked(slack: SlackServer) -> None:
    """What would be refused is refused at once, and the fault waits for a call that would be accepted."""
    await slack.fault("late_accept", s=0.01, hang=0.01)
    assert (await slack.call("chat.postMessage", alert(channel="C0NONE")))["error"] == "channel_not_found"
    assert (await slack.state())["faults"][0]["left"] == 1


@pytest.mark.parametrize("do", ["close", "rst"])
async def test_default_retry_of_the_sdk_doubles(slack: SlackServer, do: str) -> None:
    """With its default retry the SDK posts twice and reports success: why `retry_handlers=[]` is a must."""
    await slack.fault(do, when="after")
    client = AsyncWebClient(BOT_TOKEN, base_url=slack.api_url, session=slack.session())
    client.proxy = None
    assert (await client.chat_postMessage(**alert()))["ok"]
    assert len(slack.journal("post")) == 2


async def test_left_and_skip(slack: SlackServer) -> None:
    """A fault lets `skip` calls by, strikes `left` times, and is then spent."""
    await slack.fault("error", error="fatal_error", skip=1, left=2)
    answers = [await slack.call("chat.postMessage", alert(str(n))) for n in range(5)]
    assert [answer["ok"] for answer in answers] == [True, False, False, True, True]


async def test_left_without_end(slack: SlackServer) -> None:
    """With `left=-1` a fault strikes until it is cleared."""
    await slack.fault("error", error="fatal_error", left=-1)
    assert not any([(await slack.call("chat.postMessage", alert(str(n))))["ok"] for n in range(5)])
    await slack.ctl("faults_clear")
    assert (await slack.call("chat.postMessage", alert()))["ok"]


async def test_contains_and_match(slack: SlackServer) -> None:
    """A fault can be meant for one delivery by its marker, or for one channel."""
    await slack.fault("error", error="fatal_error", contains='"d:2"')
    await slack.fault("error", error="internal_error", match={"channel": "C0OPS"})
    calls = [alert("1"), alert("2"), alert("2"), alert("3", channel="C0OPS")]
    answers = [await slack.call("chat.postMessage", args) for args in calls]
    assert [answer.get("error") for answer in answers] == [None, "fatal_error", None, "internal_error"]


async def test_fault_of_one_method(slack: SlackServer) -> None:
    """A fault strikes the method it is meant for; `*` means all of them."""
    await slack.fault("error", "conversations.history", error="internal_error")
    assert (await slack.call("chat.postMessage", alert()))["ok"]
    assert (await slack.call("conversations.history", {"channel": "C0ALERTS"}))["error"] == "internal_error"
    await slack.fault("error", "*", error="fatal_error")
    assert (await slack.call("auth.test", {}))["error"] == "fatal_error"


async def test_after_faults_wait_for_acceptance(slack: SlackServer) -> None:
    """A fault after acceptance is not spent on a call that was refused."""
    await slack.fault("error", error="fatal_error", when="after")
    assert (await slack.call("chat.postMessage", alert(channel="C0NONE")))["error"] == "channel_not_found"
    assert (await slack.call("chat.postMessage", alert()))["error"] == "fatal_error"


async def test_outage() -> None:
    """During an outage every address answers with a page; after it all is well. The hours may be virtual."""
    now = 0.0
    async with SlackServer(clock=lambda: now) as slack:
        await slack.ctl("outage", s=36_000)
        now = 35_999.0
        for url in (f"{slack.api_url}auth.test", slack.hook_url):
            async with slack.session().post(url) as response:
                assert (response.status, response.content_type) == (503, "text/html")
        async with slack.session().get(f"{slack.url}/_ws") as response:
            assert response.status == 503
        now = 36_000.0
        assert (await slack.call("chat.postMessage", alert()))["ok"]


async def test_outage_of_another_kind_ends_early(slack: SlackServer) -> None:
    """An outage can break calls in any way, and is over when faults are cleared."""
    await slack.ctl("outage", how={"do": "close"})
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await slack.web_client().chat_postMessage(**alert())
    await slack.ctl("faults_clear")
    assert (await slack.call("chat.postMessage", alert()))["ok"]


async def test_a_429_that_is_meant(slack: SlackServer) -> None:
    """With `hold`, a 429 on order shuts the channel for the time it announced, and impatience is journaled."""
    await slack.ctl("config", rate=100, burst=100)
    await slack.fault("text429", retry_after=30, hold=True)
    with pytest.raises(SlackApiError):
        await slack.web_client().chat_postMessage(**alert())
    assert (await slack.call("chat.postMessage", alert()))["error"] == "ratelimited"
    assert (await slack.call("chat.postMessage", alert(channel="C0OPS")))["ok"]
    assert [entry["early"] for entry in slack.journal("refuse")] == [True]


async def test_stopping_does_not_wait_for_a_hang() -> None:
    """A server with hanging and late calls stops at once, and what was late is never accepted."""
    async with SlackServer() as slack:
        await slack.fault("hang")
        await slack.fault("late_accept", s=60)
        calls = [asyncio.create_task(slack.call("chat.postMessage", alert(str(n)))) for n in range(2)]
        await asyncio.sleep(0.1)
        start = time.monotonic()
    assert time.monotonic() - start < 2
    assert all(isinstance(error, Exception) for error in await asyncio.gather(*calls, return_exceptions=True))
    assert slack.journal("post") == []
