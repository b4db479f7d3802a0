"""`chat.*`: what it takes to post, update and delete. Each checks first and hands back the deed still to be done."""

from __future__ import annotations

from tests.slack_server.basics import JSON, RefusedError, is_true
from tests.slack_server.lints import Lint
from tests.slack_server.plan import Plan
from tests.slack_server.request import Call
from tests.slack_server.rooms import held_message, known_channel, postable_channel
from tests.slack_server.store import Message, spelled
from tests.slack_server.validate import check_content, check_metadata
from tests.slack_server.workspace import Channel
from tests.slack_server.world import World

MOST_TEXT = 40_000  # beyond this Slack cuts the text off and says so


def post_message(world: World, call: Call) -> Plan:
    """`chat.postMessage`."""
    channel = postable_channel(world, call)
    check_content(call.args)
    if call.args.get("metadata"):
        check_metadata(call.args["metadata"])
    world.lint(call.method, call.args)
    args = {**call.args, "thread_ts": _root(world, channel, call), "reply_broadcast": _broadcast(call.args)}
    known = world.settings.client_msg_id == "refuse" and (channel.id, args.get("client_msg_id")) in world.sent
    if known:
        raise RefusedError("duplicate_message_not_found")

    def deed() -> JSON:
        if earlier := _honoured(world, channel, args):
            world.journal.write("dedup", channel=channel.id, ts=earlier.ts, client_msg_id=args["client_msg_id"])
            return {"channel": channel.id, "ts": earlier.ts, "message": earlier.shown()}
        message = world.compose(channel.id, args, call.who)
        cut = len(message.text) > MOST_TEXT
        message.text = message.text[:MOST_TEXT]
        world.accept(message, args)
        warned = {"warning": "message_truncated"} if cut else {}
        return {"channel": channel.id, "ts": message.ts, "message": message.shown(), **warned}

    return deed


def _root(world: World, channel: Channel, call: Call) -> str | None:
    """The root this call replies to. Stricter than Slack: the root must exist, and be a root."""
    thread_ts = call.args.get("thread_ts")
    if thread_ts is None:
        return None
    if channel.refuses_replies:
        raise RefusedError(channel.refuses_replies)
    parent = world.store.get(channel.id, thread_ts)
    if parent is None:
        raise RefusedError("cannot_reply_to_message", f"no message {thread_ts} [json-pointer:/thread_ts]")
    if parent.thread_ts is not None:
        world.report(call.method, call.args, Lint("x_lint_reply_to_reply", f"the root is {parent.thread_ts}"))
    return parent.thread_ts or parent.ts


def _broadcast(args: JSON) -> bool:
    return args.get("thread_ts") is not None and is_true(args.get("reply_broadcast"))


def _honoured(world: World, channel: Channel, args: JSON) -> Message | None:
    if world.settings.client_msg_id != "honour":
        return None
    return world.sent.get((channel.id, args.get("client_msg_id") or ""))


def post_ephemeral(world: World, call: Call) -> Plan:
    """`chat.postEphemeral`: seen by one person, kept nowhere."""
    channel = postable_channel(world, call)
    check_content(call.args)
    world.lint(call.method, call.args)
    if call.args.get("user") not in world.workspace.users:
        raise RefusedError("user_not_in_channel")

    def deed() -> JSON:
        ts = world.store.mint_ts(world.now())
        told = {name: call.args.get(name) for name in ("user", "text", "blocks", "thread_ts")}
        world.ephemerals.append(world.journal.write("ephemeral", channel=channel.id, ts=ts, **told))
        return {"message_ts": ts}

    return deed


def update(world: World, call: Call) -> Plan:
    """`chat.update`: own messages only. Text without blocks removes the blocks; metadata stays unless given."""
    args = call.args
    channel = postable_channel(world, call, archived="is_inactive")
    message = held_message(world, channel, args.get("ts"))
    if message.bot_id != call.who.bot_id:
        raise RefusedError("cant_update_message")
    check_content(args, update=True)
    if args.get("metadata"):
        check_metadata(args["metadata"])
    world.lint(call.method, args)
    if _has_rich_text(message.blocks) and args.get("blocks") and not _has_rich_text(args["blocks"]):
        raise RefusedError("block_mismatch")

    def deed() -> JSON:
        _rewrite(world, message, args)
        told = {"text": message.text, "blocks": message.blocks, "metadata": message.metadata}
        world.journal.write("update", channel=channel.id, ts=message.ts, **told)
        return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": message.shown()}

    return deed


def _rewrite(world: World, message: Message, args: JSON) -> None:
    if args.get("text") is not None or args.get("blocks") is not None:
        rewrite = world.settings.block_id == "rewrite"
        message.blocks = world.store.named(args.get("blocks") or None, rewrite=rewrite)
    if args.get("text") is not None:
        message.text = args["text"]
    if args.get("metadata") is not None and world.settings.metadata == "keep":
        message.metadata = args["metadata"] or None
    message.edited = spelled(int(world.now() * 1_000_000))


def _has_rich_text(blocks: list[JSON] | None) -> bool:
    return any(block.get("type") == "rich_text" for block in blocks or ())


def delete(world: World, call: Call) -> Plan:
    """`chat.delete`: the bot's own messages only."""
    channel = known_channel(world, call)
    message = held_message(world, channel, call.args.get("ts"))
    if message.bot_id != call.who.bot_id:
        raise RefusedError("cant_delete_message")

    def deed() -> JSON:
        world.journal.write("delete", channel=channel.id, ts=message.ts)
        world.store.remove(channel.id, message.ts)
        return {"channel": channel.id, "ts": message.ts}

    return deed


def permalink(world: World, call: Call) -> Plan:
    """`chat.getPermalink`."""
    channel = known_channel(world, call)
    ts = held_message(world, channel, call.args.get("message_ts")).ts
    link = f"https://test.slack.com/archives/{channel.id}/p{ts.replace('.', '')}"
    return lambda: {"channel": channel.id, "permalink": link}
