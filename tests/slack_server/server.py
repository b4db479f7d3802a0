"""The aiohttp application: addresses, and the form of answers. What happens to a call is in `pipeline`."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

from aiohttp import web

from tests.slack_server.basics import JSON, RefusedError
from tests.slack_server.breakage import broken
from tests.slack_server.control import control
from tests.slack_server.hooks import response_url, webhook
from tests.slack_server.pipeline import answer_call
from tests.slack_server.request import bearer, read_json
from tests.slack_server.world import World, markers

HOST = "127.0.0.1"  # never anything else: the server believes every caller
LARGEST_BODY = 1024 * 1024
Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]
HookHandler: TypeAlias = Callable[[World, web.Request, JSON], Awaitable[web.StreamResponse]]


def create_app(world: World) -> web.Application:
    """The application over one world."""
    app = web.Application(client_max_size=LARGEST_BODY)
    api = _api(world)
    app.add_routes(
        [
            web.get("/api/{method}", api),
            web.post("/api/{method}", api),
            web.get("/_ws", _sockets(world)),
            web.post("/services/{rest:.*}", _hook(world, "webhook", webhook)),
            web.post("/response/{rest:.*}", _hook(world, "response_url", response_url)),
            web.post("/_ctl/{op}", _ctl(world)),
        ]
    )

    async def close(_app: web.Application) -> None:
        world.closing.set()
        for task in world.late:
            task.cancel()
        await world.sockets.close()

    app.on_shutdown.append(close)
    return app


def _api(world: World) -> Handler:
    async def api(request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        world.calls[method] += 1
        args: JSON = {}
        try:
            answer = await answer_call(world, request, method, args)
        except RefusedError as error:
            _journal_refusal(world, method, args, error)
            return web.json_response(error.body(), status=error.status, headers=error.headers)
        if isinstance(answer, web.StreamResponse):
            return answer
        return web.json_response({"ok": True, **answer}, headers=_told(world, request))

    return api


def _told(world: World, request: web.Request) -> dict[str, str]:
    """The headers by which Slack tells an app its scopes."""
    who = world.workspace.tokens.get(bearer(request, {}))
    scopes = ",".join(sorted(who.scopes)) if who else ""
    return {"x-slack-req-id": f"req{next(world.ids)}", "x-oauth-scopes": scopes}


def _journal_refusal(world: World, method: str, args: JSON, error: RefusedError) -> None:
    world.journal.write(
        "refuse",
        method=method,
        error=error.code,
        detail="; ".join(error.messages),
        status=error.status,
        channel=args.get("channel"),
        markers=markers(args),
        early=error.early,
    )


def _hook(world: World, method: str, handler: HookHandler) -> Handler:
    async def hook(request: web.Request) -> web.StreamResponse:
        world.calls[method] += 1
        if fault := world.outage():
            return await broken(request, fault, world.closing)
        args: JSON = {}
        try:
            return await handler(world, request, args)
        except RefusedError as error:
            _journal_refusal(world, method, args, error)
            words = "rate_limited" if error.code == "ratelimited" else error.code
            return web.Response(text=words, status=error.status, headers=error.headers)

    return hook


def _sockets(world: World) -> Handler:
    async def sockets(request: web.Request) -> web.StreamResponse:
        if fault := world.outage():
            return await broken(request, fault, world.closing)
        return await world.sockets.serve(request)

    return sockets


def _ctl(world: World) -> Handler:
    async def ctl(request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        try:
            order = read_json(raw) if raw else {}
            base = f"http://{request.host}"
            answer = await control(world, request.match_info["op"], order, base)
        except RefusedError as error:
            status = error.status if error.status != web.HTTPOk.status_code else web.HTTPBadRequest.status_code
            return web.json_response(error.body(), status=status)
        return web.json_response(answer, dumps=_dumps)

    return ctl


def _dumps(answer: object) -> str:
    return json.dumps(answer, default=str)


@dataclass(slots=True)
class Running:
    """A server that listens."""

    world: World
    port: int
    _runner: web.AppRunner

    async def stop(self) -> None:
        """Closes every connection, whatever hangs on it, and the journal."""
        await self._runner.cleanup()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*self.world.late, return_exceptions=True)
        self.world.journal.close()


async def start(world: World, port: int = 0) -> Running:
    """Listens on 127.0.0.1; port 0 takes a free one."""
    runner = web.AppRunner(create_app(world), access_log=None, shutdown_timeout=5.0)
    await runner.setup()
    site = web.TCPSite(runner, HOST, port)
    await site.start()
    return Running(world, runner.addresses[0][1], runner)
