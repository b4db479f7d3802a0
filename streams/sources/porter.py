"""Opens the door: listens at its address, with or without a certificate."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from aiohttp import web

from streams.server import Answer, runner

_BACKLOG: Final = 512


@asynccontextmanager
async def serving(
    answer: Answer, host: str, port: int, certificate: tuple[str, str] | None = None
) -> AsyncIterator[str]:
    """Listen; gives the address. Raises OSError."""
    server = runner(answer)
    await server.setup()
    try:
        await web.TCPSite(server, host, port, ssl_context=_context(certificate), backlog=_BACKLOG).start()
        where, number = server.addresses[0][:2]
        yield f"{'https' if certificate else 'http'}://{where}:{number}"
    finally:
        await server.cleanup()


def _context(certificate: tuple[str, str] | None) -> ssl.SSLContext | None:
    if not certificate:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    return context
