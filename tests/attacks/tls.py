"""A page over TLS and HTTP/2 on 127.0.0.1, under whatever name its certificate has; notes what it was asked."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import trustme
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import RequestReceived

from tests.attacks.server import FEED


@dataclass(slots=True)
class Secure:
    """What was said to the server."""

    trust: ssl.SSLContext
    port: int = 0
    names: list[str | None] = field(default_factory=list)
    requests: list[dict[str, str]] = field(default_factory=list)
    connections: int = 0


async def _speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, secure: Secure) -> None:
    secure.connections += 1
    told = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
    told.initiate_connection()
    try:
        while True:
            writer.write(told.data_to_send())
            await writer.drain()
            data = await reader.read(65_536)
            if not data:
                return
            for event in told.receive_data(data):
                if isinstance(event, RequestReceived):
                    secure.requests.append({str(k): str(v) for k, v in event.headers or ()})
                    told.send_headers(event.stream_id, [(":status", "200"), ("content-type", "text/xml")])
                    told.send_data(event.stream_id, FEED, end_stream=True)
    except OSError:
        pass
    finally:
        writer.close()


@asynccontextmanager
async def secure_server(certificate: str) -> AsyncIterator[Secure]:
    """With a certificate for this name, by an authority that only `trust` knows."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["h2"])
    authority.issue_cert(certificate).configure_cert(context)
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    secure = Secure(trust)
    context.sni_callback = lambda _socket, name, _context: secure.names.append(name)
    server = await asyncio.start_server(lambda r, w: _speak(r, w, secure), "127.0.0.1", 0, ssl=context)
    secure.port = server.sockets[0].getsockname()[1]
    try:
        yield secure
    finally:
        server.close()
