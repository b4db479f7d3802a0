"""Orders to the server itself: a reset, and words that it does not know."""

from __future__ import annotations

import pytest

from tests.slack_server.basics import JSON
from tests.slack_server.client import ControlError, SlackServer
from tests.slack_server.samples import post


async def test_reset(slack: SlackServer) -> None:
    """A reset forgets messages, faults, channels and counts; the journal says so and goes on."""
    await post(slack)
    await slack.fault("close")
    await slack.ctl("channel", id="C0ALERTS", set={"archived": True})
    await slack.ctl("reset")
    state = await slack.state()
    assert (state["messages"], state["faults"], state["calls"]) == ({}, [], {})
    await post(slack, "2")
    assert [entry["ev"] for entry in slack.journal()] == ["post", "reset", "post"]


MISSPELT: list[tuple[str, JSON]] = [
    ("shout", {}),
    ("fault", {"do": "explode"}),
    ("fault", {"do": "close", "whne": "after"}),
    ("fault", {"do": "close", "when": "later"}),
    ("fault", {"do": "delay"}),
    ("config", {"histroy_lag": 1}),
    ("config", {"history_lag": "long"}),
    ("config", {"metadata": "burn"}),
    ("config", {"timescale": 2}),
    ("channel", {"id": "C0ALERTS", "set": {"archvied": True}}),
    ("restore", {"token": "xoxb-new", "scope": "x"}),
    ("click", {"channel": "C0ALERTS", "ts": "1.000001", "action_id": "open"}),
]


@pytest.mark.parametrize(("op", "order"), MISSPELT, ids=[f"{op}-{order}" for op, order in MISSPELT])
async def test_misspelt_orders(slack: SlackServer, op: str, order: JSON) -> None:
    """An order with a word the server does not know fails loudly, lest a test test nothing."""
    with pytest.raises(ControlError):
        await slack.ctl(op, **order)
