"""The HTTP server of door and health: aiohttp's, told to echo and log nothing of a request, not to wait for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any, Final

import orjson
from aiohttp import web

from streams.basics import limits
from streams.basics.times import SECOND

_SAFE: Final = {"Server": "tapewire", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
Answer = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


def answered(status: int, told: Mapping[str, Any] | bytes, headers: Mapping[str, str] | None = None) -> web.Response:
    """JSON, with the headers of every answer."""
    body = told if isinstance(told, bytes) else orjson.dumps(told)
    return web.Response(status=status, body=body, content_type="application/json", headers=_SAFE | dict(headers or {}))


def runner(answer: Answer) -> web.ServerRunner:
    """To be set up, given sites, and cleaned up. Whoever sends no whole head within `SILENT_MS` is hung up on."""
    # Bodies are unpacked by us, within bounds; a request is not worth a line of log.
    told: dict[str, Any] = {"access_log": None, "auto_decompress": False, "lingering_time": 2.0}
    return web.ServerRunner(_Server(answer, keepalive_timeout=limits.SILENT_MS / SECOND, **told), shutdown_timeout=1.0)


class _Server(web.Server):
    def __call__(self) -> web.RequestHandler:
        return _Connection(self, loop=self._loop, **self._kwargs)


class _Connection(web.RequestHandler):
    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,  # noqa: ARG002 - it quotes what was sent
        message: str | None = None,  # noqa: ARG002
    ) -> web.StreamResponse:
        """What the parser refused. The library's own answers quote broken heads, keys and all; this does not."""
        if request.writer.output_size > 0:
            raise ConnectionError("an answer has begun")
        answer = answered(status, {"error": f"{HTTPStatus(status).phrase}: this is not HTTP as we read it"})
        answer.force_close()
        return answer

    def connection_made(self, transport: Any) -> None:
        """One too many: who has waited longest without a request goes, so that a flood keeps nobody out."""
        super().connection_made(transport)
        held = self._manager.connections if self._manager else []
        if len(held) > limits.CONNECTIONS:
            idle = (c for c in held if isinstance(c, _Connection) and c.idle)
            next(idle, self).hang_up()

    @property
    def idle(self) -> bool:
        """Whether it is open and no request of it is in hand."""
        return self._current_request is None and self.transport is not None and not self.transport.is_closing()

    def hang_up(self) -> None:
        """At once."""
        if isinstance(self.transport, asyncio.Transport):
            self.transport.abort()
