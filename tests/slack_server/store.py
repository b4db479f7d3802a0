"""The messages Slack holds, and which of them a reader can see yet."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.slack_server.basics import JSON

MICRO = 1_000_000


@dataclass(slots=True)
class Message:
    """One message; `thread_ts` is the root it replies to, `visible_at` when history first shows it."""

    channel: str
    ts: str
    text: str
    user: str
    bot_id: str
    app_id: str
    visible_at: float
    blocks: list[JSON] | None = None
    attachments: list[Any] | None = None
    metadata: JSON | None = None
    thread_ts: str | None = None
    broadcast: bool = False
    edited: str | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)

    def shown(self, *, all_metadata: bool = True) -> JSON:
        """The message as Slack answers it; without `all_metadata` only the event type of the metadata is told."""
        shown: JSON = {
            "type": "message",
            "subtype": "bot_message",
            "ts": self.ts,
            "text": self.text,
            "user": self.user,
            "bot_id": self.bot_id,
            "app_id": self.app_id,
        }
        optional = {"blocks": self.blocks, "attachments": self.attachments, "thread_ts": self.thread_ts}
        shown.update({name: value for name, value in optional.items() if value})
        if self.metadata:
            shown["metadata"] = self.metadata if all_metadata else {"event_type": self.metadata["event_type"]}
        if self.edited:
            shown["edited"] = {"user": self.user, "ts": self.edited}
        if self.reactions:
            shown["reactions"] = [
                {"name": name, "users": users, "count": len(users)} for name, users in self.reactions.items()
            ]
        return shown


class Store:
    """Messages by channel and timestamp, oldest first."""

    def __init__(self) -> None:
        self._channels: dict[str, dict[str, Message]] = defaultdict(dict)
        self._last = 0
        self._blocks_named = 0

    def mint_ts(self, now: float) -> str:
        """A timestamp greater than any before it, even if the clock was set back."""
        self._last = max(self._last + 1, int(now * MICRO))
        return spelled(self._last)

    def add(self, message: Message) -> None:
        """Keeps a message."""
        self._channels[message.channel][message.ts] = message
        self._last = max(self._last, micros(message.ts))

    def get(self, channel: str, ts: object) -> Message | None:
        """The message with this timestamp, visible yet or not."""
        return self._channels[channel].get(ts) if isinstance(ts, str) else None

    def remove(self, channel: str, ts: str) -> None:
        """Forgets a message."""
        self._channels[channel].pop(ts, None)

    def clear(self) -> None:
        """Forgets every message; timestamps go on growing."""
        self._channels.clear()

    def channel(self, channel: str) -> list[Message]:
        """Every message of a channel, replies included."""
        return list(self._channels[channel].values())

    def channels(self) -> Iterable[str]:
        """The channels that hold messages."""
        return [channel for channel, held in self._channels.items() if held]

    def history(self, channel: str, now: float) -> list[Message]:
        """What the channel shows, newest first: no replies, save those broadcast."""
        shown = [m for m in self.channel(channel) if m.visible_at <= now and (m.thread_ts is None or m.broadcast)]
        return sorted(shown, key=lambda m: micros(m.ts), reverse=True)

    def thread(self, channel: str, ts: str, now: float) -> list[Message]:
        """A root and its replies, oldest first; nothing if the root cannot be seen."""
        seen = [m for m in self.channel(channel) if m.visible_at <= now and ts in (m.ts, m.thread_ts)]
        return sorted(seen, key=lambda m: micros(m.ts)) if any(m.ts == ts for m in seen) else []

    def reply_counts(self, channel: str, now: float) -> Counter[str | None]:
        """How many replies of each root can be seen."""
        return Counter(m.thread_ts for m in self._channels[channel].values() if m.visible_at <= now)

    def named(self, blocks: list[JSON] | None, *, rewrite: bool) -> list[JSON] | None:
        """The blocks as Slack would give them back: every block has an id, ours kept unless `rewrite`."""
        if blocks is None:
            return None
        return [self._named(block, rewrite=rewrite) for block in blocks]

    def _named(self, block: JSON, *, rewrite: bool) -> JSON:
        if "block_id" in block and not rewrite:
            return block
        self._blocks_named += 1
        return {**block, "block_id": f"x{self._blocks_named:04x}"}


def micros(ts: str) -> int:
    """A timestamp as whole microseconds; floats would blur the sixth digit."""
    seconds, _, fraction = ts.partition(".")
    return int(seconds) * MICRO + int(fraction.ljust(6, "0") or 0)


def spelled(count: int) -> str:
    """Microseconds as a Slack timestamp."""
    return f"{count // MICRO}.{count % MICRO:06d}"
