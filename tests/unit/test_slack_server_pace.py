"""Rate limits, in virtual time: what may pass, how long the rest must wait, and that impatience shows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.slack_server.basics import RefusedError
from tests.slack_server.client import SlackServer
from tests.slack_server.pace import PER_MINUTE, Pace
from tests.slack_server.samples import VirtualClock, alert
from tests.slack_server.settings import Settings


@pytest.fixture
def clock() -> VirtualClock:
    """A clock that stands still."""
    return VirtualClock()


def waits(pace: Pace, method: str = "chat.postMessage", channel: str = "C1", token: str = "t") -> int:  # noqa: S107
    """Seconds this call is told to wait; 0 if it passed."""
    try:
        pace.admit(method, token, channel)
    except RefusedError as refused:
        return int(refused.headers["Retry-After"])
    return 0


def test_burst_then_one_a_second(clock: VirtualClock) -> None:
    """A quiet channel takes a burst, then one message a second."""
    pace = Pace(Settings(rate=1, burst=4, ws_rate=0), clock)
    assert [waits(pace) for _ in range(5)] == [0, 0, 0, 0, 1]
    clock.now += 1
    assert [waits(pace) for _ in range(2)] == [0, 1]


def test_a_steady_second_never_waits(clock: VirtualClock) -> None:
    """A client that keeps to one message a second is never refused."""
    pace = Pace(Settings(rate=1, burst=1), clock)
    for _ in range(100):
        assert waits(pace) == 0
        clock.now += 1


def test_channels_and_tokens_do_not_disturb_each_other(clock: VirtualClock) -> None:
    """A full channel leaves other channels and other tokens free."""
    pace = Pace(Settings(rate=1, burst=1), clock)
    assert (waits(pace), waits(pace)) == (0, 1)
    assert waits(pace, channel="C2") == 0
    assert waits(pace, token="other") == 0


def test_the_workspace_has_a_limit_of_its_own(clock: VirtualClock) -> None:
    """Many channels together meet the limit of the token."""
    pace = Pace(Settings(rate=1, burst=4, ws_rate=5), clock)
    assert [waits(pace, channel=f"C{n}") for n in range(11)] == [0] * 10 + [1]


def test_a_refused_call_costs_nothing(clock: VirtualClock) -> None:
    """A call refused for its channel does not use up the allowance of the workspace."""
    pace = Pace(Settings(rate=0.01, burst=1, ws_rate=1), clock)
    assert [waits(pace) for _ in range(5)] == [0, 100, 100, 100, 100]
    assert waits(pace, channel="C2") == 0


def test_shut_for_the_announced_time(clock: VirtualClock) -> None:
    """Once a wait is announced, the channel stays shut for all of it, even where the bucket would have refilled."""
    pace = Pace(Settings(rate=2, burst=1), clock)
    assert (waits(pace), waits(pace)) == (0, 1)
    clock.now += 0.9
    with pytest.raises(RefusedError) as refused:
        pace.admit("chat.postMessage", "t", "C1")
    assert refused.value.early
    clock.now += 0.1
    assert waits(pace) == 0


@pytest.mark.parametrize(("method", "most"), PER_MINUTE.items())
def test_tier(clock: VirtualClock, method: str, most: int) -> None:
    """A method lets its tier's number of calls through in any minute, and not one more."""
    pace = Pace(Settings(), clock)
    assert [waits(pace, method) for _ in range(most)] == [0] * most
    clock.now += 20
    assert waits(pace, method) == 40
    clock.now += 39.9
    assert waits(pace, method) == 1
    clock.now += 0.1
    assert waits(pace, method) == 0


def test_every_published_limit_is_there() -> None:
    """The tiers are Slack's."""
    assert PER_MINUTE["conversations.history"] == PER_MINUTE["chat.update"] == 50
    assert PER_MINUTE["chat.postEphemeral"] == PER_MINUTE["views.open"] == 100


@pytest.mark.parametrize("method", ["conversations.history", "conversations.replies"])
def test_outside_the_marketplace_history_is_rare(clock: VirtualClock, method: str) -> None:
    """An app distributed outside the Marketplace reads history once a minute."""
    pace = Pace(Settings(non_marketplace=True), clock)
    assert (waits(pace, method), waits(pace, method)) == (0, 60)
    assert waits(pace, "chat.update") == 0


def test_timescale(clock: VirtualClock) -> None:
    """With a timescale of 0.02 a Slack minute is over after 1.2 s, but announced as it would be by Slack."""
    pace = Pace(Settings(non_marketplace=True, timescale=0.02), clock)
    assert (waits(pace, "conversations.history"), waits(pace, "conversations.history")) == (0, 60)
    clock.now += 1.2
    assert waits(pace, "conversations.history") == 0


def test_no_limit(clock: VirtualClock) -> None:
    """A rate of 0 is no limit."""
    pace = Pace(Settings(rate=0, ws_rate=0), clock)
    assert not any(waits(pace) for _ in range(1000))


def test_new_limits_count_at_once(clock: VirtualClock) -> None:
    """A changed rate holds for channels that are already being paced."""
    settings = Settings(rate=1, burst=1)
    pace = Pace(settings, clock)
    assert waits(pace) == 0
    settings.change(rate=10)
    clock.now += 0.1
    assert waits(pace) == 0


def test_hold_shuts_one_channel(clock: VirtualClock) -> None:
    """A held channel is shut for so long; others are not."""
    pace = Pace(Settings(), clock)
    pace.hold("chat.postMessage", "t", "C1", 30)
    assert (waits(pace), waits(pace, channel="C2")) == (30, 0)
    clock.now += 30
    assert waits(pace) == 0


@pytest.fixture
async def slack(clock: VirtualClock) -> AsyncIterator[SlackServer]:
    """A server whose time stands still, with Slack's own limits."""
    async with SlackServer(clock=clock) as server:
        yield server


async def post(slack: SlackServer, **changes: Any) -> str:
    """Posts; `ok` or the code of the refusal."""
    answer = await slack.call("chat.postMessage", alert(**changes))
    return str(answer.get("error", "ok"))


async def test_impatience_is_journaled(slack: SlackServer, clock: VirtualClock) -> None:
    """The first refusal is the limit's fault; the next, before the time is over, is the client's."""
    assert [await post(slack) for _ in range(6)] == ["ok"] * 4 + ["ratelimited"] * 2
    assert [entry["early"] for entry in slack.journal("refuse")] == [False, True]
    clock.now += 1
    assert await post(slack) == "ok"


async def test_a_429_as_the_sdk_sees_it(slack: SlackServer) -> None:
    """The 429 carries whole seconds in its header; other methods and channels go on."""
    for _ in range(4):
        await post(slack)
    async with slack.session().post(
        f"{slack.api_url}chat.postMessage", json=alert(), headers={"Authorization": "Bearer xoxb-test"}
    ) as response:
        assert (response.status, response.headers["Retry-After"]) == (429, "1")
        assert await response.json() == {"ok": False, "error": "ratelimited"}
    assert await post(slack, channel="C0OPS") == "ok"
    assert (await slack.call("conversations.history", {"channel": "C0ALERTS"}))["ok"]


async def test_refused_content_counts(slack: SlackServer) -> None:
    """Slack counts a call before it reads it: what is refused for its content has used the allowance."""
    assert [await post(slack, text=None, blocks=None) for _ in range(5)] == ["no_text"] * 4 + ["ratelimited"]


async def test_a_fault_before_does_not_count(slack: SlackServer) -> None:
    """A call that a fault broke before acceptance has used nothing."""
    await slack.fault("error", error="fatal_error", left=4)
    assert [await post(slack) for _ in range(9)] == ["fatal_error"] * 4 + ["ok"] * 4 + ["ratelimited"]
