"""Finding the channel of a call, and the code Slack answers when the bot may not use it."""

from __future__ import annotations

from tests.slack_server.basics import RefusedError
from tests.slack_server.request import Call
from tests.slack_server.store import Message
from tests.slack_server.workspace import Channel
from tests.slack_server.world import World


def known_channel(world: World, call: Call) -> Channel:
    """The channel the call names by its id; a name such as `#alerts` will not do."""
    wanted = call.args.get("channel")
    channel = world.workspace.channels.get(wanted) if isinstance(wanted, str) else None
    if channel is None or (channel.private and not channel.member):
        raise RefusedError("channel_not_found")
    return channel


def readable_channel(world: World, call: Call) -> Channel:
    """A channel the bot is a member of; archived ones can still be read."""
    channel = known_channel(world, call)
    if not channel.member:
        raise RefusedError("not_in_channel")
    return channel


def postable_channel(world: World, call: Call, *, archived: str = "is_archived") -> Channel:
    """A channel the bot may post to just now; `archived` is what this method calls an archived one."""
    channel = known_channel(world, call)
    if channel.archived:
        raise RefusedError(archived)
    if not channel.member:
        raise RefusedError("not_in_channel")
    if channel.refuses:
        raise RefusedError(channel.refuses)
    return channel


def held_message(world: World, channel: Channel, ts: object) -> Message:
    """The message with this timestamp; Slack knows it at once, even where history still lags."""
    message = world.store.get(channel.id, ts)
    if message is None:
        raise RefusedError("message_not_found")
    return message
