"""How a fault looks on the wire: every way an answer can be missing, wrong or half there."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter

from tests.slack_server.faults import Fault

FOREVER = 3600.0
_HALF_AN_ANSWER = b'{"ok":true,"channel":"C0AL'
_PAGE = "<html><body><h1>503 Service Unavailable</h1></body></html>"


class Cut(web.Response):
    """No answer at all: the connection ends. With `reset` the client sees a TCP reset instead of an orderly end."""

    def __init__(self, *, reset: bool = False) -> None:
        super().__init__()
        self._with_reset = reset

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        """Ends the connection; aiohttp takes the error for a client that left."""
        transport = request.transport
        if transport is not None:
            if self._with_reset:
                wire = transport.get_extra_info("socket")
                # closing with unsent data dropped and no linger is what makes the kernel send RST
                wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                transport.abort()
            else:
                transport.close()
        raise ConnectionResetError("cut on order")


async def broken(request: web.Request, fault: Fault, closing: asyncio.Event) -> web.StreamResponse:
    """The broken answer that was ordered. `closing` ends a hang early, when the server stops."""
    if fault.do == "hang":
        await nap(float(fault.how.get("s", FOREVER)), closing)
    return await _BREAKAGES[fault.do](request, fault)


async def nap(seconds: float, closing: asyncio.Event) -> None:
    """Sleeps, but not past the end of the server."""
    try:
        await asyncio.wait_for(closing.wait(), seconds)
    except TimeoutError:
        return


def _headers(fault: Fault) -> dict[str, str]:
    headers = {str(name): str(value) for name, value in fault.how.get("headers", {}).items()}
    if "retry_after" in fault.how:
        headers["Retry-After"] = str(fault.how["retry_after"])
    return headers


async def _json(_request: web.Request, fault: Fault) -> web.StreamResponse:
    status = int(fault.how.get("status", 200))
    if "body" in fault.how:
        return web.Response(status=status, body=str(fault.how["body"]).encode(), headers=_headers(fault))
    code = fault.how.get("error", "ratelimited" if status == web.HTTPTooManyRequests.status_code else "internal_error")
    return web.json_response({"ok": False, "error": code}, status=status, headers=_headers(fault))


async def _html(_request: web.Request, fault: Fault) -> web.StreamResponse:
    status, page = int(fault.how.get("status", 503)), str(fault.how.get("body", _PAGE))
    return web.Response(status=status, text=page, content_type="text/html", headers=_headers(fault))


async def _text429(_request: web.Request, fault: Fault) -> web.StreamResponse:
    headers = {"Retry-After": "1"} | _headers(fault)
    return web.Response(status=429, text="rate_limited", headers=headers)


async def _close(_request: web.Request, _fault: Fault) -> web.StreamResponse:
    return Cut()


async def _rst(_request: web.Request, _fault: Fault) -> web.StreamResponse:
    return Cut(reset=True)


async def _truncate(request: web.Request, _fault: Fault) -> web.StreamResponse:
    headers = {"Content-Type": "application/json", "Content-Length": "400"}
    response = web.StreamResponse(headers=headers)
    await response.prepare(request)
    await response.write(_HALF_AN_ANSWER)
    if request.transport is not None:
        request.transport.close()  # an orderly close still delivers the half that was written
    return response


_BREAKAGES: dict[str, Callable[[web.Request, Fault], Awaitable[web.StreamResponse]]] = {
    "status": _json,
    "error": _json,
    "html": _html,
    "text429": _text429,
    "close": _close,
    "rst": _rst,
    "truncate": _truncate,
    "hang": _close,
    "late_accept": _close,
}
