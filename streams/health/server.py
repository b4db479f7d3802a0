"""/live, /ready and /metrics beside the worker: numbers and reasons, no article, no control.

Bound to loopback unless the settings say otherwise; with a token set, reasons and metrics are for its bearer only.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from streams.health.signs import Verdict

log = logging.getLogger(__name__)

_TAKEN_S: Final = 5.0
_HEADERS: Final = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_TEXT: Final = "text/plain; version=0.0.4; charset=utf-8"


class HealthServer:
    """Serves until it is cancelled."""

    def __init__(
        self, host: str, port: int, token: str, *, verdict: Callable[[], Verdict], metrics: Callable[[], bytes]
    ) -> None:
        self._host, self._port, self._token = host, port, token
        self._verdict, self._metrics = verdict, metrics

    async def run(self) -> None:
        """Serve; while another process has the port (the worker we take over from, say), try again."""
        runner = web.AppRunner(self._app(), access_log=None, handle_signals=False)
        await runner.setup()
        try:
            await self._bound(runner)
            await asyncio.Event().wait()
        finally:
            await runner.cleanup()

    async def _bound(self, runner: web.AppRunner) -> None:
        warned = False
        while True:
            site = web.TCPSite(runner, self._host, self._port)
            try:
                await site.start()
            except OSError as fault:
                if not warned:
                    log.warning("health: %s:%d cannot be served yet: %s", self._host, self._port, fault.strerror)
                warned = True
                await site.stop()
                await asyncio.sleep(_TAKEN_S)
            else:
                log.info("health: http://%s:%d/ready", self._host, self._port)
                return

    def _app(self) -> web.Application:
        app = web.Application(client_max_size=1_024)
        app.add_routes(
            [web.get("/live", self._asking("live")), web.get("/ready", self._asking("ready")),
             web.get("/metrics", self._told)]
        )  # fmt: skip
        return app

    def _may(self, request: web.Request) -> bool:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ").encode()
        return not self._token or hmac.compare_digest(given, self._token.encode())

    def _asking(self, what: str) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def answer(request: web.Request) -> web.StreamResponse:
            verdict = self._verdict()
            against = verdict.live if what == "live" else verdict.ready
            said: dict[str, object] = {what: not against}
            if self._may(request):
                said |= {"reasons": against, "notes": verdict.notes}
            return web.json_response(said, status=503 if against else 200, headers=_HEADERS)

        return answer

    async def _told(self, request: web.Request) -> web.StreamResponse:
        if not self._may(request):
            return web.Response(status=401, headers=_HEADERS | {"WWW-Authenticate": "Bearer"})
        return web.Response(body=self._metrics(), headers=_HEADERS | {"Content-Type": _TEXT})
