"""What happens to a call, and in which order: the order is a promise, tests rely on it."""

from __future__ import annotations

import asyncio

from aiohttp import web

from tests.slack_server.basics import JSON, RefusedError
from tests.slack_server.breakage import Cut, broken, nap
from tests.slack_server.faults import Fault, Point
from tests.slack_server.lints import Lint
from tests.slack_server.methods import METHODS, Method
from tests.slack_server.plan import Plan
from tests.slack_server.request import Call, bearer, read_arguments
from tests.slack_server.workspace import Token
from tests.slack_server.world import World, markers

HELD = 60.0  # how long a call that is accepted late is kept waiting for an answer that never comes


async def answer_call(world: World, request: web.Request, name: str, args: JSON) -> JSON | web.StreamResponse:
    """outage, body, token, scope, fault before, pace, channel and content, store, fault after, answer.

    `args` starts empty and is filled here, so that a refusal can be journaled with what was asked.
    """
    if fault := world.outage():
        return await _broken(world, request, fault, name, args)
    if name not in METHODS:
        raise RefusedError("unknown_method")
    method = METHODS[name]
    args.update(await read_arguments(request))
    call = Call(name, args, _authorised(world, method, bearer(request, args)), request.host)
    if method.writes and request.method != "POST":
        world.report(name, args, Lint("x_lint_get_for_write", "a GET may be repeated by anything on the way"))
    if (answer := await struck(world, request, "before", name, args)) is not None:
        return answer
    world.pace.admit(name, call.who.token, args.get("channel"))
    return await perform(world, request, call, method.run(world, call))


def _authorised(world: World, method: Method, token: str) -> Token:
    if method.kind is None:
        return Token()
    who = world.workspace.identify(token)
    if not token.startswith(method.kind):
        raise RefusedError("not_allowed_token_type")
    if method.scopes and not who.scopes & set(method.scopes):
        told = {"needed": ",".join(method.scopes), "provided": ",".join(sorted(who.scopes))}
        raise RefusedError("missing_scope", extra=told)
    return who


async def perform(world: World, request: web.Request, call: Call, plan: Plan) -> JSON | web.StreamResponse:
    """Does what was planned, unless a fault has it done late, or spoils the answer."""
    if fault := world.faults.due("late", call.method, call.args):
        _told(world, fault, call.method, call.args)
        return await _late(world, fault, plan)
    answer = plan()
    spoilt = await struck(world, request, "after", call.method, call.args)
    return answer if spoilt is None else spoilt


async def struck(
    world: World, request: web.Request, point: Point, method: str, args: JSON
) -> web.StreamResponse | None:
    """The broken answer if a fault strikes at this point; a delay takes its time and breaks nothing."""
    fault = world.faults.due(point, method, args)
    if fault is None:
        return None
    if fault.how.get("hold"):
        token = request.path if method == "webhook" else bearer(request, {})
        world.pace.hold(method, token, args.get("channel"), float(fault.how.get("retry_after", 1)))
    if fault.do == "delay":
        _told(world, fault, method, args)
        await nap(float(fault.how["s"]), world.closing)
        return None
    return await _broken(world, request, fault, method, args)


async def _broken(world: World, request: web.Request, fault: Fault, method: str, args: JSON) -> web.StreamResponse:
    _told(world, fault, method, args)
    return await broken(request, fault, world.closing)


def _told(world: World, fault: Fault, method: str, args: JSON) -> None:
    where = {"method": method, "channel": args.get("channel"), "markers": markers(args)}
    world.journal.write("fault", do=fault.do, when=fault.point, **where)


async def _late(world: World, fault: Fault, plan: Plan) -> web.StreamResponse:
    async def accept() -> None:
        await asyncio.sleep(float(fault.how["s"]))
        plan()

    task = asyncio.create_task(accept())
    world.late.add(task)
    task.add_done_callback(world.late.discard)
    await nap(float(fault.how.get("hang", HELD)), world.closing)
    return Cut()
