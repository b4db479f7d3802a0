"""Opens the door: listens at its address, with or without a certificate."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Final

from aiohttp import web

from streams.server import Answer, runner

_BACKLOG: Final = 512


@dataclass(frozen=True, slots=True)
class Certificate:
    """A chain and its key, in files; `digest` of both tells a renewed one from the one before."""

    chain: Path
    key: Path
    digest: str = ""

    @classmethod
    def of(cls, chain: Path, key: Path) -> Certificate:
        """As it lies there now. Raises OSError when it cannot be used."""
        found = cls(chain, key, blake2b(chain.read_bytes() + key.read_bytes(), digest_size=16).hexdigest())
        found.context()
        return found

    def context(self) -> ssl.SSLContext:
        """What a server speaks TLS with. Raises OSError."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.chain, self.key, password="")  # a locked key is refused, never asked about
        return context


@asynccontextmanager
async def serving(answer: Answer, host: str, port: int, certificate: Certificate | None = None) -> AsyncIterator[str]:
    """Listen; gives the address. Raises OSError."""
    server = runner(answer)
    await server.setup()
    try:
        context = certificate.context() if certificate else None
        await web.TCPSite(server, host, port, ssl_context=context, backlog=_BACKLOG).start()
        where, number = server.addresses[0][:2]
        yield f"{'https' if certificate else 'http'}://{where}:{number}"
    finally:
        await server.cleanup()
