"""Everything one server knows, in one place; built anew for every server, nothing is global."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import Counter
from pathlib import Path
from typing import Any

from tests.slack_server.basics import JSON, Clock, RefusedError
from tests.slack_server.faults import Fault, FaultBook
from tests.slack_server.journal import Journal
from tests.slack_server.lints import Lint, lint_call
from tests.slack_server.pace import Pace
from tests.slack_server.settings import Settings
from tests.slack_server.socket_mode import Sockets
from tests.slack_server.store import Message, Store
from tests.slack_server.workspace import Token, Workspace


class World:
    """The parts of the server, and the little that belongs to none of them."""

    def __init__(self, settings: Settings, journal: Path | None = None, clock: Clock = time.time) -> None:
        self.settings = settings
        self.clock = clock
        self.journal = Journal(journal, clock)
        self.pace = Pace(settings, clock)
        self.sockets = Sockets(self.journal, clock)
        self.store = Store()
        self.faults = FaultBook()
        self.closing = asyncio.Event()
        self.late: set[asyncio.Task[None]] = set()
        self.ids = itertools.count(1)
        self._begin()
        restore(self)

    def _begin(self) -> None:
        self.workspace = Workspace()
        self.calls: Counter[str] = Counter()
        self.lints: list[JSON] = []
        self.sent: dict[tuple[str, str], Message] = {}  # (channel, client_msg_id) -> message
        self.ephemerals: list[JSON] = []
        self.views: list[JSON] = []
        self._outage: tuple[float, Fault] | None = None

    def reset(self) -> None:
        """As new, but settings stay, open sockets stay, timestamps go on growing and the journal is continued."""
        self._begin()
        self.store.clear()
        self.faults.clear()
        self.pace.reset()
        self.sockets.forget()
        self.journal.write("reset")

    def now(self) -> float:
        """The time of Slack's own clock."""
        return self.clock() + self.settings.skew

    def start_outage(self, seconds: float, fault: Fault) -> None:
        """Every call meets `fault` for so long."""
        self._outage = (self.clock() + seconds, fault)
        self.journal.write("outage", s=seconds, do=fault.do)

    def end_outage(self) -> None:
        """Slack is back."""
        self._outage = None

    def outage(self) -> Fault | None:
        """What every call meets just now, if there is an outage."""
        if self._outage is None or self.clock() >= self._outage[0]:
            return None
        return self._outage[1]

    def lint(self, method: str, args: JSON) -> None:
        """Lists every lint of the call; raises the first of them unless the server is lax."""
        self.report(method, args, *lint_call(method, args, self.settings.mentions))

    def report(self, method: str, args: JSON, *lints: Lint) -> None:
        """Lists lints; raises the first of them unless the server is lax."""
        for lint in lints:
            told = {"method": method, "channel": args.get("channel"), "code": lint.code, "detail": lint.detail}
            self.lints.append({**told, "markers": markers(args)})
        if lints and self.settings.strict:
            raise RefusedError(lints[0].code, lints[0].detail)

    def compose(self, channel: str, args: JSON, who: Token) -> Message:
        """A message from these arguments, with a timestamp of its own, not kept yet."""
        keep = self.settings.metadata == "keep"
        return Message(
            channel=channel,
            ts=self.store.mint_ts(self.now()),
            text=args.get("text") or args.get("markdown_text") or "",
            user=who.user_id,
            bot_id=who.bot_id,
            app_id=who.app_id,
            visible_at=self.clock() + self.settings.history_lag,
            blocks=self.store.named(args.get("blocks") or None, rewrite=self.settings.block_id == "rewrite"),
            attachments=args.get("attachments"),
            metadata=(args.get("metadata") or None) if keep else None,
            thread_ts=args.get("thread_ts"),
            broadcast=bool(args.get("reply_broadcast")),
        )

    def accept(self, message: Message, args: JSON, **facts: Any) -> None:
        """Journals the message as it was sent, then keeps it: from here on it was posted, whatever the caller hears."""
        told = {name: args.get(name) for name in ("text", "blocks", "metadata", "attachments", "client_msg_id")}
        self.journal.write(
            "post",
            channel=message.channel,
            ts=message.ts,
            **told,
            thread_ts=message.thread_ts,
            reply_broadcast=message.broadcast,
            user=message.user,
            bot_id=message.bot_id,
            **facts,
        )
        self.store.add(message)
        if isinstance(args.get("client_msg_id"), str):
            self.sent[message.channel, args["client_msg_id"]] = message


def markers(args: JSON) -> list[str]:
    """The block ids of a call, by which a test knows its deliveries."""
    blocks = args.get("blocks")
    held = blocks if isinstance(blocks, list) else []
    return [block["block_id"] for block in held if isinstance(block, dict) and "block_id" in block]


def restore(world: World) -> None:
    """Brings back the messages of a journal that is being continued: what Slack accepted, it still has."""
    for entry in world.journal.entries:
        match entry["ev"]:
            case "reset":
                world.store.clear()
                world.sent.clear()
            case "post":
                _repost(world, entry)
            case "delete":
                world.store.remove(entry["channel"], entry["ts"])
            case "update":
                if held := world.store.get(entry["channel"], entry["ts"]):
                    held.text, held.blocks, held.metadata = entry["text"], entry["blocks"], entry["metadata"]


def _repost(world: World, entry: JSON) -> None:
    who = Token(user_id=entry["user"], bot_id=entry["bot_id"])
    message = world.compose(entry["channel"], entry, who)
    message.ts = entry["ts"]
    world.store.add(message)
    if entry.get("client_msg_id"):
        world.sent[message.channel, entry["client_msg_id"]] = message
