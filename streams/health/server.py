"""/live, /ready and /metrics beside the worker: numbers and reasons, no article, no control.

Bound to loopback unless the settings say otherwise; with a token set, reasons and metrics are for its bearer only.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import Callable
from typing import Final

from aiohttp import web

from streams.health.signs import Verdict
from streams.server import answered, runner

log = logging.getLogger(__name__)

_TAKEN_S: Final = 5.0
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
        server = runner(self._answer)
        await server.setup()
        try:
            await self._bound(server)
            await asyncio.Event().wait()
        finally:
            await server.cleanup()

    async def _bound(self, server: web.ServerRunner) -> None:
        warned = False
        while True:
            site = web.TCPSite(server, self._host, self._port)
            try:
                await site.start()
            except OSError as fault:
                if not warned:
                    mend = "two workers of one machine need each a TAPEWIRE_HEALTH of their own"
                    log.warning(
                        "health: %s:%d cannot be served yet: %s; %s", self._host, self._port, fault.strerror, mend
                    )
                warned = True
                await site.stop()
                await asyncio.sleep(_TAKEN_S)
            else:
                log.info("health: http://%s:%d/ready", self._host, self._port)
                return

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path not in ("/live", "/ready", "/metrics"):
            return answered(404, b"")
        if request.method not in ("GET", "HEAD"):
            return answered(405, b"", {"Allow": "GET, HEAD"})
        if request.path == "/metrics":
            return self._told(request)
        return self._judged(request, request.path[1:])

    def _may(self, request: web.BaseRequest) -> bool:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ").encode("utf-8", "replace")
        return not self._token or hmac.compare_digest(given, self._token.encode())

    def _judged(self, request: web.BaseRequest, what: str) -> web.StreamResponse:
        verdict = self._verdict()
        against = verdict.live if what == "live" else verdict.ready
        said: dict[str, object] = {what: not against}
        if self._may(request):
            said |= {"reasons": against, "notes": verdict.notes}
        return answered(503 if against else 200, said)

    def _told(self, request: web.BaseRequest) -> web.StreamResponse:
        if not self._may(request):
            return answered(401, b"", {"WWW-Authenticate": "Bearer"})
        answer = answered(200, self._metrics())
        answer.headers["Content-Type"] = _TEXT
        return answer
