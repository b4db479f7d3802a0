"""The server under the door: aiohttp's, told to echo nothing, to log nothing of a request, and not to wait for ever."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from streams import limits
from streams.sources.door import answered
from streams.times import SECOND

_BACKLOG: Final = 512
_Answer = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


class _Connection(web.RequestHandler):
    """The library's own answers to broken heads quote them, keys and all; these do not."""

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,  # noqa: ARG002 - it quotes what was sent
        message: str | None = None,  # noqa: ARG002
    ) -> web.StreamResponse:
        """What the parser refused."""
        if request.writer.output_size > 0:
            raise ConnectionError("an answer has begun")
        answer = answered(status, {"error": f"{HTTPStatus(status).phrase}: this is not HTTP as we read it"})
        answer.force_close()
        return answer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Whoever says nothing for long is hung up on."""
        super().connection_made(transport)
        asyncio.get_running_loop().call_later(limits.PUSH_MS / SECOND, self._hang_up_on_the_silent)

    def _hang_up_on_the_silent(self) -> None:
        if not self._request_count and self.transport is not None:
            self.transport.abort()


class _Server(web.Server):
    def __call__(self) -> web.RequestHandler:
        return _Connection(self, loop=self._loop, **self._kwargs)


@asynccontextmanager
async def serving(
    answer: _Answer, host: str, port: int, certificate: tuple[str, str] | None = None
) -> AsyncIterator[str]:
    """Listen; gives the address. Raises OSError."""
    # Bodies are unpacked by us, within bounds; a request is not worth a line of log.
    told: dict[str, Any] = {"access_log": None, "auto_decompress": False, "lingering_time": 2.0}
    runner = web.ServerRunner(_Server(answer, **told), shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port, ssl_context=_context(certificate), backlog=_BACKLOG).start()
        where, number = runner.addresses[0][:2]
        yield f"{'https' if certificate else 'http'}://{where}:{number}"
    finally:
        await runner.cleanup()


def _context(certificate: tuple[str, str] | None) -> ssl.SSLContext | None:
    if not certificate:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    return context
