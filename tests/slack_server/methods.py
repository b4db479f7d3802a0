"""Every method the server knows: who may call it, and what it does."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from tests.slack_server import chat, conversations
from tests.slack_server.basics import JSON, RefusedError
from tests.slack_server.plan import Plan
from tests.slack_server.request import Call
from tests.slack_server.rooms import held_message, readable_channel
from tests.slack_server.validate import check_content, check_view
from tests.slack_server.world import World

_EMOJI = re.compile(r"[a-z0-9_+'-]{1,100}")


@dataclass(frozen=True, slots=True)
class Method:
    """What a method does, any one of the scopes it needs, and whether it changes anything."""

    run: Callable[[World, Call], Plan]
    scopes: tuple[str, ...] = ()
    kind: str | None = "xoxb-"  # how the tokens it accepts begin; None: it needs no token
    writes: bool = True


def auth_test(world: World, call: Call) -> Plan:
    """`auth.test`: whom the token speaks for."""
    who = call.who
    told = {"team_id": who.team_id, "user_id": who.user_id, "bot_id": who.bot_id}
    return lambda: {"url": "https://test.slack.com/", "team": "Test", "user": "bot", **told}


def api_test(_world: World, call: Call) -> Plan:
    """`api.test`: gives back what it got; fails if told to."""
    if "error" in call.args:
        raise RefusedError(str(call.args["error"]), extra={"args": call.args})
    return lambda: {"args": call.args}


def blocks_validate(_world: World, call: Call) -> Plan:
    """`blocks.validate`: the same judgement as posting, without posting."""
    check_content({"text": "-", "blocks": call.args.get("blocks", "")})
    return dict


def reactions_add(world: World, call: Call) -> Plan:
    """`reactions.add`."""
    channel = readable_channel(world, call)
    if channel.archived:
        raise RefusedError("is_archived")
    message = held_message(world, channel, call.args.get("timestamp"))
    name = str(call.args.get("name", "")).strip(":")
    if not _EMOJI.fullmatch(name):
        raise RefusedError("invalid_name")
    if call.who.user_id in message.reactions.get(name, ()):
        raise RefusedError("already_reacted")

    def deed() -> JSON:
        world.journal.write("reaction", channel=channel.id, ts=message.ts, name=name, user=call.who.user_id)
        message.reactions.setdefault(name, []).append(call.who.user_id)
        return {}

    return deed


def views_open(world: World, call: Call) -> Plan:
    """`views.open`: within three seconds of the click, and once."""
    view = call.args.get("view")
    check_view(view)
    world.workspace.use_trigger(call.args.get("trigger_id"), world.clock())

    def deed() -> JSON:
        opened = {**(view if isinstance(view, dict) else {}), "id": f"V{next(world.ids):08d}"}
        world.views.append(opened)
        world.journal.write("view", view=opened)
        return {"view": opened}

    return deed


def connections_open(world: World, call: Call) -> Plan:
    """`apps.connections.open`: the address of a socket; ten may be open."""
    ticket = world.sockets.ticket()
    return lambda: {"url": f"ws://{call.host}/_ws?ticket={ticket}"}


_WRITE = ("chat:write",)
_HISTORY = ("channels:history", "groups:history")
_READ = ("channels:read", "groups:read")

METHODS: dict[str, Method] = {
    "api.test": Method(api_test, kind=None, writes=False),
    "apps.connections.open": Method(connections_open, ("connections:write",), kind="xapp-"),
    "auth.test": Method(auth_test, kind="x", writes=False),
    "blocks.validate": Method(blocks_validate, kind=None, writes=False),
    "chat.delete": Method(chat.delete, _WRITE),
    "chat.getPermalink": Method(chat.permalink, writes=False),
    "chat.postEphemeral": Method(chat.post_ephemeral, _WRITE),
    "chat.postMessage": Method(chat.post_message, _WRITE),
    "chat.update": Method(chat.update, _WRITE),
    "conversations.history": Method(conversations.history, _HISTORY, writes=False),
    "conversations.info": Method(conversations.info, _READ, writes=False),
    "conversations.list": Method(conversations.listing, _READ, writes=False),
    "conversations.replies": Method(conversations.replies, _HISTORY, writes=False),
    "reactions.add": Method(reactions_add, ("reactions:write",)),
    "views.open": Method(views_open),
}
