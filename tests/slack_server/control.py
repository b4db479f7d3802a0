"""`POST /_ctl/<op>`: what a test does to the server, and what it asks of it."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import TypeAlias

from tests.slack_server.basics import JSON, RefusedError
from tests.slack_server.faults import ordered
from tests.slack_server.payloads import block_actions, slash_command
from tests.slack_server.workspace import BOT_TOKEN
from tests.slack_server.world import World

Op: TypeAlias = Callable[[World, JSON, str], Awaitable[JSON]]


async def _fault(world: World, order: JSON, _base: str) -> JSON:
    """Orders one fault."""
    world.faults.add(ordered(order))
    return {}


async def _faults_clear(world: World, _order: JSON, _base: str) -> JSON:
    """Drops every fault, and ends an outage."""
    world.faults.clear()
    world.end_outage()
    return {}


async def _outage(world: World, order: JSON, _base: str) -> JSON:
    """Breaks every call for `s` seconds (for good without), as `how` says; a page with status 503 unless told."""
    how = {"do": "html", **order.get("how", {})}
    world.start_outage(float(order.get("s", math.inf)), ordered(how))
    return {}


async def _revoke(world: World, order: JSON, _base: str) -> JSON:
    """Kills a token: it now meets `error`."""
    world.workspace.dead[str(order.get("token", BOT_TOKEN))] = str(order.get("error", "token_revoked"))
    return {}


async def _restore(world: World, order: JSON, _base: str) -> JSON:
    """Revives every token, or one, new or known, with other scopes, team or bot if given."""
    changes = {name: value for name, value in order.items() if name != "token"}
    if "token" not in order:
        world.workspace.dead.clear()
    if order:
        world.workspace.set_token(str(order.get("token", BOT_TOKEN)), changes)
    return {}


async def _channel(world: World, order: JSON, _base: str) -> JSON:
    """Makes a channel, or changes it: `{"id": ..., "set": {"archived": true}}`."""
    return {"channel": asdict(world.workspace.set_channel(str(order["id"]), order.get("set", {})))}


async def _config(world: World, order: JSON, _base: str) -> JSON:
    """Changes settings."""
    world.settings.change(**order)
    return {"settings": asdict(world.settings)}


async def _click(world: World, order: JSON, base: str) -> JSON:
    """Presses a button or chooses from a menu; with `wait`, waits so long for the acknowledgement."""
    payload = order.get("payload") or block_actions(world, order, base)
    return await _sent(world, str(order.get("type", "interactive")), payload, order)


async def _command(world: World, order: JSON, base: str) -> JSON:
    """Types a slash command; with `wait`, waits so long for the acknowledgement."""
    payload = order.get("payload") or slash_command(world, order, base)
    return await _sent(world, "slash_commands", payload, order)


async def _sent(world: World, kind: str, payload: JSON, order: JSON) -> JSON:
    envelope, delivered = await world.sockets.send(kind, payload)
    ack = await world.sockets.acked(envelope, float(order["wait"])) if delivered and "wait" in order else None
    return {"envelope_id": envelope, "delivered": delivered, "payload": payload, "ack": ack}


async def _disconnect(world: World, order: JSON, _base: str) -> JSON:
    """Closes every socket, with Slack's usual word of warning."""
    return {"closed": await world.sockets.disconnect(str(order.get("reason", "refresh_requested")))}


async def _reset(world: World, _order: JSON, _base: str) -> JSON:
    """As new, see `World.reset`."""
    world.reset()
    return {}


async def _state(world: World, _order: JSON, _base: str) -> JSON:
    """Everything the server knows."""
    now = world.clock()
    return {
        "messages": {
            channel: [{**m.shown(), "visible": m.visible_at <= now} for m in world.store.channel(channel)]
            for channel in world.store.channels()
        },
        "calls": dict(world.calls),
        "lints": world.lints,
        "acks": world.sockets.acks,
        "faults": world.faults.listed(),
        "ephemerals": world.ephemerals,
        "views": world.views,
        "sockets": world.sockets.count(),
        "settings": asdict(world.settings),
    }


OPS: dict[str, Op] = {
    "channel": _channel,
    "click": _click,
    "command": _command,
    "config": _config,
    "disconnect": _disconnect,
    "fault": _fault,
    "faults_clear": _faults_clear,
    "outage": _outage,
    "reset": _reset,
    "restore": _restore,
    "revoke": _revoke,
    "state": _state,
}


async def control(world: World, op: str, order: JSON, base: str) -> JSON:
    """Does what a test orders; `base` is the address under which it reached the server."""
    if op not in OPS:
        raise RefusedError("unknown_op", f"one of {', '.join(OPS)}", status=404)
    return {"ok": True, **await OPS[op](world, order, base)}
