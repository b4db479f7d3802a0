"""Socket Mode: hello, envelopes to one of the open sockets, and the times at which they were acknowledged."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

import orjson
from aiohttp import WSCloseCode, WSMsgType, web

from tests.slack_server.basics import JSON, Clock, RefusedError
from tests.slack_server.journal import Journal

MOST_SOCKETS = 10
ACK_SECONDS = 3.0
# a slash command may be answered in its acknowledgement, a button press may not
ANSWERABLE = {"slash_commands"}


class Sockets:
    """The open connections of one app, the envelopes sent over them, and their acknowledgements."""

    def __init__(self, journal: Journal, clock: Clock) -> None:
        self._journal = journal
        self._clock = clock
        self._ids = itertools.count(1)
        self._tickets: set[str] = set()
        self._open: dict[str, web.WebSocketResponse] = {}
        self._waiting: dict[str, asyncio.Event] = {}
        self._sent_at: dict[str, float] = {}
        self._turn = 0
        self.acks: dict[str, JSON] = {}

    def ticket(self) -> str:
        """The right to open one more socket; raises when ten are open."""
        if len(self._open) >= MOST_SOCKETS:
            raise RefusedError("too_many_websockets")
        ticket = f"ticket{next(self._ids)}"
        self._tickets.add(ticket)
        return ticket

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One connection, from hello to its end."""
        if request.query.get("ticket") not in self._tickets:
            return web.Response(status=403, text="no such ticket")
        if len(self._open) >= MOST_SOCKETS:
            return web.Response(status=409, text="too_many_websockets")
        socket = web.WebSocketResponse(timeout=1.0)  # a client that was killed does not say goodbye
        await socket.prepare(request)
        name = f"socket{next(self._ids)}"
        self._open[name] = socket
        try:
            await socket.send_json(self._hello())
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._heard(name, message.data)
        finally:
            self._open.pop(name, None)
        return socket

    def _hello(self) -> JSON:
        return {
            "type": "hello",
            "num_connections": len(self._open),
            "connection_info": {"app_id": "A0TEST"},
            "debug_info": {"host": "127.0.0.1", "approximate_connection_time": 3600},
        }

    def _heard(self, name: str, data: str) -> None:
        try:
            said = orjson.loads(data)
        except orjson.JSONDecodeError:
            return
        envelope = said.get("envelope_id") if isinstance(said, dict) else None
        if envelope not in self._sent_at or envelope in self.acks:
            return
        after = self._clock() - self._sent_at[envelope]
        self.acks[envelope] = self._journal.write(
            "ack",
            envelope_id=envelope,
            after=after,
            late=after > ACK_SECONDS,
            connection=name,
            payload=said.get("payload"),
        )
        self._waiting[envelope].set()

    async def send(self, kind: str, payload: Any) -> tuple[str, bool]:
        """Sends an envelope over one of the sockets, each in turn; tells its id, and whether any socket took it."""
        envelope = f"envelope{next(self._ids)}"
        self._waiting[envelope] = asyncio.Event()
        self._sent_at[envelope] = self._clock()
        name, socket = self._next()
        self._journal.write("envelope", envelope_id=envelope, type=kind, connection=name)
        if socket is None:
            return envelope, False
        sent = {"envelope_id": envelope, "type": kind, "accepts_response_payload": kind in ANSWERABLE}
        try:
            await socket.send_json({**sent, "payload": payload})
        except ConnectionError:
            return envelope, False
        return envelope, True

    def _next(self) -> tuple[str | None, web.WebSocketResponse | None]:
        if not self._open:
            return None, None
        self._turn += 1
        return list(self._open.items())[self._turn % len(self._open)]

    async def acked(self, envelope: str, seconds: float) -> JSON | None:
        """The acknowledgement, or nothing if it did not come in time."""
        try:
            await asyncio.wait_for(self._waiting[envelope].wait(), seconds)
        except TimeoutError:
            return None
        return self.acks[envelope]

    async def disconnect(self, reason: str) -> int:
        """Tells every socket to go and closes it, as Slack does every few hours; tells how many there were."""
        leaving = list(self._open.values())
        for socket in leaving:
            await socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "127.0.0.1"}})
            await socket.close(code=WSCloseCode.GOING_AWAY)
        return len(leaving)

    async def close(self) -> None:
        """Closes every socket without a word."""
        for socket in list(self._open.values()):
            await socket.close(code=WSCloseCode.GOING_AWAY)

    def count(self) -> int:
        """How many sockets are open."""
        return len(self._open)

    def forget(self) -> None:
        """Forgets envelopes and acknowledgements; sockets stay open."""
        self.acks.clear()
        self._sent_at.clear()
        self._waiting.clear()
