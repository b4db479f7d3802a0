"""`conversations.*`: reading back what a channel shows, a page at a time."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Sequence
from typing import TypeVar

from tests.slack_server.basics import JSON, RefusedError, is_true
from tests.slack_server.pace import UNDISTRIBUTED_PAGE
from tests.slack_server.plan import Plan
from tests.slack_server.request import Call
from tests.slack_server.rooms import known_channel, readable_channel
from tests.slack_server.store import Message, micros
from tests.slack_server.validate import check_ts
from tests.slack_server.world import World

LARGEST_PAGE = 999
USUAL_PAGE = 100
_CURSOR = re.compile(r"next:([A-Z0-9]+|\d+\.\d{6})")
Row = TypeVar("Row")


def history(world: World, call: Call) -> Plan:
    """`conversations.history`: newest first, without replies that were not broadcast."""
    channel = readable_channel(world, call)
    within = _window(call.args)
    rows = [message for message in world.store.history(channel.id, world.clock()) if within(message)]
    page = _page(rows, call.args, _largest(world), _ts, lambda ts, last: micros(ts) < micros(last))
    return lambda: _messages(world, call, *page)


def replies(world: World, call: Call) -> Plan:
    """`conversations.replies`: the root and its replies, oldest first."""
    channel = readable_channel(world, call)
    ts = check_ts(call.args.get("ts"), "thread_not_found")
    thread = world.store.thread(channel.id, ts, world.clock())
    if not thread:
        raise RefusedError("thread_not_found")
    within = _window(call.args)
    rows = [message for message in thread if within(message)]
    page = _page(rows, call.args, _largest(world), _ts, lambda ts, last: micros(ts) > micros(last))
    return lambda: _messages(world, call, *page)


def _largest(world: World) -> int:
    return UNDISTRIBUTED_PAGE if world.settings.non_marketplace else LARGEST_PAGE


def _ts(message: Message) -> str:
    return message.ts


def _window(args: JSON) -> Callable[[Message], bool]:
    """Is a message between `oldest` and `latest`? Both ends count only if `inclusive`."""
    oldest = micros(check_ts(str(args.get("oldest") or "0"), "invalid_ts_oldest"))
    latest = micros(check_ts(str(args.get("latest") or "999999999999"), "invalid_ts_latest"))
    slack = 1 if is_true(args.get("inclusive")) else 0
    return lambda message: oldest - slack < micros(message.ts) < latest + slack


def _messages(world: World, call: Call, page: Sequence[Message], cursor: str) -> JSON:
    all_metadata = is_true(call.args.get("include_all_metadata"))
    counts = world.store.reply_counts(str(call.args["channel"]), world.clock())
    shown = [_with_count(message.shown(all_metadata=all_metadata), counts[message.ts]) for message in page]
    return {"messages": shown, "has_more": bool(cursor), "response_metadata": {"next_cursor": cursor}}


def _with_count(shown: JSON, replies: int) -> JSON:
    return {**shown, "thread_ts": shown["ts"], "reply_count": replies} if replies else shown


def _page(
    rows: Sequence[Row],
    args: JSON,
    largest: int,
    key: Callable[[Row], str],
    comes_after: Callable[[str, str], bool],
) -> tuple[Sequence[Row], str]:
    """One page and the cursor of the next.

    A cursor names the last row seen, so neither a new message nor a deleted one shifts the pages.
    """
    size = _limit(args.get("limit"), largest)
    if args.get("cursor"):
        last = _opened(args["cursor"])
        rows = [row for row in rows if comes_after(key(row), last)]
    page = rows[:size]
    return page, _cursor(key(page[-1])) if size < len(rows) else ""


def _limit(limit: object, largest: int) -> int:
    if limit is None or limit == "":
        return min(USUAL_PAGE, largest)
    try:
        wanted = int(str(limit))
    except ValueError:
        wanted = 0
    if wanted < 1:
        raise RefusedError("invalid_limit")
    return min(wanted, largest)


def _cursor(last: str) -> str:
    return base64.b64encode(f"next:{last}".encode()).decode()


def _opened(cursor: object) -> str:
    try:
        told = base64.b64decode(str(cursor), validate=True).decode()
    except (binascii.Error, UnicodeError) as error:
        raise RefusedError("invalid_cursor") from error
    found = _CURSOR.fullmatch(told)
    if found is None:
        raise RefusedError("invalid_cursor")
    return found[1]


def info(world: World, call: Call) -> Plan:
    """`conversations.info`: membership is told, not needed."""
    described = known_channel(world, call).described()
    return lambda: {"channel": described}


def listing(world: World, call: Call) -> Plan:
    """`conversations.list`: every channel the bot can know of."""
    unarchived = is_true(call.args.get("exclude_archived"))
    rows = [
        channel.described()
        for _, channel in sorted(world.workspace.channels.items())
        if not (channel.private and not channel.member) and not (unarchived and channel.archived)
    ]
    page, cursor = _page(rows, call.args, LARGEST_PAGE, lambda channel: str(channel["id"]), str.__gt__)
    return lambda: {"channels": list(page), "response_metadata": {"next_cursor": cursor}}
