"""What tests start from: a message that passes every check and every lint, and a clock that stands still."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.slack_server.basics import JSON
from tests.slack_server.client import SlackServer


@dataclass(slots=True)
class VirtualClock:
    """A clock that goes when it is told to: `SlackServer(clock=VirtualClock())`."""

    now: float = 1_795_318_000.0

    def __call__(self) -> float:
        """The time."""
        return self.now


def alert(delivery: str = "1", /, **changes: Any) -> JSON:
    """The arguments of a good `chat.postMessage`; a change to `None` removes the argument."""
    args = {
        "channel": "C0ALERTS",
        "text": f"AAPL: Apple cuts its guidance (ref {delivery})",
        "blocks": [headline(delivery), buttons(delivery)],
        "metadata": {"event_type": "alert", "event_payload": {"delivery_id": delivery, "revision": 1}},
        "unfurl_links": False,
        "unfurl_media": False,
        **changes,
    }
    return {name: value for name, value in args.items() if value is not None}


def headline(delivery: str) -> JSON:
    """The first block: the headline as a link, the delivery in the block id."""
    link = {"type": "link", "url": "https://example.com/a", "text": "Apple cuts its guidance", "style": {"bold": True}}
    line = {"type": "rich_text_section", "elements": [{"type": "text", "text": "AAPL "}, link]}
    return {"type": "rich_text", "block_id": f"d:{delivery}", "elements": [line]}


def buttons(delivery: str) -> JSON:
    """The last block: open, mute, not relevant."""
    mute = [{"text": plain(f"Mute AAPL {span}"), "value": f"mute:{span}"} for span in ("1h", "1d", "1w")]
    return {
        "type": "actions",
        "block_id": f"a:{delivery}",
        "elements": [
            {"type": "button", "action_id": "open", "text": plain("Open story"), "url": "https://example.com/a"},
            {"type": "overflow", "action_id": "mute", "options": mute},
            {"type": "button", "action_id": "irrelevant", "text": plain("Not relevant"), "value": delivery},
        ],
    }


def plain(text: str) -> JSON:
    """A plain_text object without emoji."""
    return {"type": "plain_text", "text": text, "emoji": False}


def mrkdwn(text: str) -> JSON:
    """A mrkdwn object whose bare words are left alone."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def section(text: str = "words", **more: Any) -> JSON:
    """A section block."""
    return {"type": "section", "text": plain(text), **more}


async def post(slack: SlackServer, delivery: str = "1", /, **changes: Any) -> str:
    """Posts a good alert; its timestamp."""
    answer = await slack.call("chat.postMessage", alert(delivery, **changes))
    assert answer["ok"], answer
    return str(answer["ts"])
