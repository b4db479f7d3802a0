"""Addresses that are their own password: incoming webhooks and response_urls. They answer in plain text."""

from __future__ import annotations

from aiohttp import web

from tests.slack_server.basics import JSON, RefusedError, is_true
from tests.slack_server.pipeline import perform, struck
from tests.slack_server.plan import Plan
from tests.slack_server.request import Call, read_json
from tests.slack_server.store import Message
from tests.slack_server.validate import check_content
from tests.slack_server.workspace import Channel, Response, Token
from tests.slack_server.world import World

HOOK_BOT = Token(user_id="U0HOOK", bot_id="B0HOOK")


async def webhook(world: World, request: web.Request, args: JSON) -> web.StreamResponse:
    """`POST /services/...`: `ok` and no timestamp; errors by status and one word."""
    if request.path not in world.workspace.hooks:
        raise RefusedError("no_service", status=404)
    await _read(request, args)
    args["channel"] = world.workspace.hooks[request.path]
    if (answer := await struck(world, request, "before", "webhook", args)) is not None:
        return answer
    world.pace.admit("webhook", request.path)
    channel = _open_channel(world, args["channel"])
    _check(world, "webhook", args)
    call = Call("webhook", args, HOOK_BOT)
    outcome = await perform(world, request, call, _post(world, channel, call))
    return outcome if isinstance(outcome, web.StreamResponse) else web.Response(text="ok")


async def _read(request: web.Request, args: JSON) -> None:
    try:
        args.update(read_json(await request.read()))
    except RefusedError as error:
        raise RefusedError("invalid_payload", *error.messages, status=400) from error


def _open_channel(world: World, wanted: str) -> Channel:
    channel = world.workspace.channels.get(wanted)
    if channel is None:
        raise RefusedError("channel_not_found", status=404)
    if channel.archived:
        raise RefusedError("channel_is_archived", status=410)
    if channel.refuses:
        raise RefusedError("action_prohibited", status=403)
    return channel


def _check(world: World, method: str, args: JSON) -> None:
    told = {name: value for name, value in args.items() if name != "channel"}
    try:
        check_content(told)
        world.lint(method, told)
    except RefusedError as error:
        error.status = 400
        raise


def _post(world: World, channel: Channel, call: Call) -> Plan:
    def deed() -> JSON:
        message = world.compose(channel.id, call.args, call.who)
        world.accept(message, call.args, via=call.method)
        return {}

    return deed


async def response_url(world: World, request: web.Request, args: JSON) -> web.StreamResponse:
    """`POST /response/...`: answers an interaction, five times within half an hour."""
    response = world.workspace.responses.get(request.path)
    if response is None or response.uses < 1 or world.clock() > response.until:
        raise RefusedError("used_url" if response else "no_service", status=404)
    await _read(request, args)
    if not is_true(args.get("delete_original")):
        _check(world, "response_url", args)
    response.uses -= 1
    world.journal.write("response", channel=response.channel, ts=response.ts, args=args)
    _respond(world, response, args)
    return web.Response(text="ok")


def _respond(world: World, response: Response, args: JSON) -> None:
    original = world.store.get(response.channel, response.ts)
    if original is not None and is_true(args.get("delete_original")):
        world.journal.write("delete", channel=original.channel, ts=original.ts)
        world.store.remove(original.channel, original.ts)
    elif original is not None and is_true(args.get("replace_original")):
        _replace(world, original, args)
    elif args.get("response_type") == "in_channel":
        world.accept(world.compose(response.channel, args, Token()), args, via="response_url")
    else:
        world.ephemerals.append(world.journal.write("ephemeral", channel=response.channel, **args))


def _replace(world: World, original: Message, args: JSON) -> None:
    original.text = args.get("text") or ""
    original.blocks = world.store.named(args.get("blocks") or None, rewrite=False)
    told = {"text": original.text, "blocks": original.blocks, "metadata": original.metadata}
    world.journal.write("update", channel=original.channel, ts=original.ts, **told)
