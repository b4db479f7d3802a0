"""Slack, thin: one post, one read-back, every answer put into one of three words."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from streams.basics.times import to_ts
from streams.channels.digest import digest
from streams.channels.living import living
from streams.channels.marks import REF_CHARS, signed
from streams.channels.render import message
from streams.channels.slack_answers import FAULTS, THREAD, judged
from streams.channels.slack_client import web_client
from streams.channels.slack_history import Seen, SlackHistory
from streams.channels.slack_membership import barred
from streams.delivery.book import Delivery, Edit, Mark, Sign
from streams.delivery.channel import Answer, Doubt, Posted, Reach, Refused
from streams.names import place_of
from streams.ports import Clock
from streams.records import Kind, Millis

_QUICK_S: Final = 2.0
_SKEW: Final[Millis] = 600_000  # how far Slack's clock and ours may differ when the audit looks back


class SlackChannel:
    """Posts alerts with a bot token, as a desk (its prefix). The session opens with the first call; `close` ends it."""

    def __init__(
        self, token: str, clock: Clock, *, url: str, timeout: Millis, buttons: bool = False, desk: str = ""
    ) -> None:
        self._token = token
        self._desk = desk
        self._url = url
        self._clock = clock
        self._buttons = buttons
        self._timeout = aiohttp.ClientTimeout(total=timeout / 1_000, sock_connect=min(3.0, timeout / 2_000))
        self._session: aiohttp.ClientSession | None = None
        self._history = SlackHistory(self._client, clock, desk)

    def renew(self, token: str) -> None:
        """Speak with another token from the next call on."""
        self._token = token

    async def close(self) -> None:
        """End the session."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _client(self) -> AsyncWebClient:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=self._timeout)
        return web_client(self._token, self._url, self._session)

    async def post(self, delivery: Delivery) -> Answer:
        """See `Channel.post`."""
        started = time.monotonic()
        try:
            arguments = self._message(delivery)
        except Exception as fault:  # noqa: BLE001 - a headline must not die of its own formatting, nor the sender
            return Refused(f"cannot be rendered: {fault!r}", Reach.PAYLOAD, sign=Sign.NONE)
        threaded = delivery.alert.kind is not Kind.NEW and bool(delivery.root_ts)
        if threaded:
            arguments |= {"thread_ts": delivery.root_ts, "reply_broadcast": delivery.alert.kind is Kind.CORRECTION}
        answer = await self._attempt(place_of(delivery.channel), arguments)
        quick = time.monotonic() - started < _QUICK_S
        if threaded and quick and isinstance(answer, Refused) and answer.why in THREAD:  # the root is gone
            del arguments["thread_ts"], arguments["reply_broadcast"]
            answer = await self._attempt(place_of(delivery.channel), arguments)
        return answer

    def _message(self, delivery: Delivery) -> dict[str, Any]:
        now = self._clock.now()
        if delivery.members:
            return signed(digest(delivery, now), self._desk)
        return signed(message(delivery.alert, delivery.step, now, buttons=self._buttons), self._desk)

    async def _attempt(self, channel: str, arguments: dict[str, Any]) -> Answer:
        try:
            response = await self._client().chat_postMessage(channel=channel, **arguments)
        except FAULTS as fault:
            return judged(fault)
        ts = response.get("ts")
        return Posted(str(ts)) if ts else Doubt("answered ok without a ts")

    async def edit(self, edit: Edit) -> Answer:
        """See `Channel.edit`."""
        arguments = signed(living(edit, buttons=self._buttons), self._desk)
        place = place_of(edit.root.channel)
        try:
            await self._client().chat_update(channel=place, ts=edit.ts, **arguments)
        except FAULTS as fault:
            return judged(fault)
        return Posted(edit.ts)

    async def delete(self, place: str, ts: str) -> Answer:
        """See `Channel.delete`."""
        try:
            await self._client().chat_delete(channel=place, ts=ts)
        except FAULTS as fault:
            return judged(fault)
        return Posted(ts)

    async def probe(self) -> Answer | None:
        """See `Channel.probe`: `auth.test`."""
        try:
            await self._client().auth_test()
        except FAULTS as fault:
            return judged(fault)
        return None

    async def barred(self, place: str) -> str:
        """Why nothing can be posted there, as `slack_membership.barred`; whoever only asks has nothing to close."""
        async with aiohttp.ClientSession(timeout=self._timeout) as session:
            return await barred(web_client(self._token, self._url, session), place)

    async def marks(self, delivery: Delivery) -> Mapping[str, Mark]:
        """See `Channel.marks`: the channel since the attempt's anchor, digests' threads, and a reply's own thread."""
        place = place_of(delivery.channel)
        seen = await self._history.since(place, delivery.anchor)
        if delivery.alert.kind is not Kind.NEW and delivery.root_ts:
            seen += await self._history.thread(place, delivery.root_ts)
        found: dict[str, Mark] = {}
        for one in sorted(seen, key=lambda s: (s.desk is None, float(s.ts)), reverse=True):  # the last one counts
            mark = partial(Mark, signed=one.desk is not None)
            found |= dict.fromkeys(one.marks, mark(one.thread or one.ts, folded=one.digest))
            found |= {one.own: mark(one.ts)} if one.own else {}
            if delivery.id[:REF_CHARS] in one.refs:  # a digest of text alone tells its lines by theirs
                line = one.digest and not delivery.members
                found[delivery.id] = mark(one.thread or one.ts if line else one.ts, folded=line)
        return found

    async def spare(self, place: str, since: Millis) -> Sequence[str]:
        """See `Channel.spare`: of several, a digest stays, else the one with replies, else the first.

        What names no desk may be another's, and so neither goes nor makes another one go.
        """
        oldest = to_ts(self._clock.now() - since - _SKEW)
        by_mark: dict[str, list[Seen]] = defaultdict(list)
        for one in await self._history.since(place, oldest, threads=True):
            for mark in one.marks if one.desk is not None else ():
                by_mark[mark].append(one)
        spare: set[str] = set()
        for mark, several in by_mark.items():
            kept = min({s.ts: s for s in several}.values(), key=lambda s: (not s.digest, not s.replies, float(s.ts)))
            spare |= {s.ts for s in several if s.ts != kept.ts and not s.replies and s.own == mark}
        return sorted(spare)
