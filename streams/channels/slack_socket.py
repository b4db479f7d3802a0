"""Slack's Socket Mode: clicks come in over sockets that we open, so no address of ours has to be public.

Slack may hand a click to any socket of the app. Each is noted (recorded by Kafka), then acknowledged, then answered
where only the person who clicked sees it. What was not noted in time is not acknowledged: Slack tells the
person, and so do we; Kafka may have it all the same.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackClientError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.webhook.async_client import AsyncWebhookClient

from streams.channels.slack_answers import word
from streams.channels.slack_clicks import Heard, NoClick, heard
from streams.channels.slack_client import proxy_for, web_client
from streams.channels.words import escape, inert
from streams.desk.click import Hears
from streams.records import Away, Millis

log = logging.getLogger(__name__)

_NOTED_WITHIN_S: Final = 2.5  # Slack waits three seconds for the acknowledgement
_UNKNOWN: Final = "nobody knows yet whether this was recorded; /tapewire list shows it, and it may be said again"
_CONNECTED_WITHIN_S: Final = 15.0
_MISSED_S: Final = 3.0  # a socket that is gone for so long is opened anew
_WAITS_S: Final = (1.0, 2.0, 5.0, 10.0, 30.0)
_AT_ONCE: Final = 32
_LINE_CHARS: Final = 1_000  # a watch of six groups, by name
_PHONE_CHARS: Final = 400
_SECTION_CHARS: Final = 2_000  # of the 3,000 that Slack takes, which counts some letters twice
_ANSWER_SIZE: Final = 11_000  # as JSON: of more Slack takes nothing
_FAULTS: Final = (SlackClientError, aiohttp.ClientError, TimeoutError, OSError, ValueError)


class SlackEar:
    """See `Ear`. Two sockets, so that one hears while Slack renews the other; at most ten are open per app."""

    def __init__(self, app_token: str, *, url: str, timeout: Millis, sockets: int = 2) -> None:
        self._token = app_token
        self._url = url
        self._timeout = aiohttp.ClientTimeout(total=timeout / 1_000)
        self._sockets = sockets
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._open = 0
        self._lost = "none was opened yet"  # how the last one ended

    @property
    def deaf(self) -> str:
        """See `Ear.deaf`: one socket is enough."""
        return "" if self._open else f"Slack: no socket: {self._lost}"

    async def run(self, desk: Hears) -> None:
        """See `Ear.run`."""
        async with aiohttp.ClientSession(timeout=self._timeout) as session:
            await asyncio.gather(*(self._kept(desk, session) for _ in range(self._sockets)))

    async def _kept(self, desk: Hears, session: aiohttp.ClientSession) -> None:
        failed = 0
        while True:
            try:
                await self._life(desk, session)
                failed = 0
            except Exception as fault:  # noqa: BLE001 - the SDK trips over some of Slack's answers; alerts must go on
                self._lost = word(fault) or repr(fault)
                log.error("no socket to Slack: %s", self._lost)  # noqa: TRY400 - expected for hours
                await asyncio.sleep(_WAITS_S[min(failed, len(_WAITS_S) - 1)])
                failed += 1

    async def _life(self, desk: Hears, session: aiohttp.ClientSession) -> None:
        """One client of the SDK, from its first connection until it has lost it for good."""
        # It is thrown away rather than mended: the SDK's own reconnection tries a spent address for ever.
        client = SocketModeClient(
            self._token, web_client=web_client("", self._url, session), auto_reconnect_enabled=False
        )
        client.proxy = proxy_for(self._url, client.proxy)

        async def listen(_: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
            async with self._turns:
                await self._heard(desk, session, client, request)

        client.socket_mode_request_listeners.append(listen)
        try:
            client.wss_uri = await client.issue_new_wss_url()
            await asyncio.wait_for(client.connect(), _CONNECTED_WITHIN_S)  # type: ignore[no-untyped-call]
            self._open += 1
            try:
                await self._until_lost(client)
            finally:
                self._open, self._lost = self._open - 1, "the last one was closed"
        finally:
            with contextlib.suppress(*_FAULTS):
                await client.close()  # type: ignore[no-untyped-call]

    @staticmethod
    async def _until_lost(client: SocketModeClient) -> None:
        missed = 0.0
        while missed < _MISSED_S:
            await asyncio.sleep(0.5)
            missed = 0.0 if await client.is_connected() else missed + 0.5

    async def _heard(
        self, desk: Hears, session: aiohttp.ClientSession, client: SocketModeClient, request: SocketModeRequest
    ) -> None:
        try:
            what = heard(request.type, request.payload)
        except NoClick as other:
            log.info("heard what is no click: %s", other)
            await self._acknowledge(client, request)
            return
        try:
            async with asyncio.timeout(_NOTED_WITHIN_S):
                noted = await desk.note(what.click)
        except (Away, TimeoutError) as fault:
            log.warning("click %s may not be recorded, and is not acknowledged: %r", what.click.id, fault)
            await self._say(session, what, _UNKNOWN)
            return
        await self._acknowledge(client, request)
        await self._say(session, what, await desk.answer(noted))

    @staticmethod
    async def _acknowledge(client: SocketModeClient, request: SocketModeRequest) -> None:
        try:
            await client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))
        except _FAULTS as fault:  # it is recorded; should Slack deliver it again, that is harmless
            log.warning("an acknowledgement was lost: %r", fault)

    async def _say(self, session: aiohttp.ClientSession, what: Heard, words: str) -> None:
        if not self._is_slacks(what.answer_to):
            log.warning("no address to answer click %s", what.click.id)
            return
        hook = AsyncWebhookClient(what.answer_to, session=session, retry_handlers=[])
        hook.proxy = proxy_for(what.answer_to, hook.proxy)
        try:
            await hook.send_dict(answer(words))
        except _FAULTS as fault:
            log.warning("an answer was lost: %s", word(fault) or repr(fault))

    def _is_slacks(self, url: str) -> bool:
        """Answers go to Slack alone, whatever a payload says."""
        host = urlsplit(url).hostname
        return url.startswith("https://hooks.slack.com/") or (host is not None and host == urlsplit(self._url).hostname)


def answer(words: str) -> dict[str, Any]:
    """Lines that only one person sees, put where Slack does not parse them."""
    texts = _sections([inert(line, _LINE_CHARS) for line in words.splitlines() if line.strip()] or ["-"])
    return {
        "response_type": "ephemeral",
        "replace_original": False,
        "text": escape(inert(words, _PHONE_CHARS)),
        "blocks": [{"type": "section", "text": {"type": "plain_text", "emoji": False, "text": text}} for text in texts],
        "unfurl_links": False,
        "unfurl_media": False,
    }


def _sections(lines: Sequence[str]) -> list[str]:
    """Lines put together as far as Slack takes them; what is too much is counted."""
    sections, size = [""], 0
    for number, line in enumerate(lines):
        size += len(json.dumps(line))
        if size > _ANSWER_SIZE:
            return [*sections, f"... and {len(lines) - number} lines more"]
        if len(sections[-1]) + len(line) > _SECTION_CHARS:
            sections.append("")
        sections[-1] += f"\n{line}" if sections[-1] else line
    return sections
