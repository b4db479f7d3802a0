"""What can be done with a running server, in this process or in another: orders, questions, calls."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from tests.slack_server.basics import JSON
from tests.slack_server.server import HOST
from tests.slack_server.workspace import BOT_TOKEN, HOOK


class ControlError(Exception):
    """The server did not understand an order."""


class Handle:
    """What can be done with a running server, wherever it runs."""

    def __init__(self) -> None:
        self.port = 0
        self._sessions: dict[float, aiohttp.ClientSession] = {}

    @property
    def url(self) -> str:
        """`http://127.0.0.1:PORT`."""
        return f"http://{HOST}:{self.port}"

    @property
    def api_url(self) -> str:
        """What `AsyncWebClient(base_url=...)` wants."""
        return f"{self.url}/api/"

    @property
    def hook_url(self) -> str:
        """The incoming webhook of channel C0OPS."""
        return f"{self.url}{HOOK}"

    def session(self, seconds: float = 30.0) -> aiohttp.ClientSession:
        """A session whose every call ends after so many seconds; closed together with the server."""
        if seconds not in self._sessions:
            self._sessions[seconds] = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=seconds))
        return self._sessions[seconds]

    def web_client(self, token: str = BOT_TOKEN, *, seconds: float = 10.0) -> AsyncWebClient:
        """The SDK as our product must use it: nothing is sent twice behind its back, no proxy is asked."""
        session = self.session(seconds)
        client = AsyncWebClient(token=token, base_url=self.api_url, session=session, retry_handlers=[])
        client.proxy = None  # the SDK takes one from the environment, even for 127.0.0.1
        return client

    async def call(self, method: str, args: JSON, token: str = BOT_TOKEN) -> JSON:
        """The bare answer to one call, refusals included, without the SDK."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with self.session().post(f"{self.api_url}{method}", json=args, headers=headers) as response:
            answer: JSON = await response.json()
        return answer

    async def ctl(self, op: str, **order: Any) -> JSON:
        """Posts a control order; raises if it is not understood."""
        async with self.session().post(f"{self.url}/_ctl/{op}", json=order) as response:
            answer: JSON = await response.json()
        if not answer.get("ok"):
            raise ControlError(answer)
        return answer

    async def fault(self, do: str, method: str = "chat.postMessage", **order: Any) -> None:
        """Orders a fault, before acceptance unless `when="after"`; see `faults` for the words."""
        await self.ctl("fault", do=do, method=method, **order)

    async def click(self, channel: str, ts: str, action_id: str, **order: Any) -> JSON:
        """Presses a button; `wait=3` also waits for the acknowledgement."""
        return await self.ctl("click", channel=channel, ts=ts, action_id=action_id, **order)

    async def command(self, command: str, text: str = "", **order: Any) -> JSON:
        """Types a slash command; `wait=3` also waits for the acknowledgement."""
        return await self.ctl("command", command=command, text=text, **order)

    async def state(self) -> JSON:
        """Everything the server knows."""
        return await self.ctl("state")

    async def messages(self, channel: str) -> list[JSON]:
        """What people in the channel see now, replies included, oldest first; lagging messages are not there yet."""
        held: list[JSON] = (await self.state())["messages"].get(channel, [])
        return [message for message in held if message["visible"]]

    async def until(self, kind: str, count: int = 1, seconds: float = 5.0) -> list[JSON]:
        """The facts of this kind, as soon as there are `count` of them; raises if there are not in time."""
        async with asyncio.timeout(seconds):
            while len(facts := self.journal(kind)) < count:  # noqa: ASYNC110 -- the journal may be another process's
                await asyncio.sleep(0.01)
        return facts

    def journal(self, *kinds: str) -> list[JSON]:
        """The facts of these kinds (all kinds without), in order."""
        return [entry for entry in self._entries() if not kinds or entry["ev"] in kinds]

    def _entries(self) -> list[JSON]:
        raise NotImplementedError

    async def _hang_up(self) -> None:
        for session in self._sessions.values():
            await session.close()
        self._sessions.clear()
