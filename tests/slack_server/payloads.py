"""What Slack sends when a person presses a button or types a command."""

from __future__ import annotations

from typing import Any

from tests.slack_server.basics import JSON, RefusedError
from tests.slack_server.store import Message, spelled
from tests.slack_server.world import World

PERSON = "U0HUMAN"
_TEAM = {"id": "T0TEST", "domain": "test"}


def block_actions(world: World, order: JSON, base: str) -> JSON:
    """The payload of a press on an element that the message really has; raises if it has none such."""
    message = world.store.get(str(order.get("channel")), order.get("ts"))
    if message is None:
        raise RefusedError("message_not_found", "nobody can press a button that is not there", status=404)
    user = str(order.get("user", PERSON))
    response = world.workspace.mint_response(message.channel, message.ts, world.clock())
    return {
        "type": "block_actions",
        "user": {"id": user, "username": user.lower(), "name": user.lower(), "team_id": _TEAM["id"]},
        "api_app_id": message.app_id,
        "container": {"type": "message", "message_ts": message.ts, "channel_id": message.channel},
        "trigger_id": world.workspace.mint_trigger(world.clock()),
        "team": _TEAM,
        "enterprise": None,
        "is_enterprise_install": False,
        "channel": {"id": message.channel, "name": world.workspace.channels[message.channel].name},
        "message": message.shown(all_metadata=False),
        "state": {"values": {}},
        "response_url": f"{base}{response}",
        "actions": [_action(world, message, order)],
    }


def _action(world: World, message: Message, order: JSON) -> JSON:
    block, element = _pressed(message, order)
    action: JSON = {
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "action_ts": str(order.get("action_ts") or spelled(int(world.now() * 1_000_000))),
    }
    if element["type"] == "button":
        told = ("text", "value", "style", "url")
        return {**action, **{name: element[name] for name in told if name in element}}
    return {**action, "selected_option": _chosen(element, order.get("value"))}


def _pressed(message: Message, order: JSON) -> tuple[JSON, JSON]:
    wanted = (order.get("action_id"), order.get("block_id"))
    for block in message.blocks or ():
        for element in [*block.get("elements", ()), block.get("accessory", {})]:
            if element.get("action_id") == wanted[0] and wanted[1] in (None, block["block_id"]):
                return block, element
    raise RefusedError("element_not_found", f"the message has no {wanted[0]}", status=404)


def _chosen(element: JSON, value: Any) -> JSON:
    options: list[JSON] = element["options"]
    for option in options:
        if value in (None, option["value"]):
            return option
    raise RefusedError("option_not_found", f"{element['action_id']} does not offer {value}", status=404)


def slash_command(world: World, order: JSON, base: str) -> JSON:
    """The payload of a slash command, which people may type where the bot is not: that makes it no member there."""
    channel, user = str(order.get("channel", "C0ALERTS")), str(order.get("user", PERSON))
    response = world.workspace.mint_response(channel, None, world.clock())
    return {
        "team_id": _TEAM["id"],
        "team_domain": _TEAM["domain"],
        "channel_id": channel,
        "channel_name": _named(world, channel),
        "user_id": user,
        "user_name": user.lower(),
        "command": str(order.get("command", "/alerts")),
        "text": str(order.get("text", "")),
        "api_app_id": "A0TEST",
        "is_enterprise_install": "false",
        "response_url": f"{base}{response}",
        "trigger_id": world.workspace.mint_trigger(world.clock()),
    }


def _named(world: World, channel: str) -> str:
    """A channel's name; what Slack calls a conversation that the bot knows nothing of."""
    if channel in world.workspace.channels:
        return world.workspace.channels[channel].name
    return "directmessage" if channel.startswith("D") else "privategroup"
