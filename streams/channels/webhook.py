"""An incoming webhook: for desks that cannot install a bot. At-least-once, and it says so.

A webhook can be neither read back nor edited: what is in doubt is sent again, marked as a possible repeat;
there are no threads, no edits and no buttons.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import aiohttp

from streams.basics.times import to_ts
from streams.channels.digest import digest
from streams.channels.marks import signed
from streams.channels.render import Block, message, plain
from streams.delivery.book import Delivery, Sign
from streams.delivery.channel import Answer, Doubt, Posted, PostOnly, Reach, Refused, asked_wait
from streams.names import place_of
from streams.ports import Clock
from streams.records import Millis

REPEAT: Final = "possible repeat: this channel cannot be read back"

_PAYLOAD: Final = frozenset({400, 413})
_ROUTE: Final = frozenset({301, 302, 303, 307, 308, 401, 403, 404, 405, 410})
_ROUTE_WAIT: Final[Millis] = 60_000
_CONNECT_WAIT: Final[Millis] = 2_000


class WebhookChannel(PostOnly):
    """Posts to the webhook that a channel `webhook:NAME` names. The urls are secrets: none is ever logged."""

    def __init__(self, urls: Mapping[str, str], clock: Clock, *, timeout: Millis, desk: str = "") -> None:
        self._urls = dict(urls)
        self._desk = desk
        self._clock = clock
        self._timeout = aiohttp.ClientTimeout(total=timeout / 1_000, sock_connect=min(3.0, timeout / 2_000))
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """End the session."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def post(self, delivery: Delivery) -> Answer:
        """See `Channel.post`."""
        name = place_of(delivery.channel)
        if name not in self._urls:
            return Refused(f"no webhook is named {name!r}", Reach.MESSAGE, sign=Sign.NONE)
        try:
            return await self._attempt(self._urls[name], self._arguments(delivery))
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL) as fault:
            why = f"not connected: {type(fault).__name__}"  # the message would tell the url
            return Refused(why, Reach.CHANNEL, wait=_CONNECT_WAIT, sign=Sign.TROUBLE)
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as fault:
            return Doubt(type(fault).__name__)

    def _arguments(self, delivery: Delivery) -> dict[str, Any]:
        now = self._clock.now()
        arguments = digest(delivery, now) if delivery.members else message(delivery.alert, delivery.step, now)
        arguments = signed(arguments, self._desk)
        arguments.pop("metadata", None)
        if delivery.clean and "blocks" in arguments:
            repeat: Block = {"type": "context", "block_id": f"p:{delivery.id}", "elements": [plain(REPEAT)]}
            arguments["blocks"] = [*arguments["blocks"], repeat]
        elif delivery.clean:
            arguments["text"] += f"\n{REPEAT}"
        return arguments

    async def _attempt(self, url: str, arguments: dict[str, Any]) -> Answer:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=self._timeout)
        # not led elsewhere: there the post would become a mere question, and the alert be lost
        async with self._session.post(url, json=arguments, allow_redirects=False) as response:
            if HTTPStatus.OK <= response.status < HTTPStatus.MULTIPLE_CHOICES:
                return Posted(to_ts(self._clock.now()))
            words = (await response.text(errors="replace"))[:100]
            return _judged(response.status, words, response.headers.get("Retry-After", ""))


def _judged(status: int, words: str, retry_after: str) -> Answer:
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Refused("rate_limited", Reach.CHANNEL, wait=asked_wait(retry_after), sign=Sign.LIMITED)
    if status in _PAYLOAD:
        return Refused(words, Reach.PAYLOAD)
    if status in _ROUTE:
        return Refused(words or f"HTTP {status}", Reach.CHANNEL, wait=_ROUTE_WAIT)
    return Doubt(f"{status} {words}")
