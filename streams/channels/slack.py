"""Slack, thin: one post, one read-back, every answer put into one of three words."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from streams.channels.base import Answer, CannotRead, Doubt, Posted, Refused
from streams.channels.digest import digest
from streams.channels.living import living
from streams.channels.marks import is_digest, marks_of, refs_of
from streams.channels.render import message
from streams.channels.slack_answers import FAULTS, THREAD, is_limit, judged, unread, word
from streams.channels.slack_client import web_client
from streams.delivery.book import Delivery, Edit, Mark, Sign
from streams.places import place_of
from streams.ports import Clock
from streams.records import Kind, Millis
from streams.times import to_ts

_PAGES: Final = 100
_THREADS: Final = 1_000
_QUICK_S: Final = 2.0
_SKEW: Final[Millis] = 600_000  # how far Slack's clock and ours may differ when the audit looks back


class SlackChannel:
    """Posts alerts with a bot token. The session opens with the first call; `close` ends it."""

    def __init__(self, token: str, clock: Clock, *, url: str, timeout: Millis, buttons: bool = False) -> None:
        self._token = token
        self._url = url
        self._clock = clock
        self._buttons = buttons
        self._timeout = aiohttp.ClientTimeout(total=timeout / 1_000, sock_connect=min(3.0, timeout / 2_000))
        self._session: aiohttp.ClientSession | None = None
        self._threads: dict[tuple[str, str], tuple[int, list[_Seen]]] = {}
        self._read_after: Millis = 0  # Slack asked for fewer reads until then

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
            return Refused(f"cannot be rendered: {fault!r}", degrade=True, sign=Sign.NONE)
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
        if delivery.members:
            return digest(delivery, self._clock.now())
        return message(delivery.alert, delivery.step, self._clock.now(), buttons=self._buttons)

    async def _attempt(self, channel: str, arguments: dict[str, Any]) -> Answer:
        try:
            response = await self._client().chat_postMessage(channel=channel, **arguments)
        except FAULTS as fault:
            return judged(fault)
        ts = response.get("ts")
        return Posted(str(ts)) if ts else Doubt("answered ok without a ts")

    async def edit(self, edit: Edit) -> Answer:
        """See `Channel.edit`."""
        arguments = living(edit, buttons=self._buttons)
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

    async def probe(self) -> str:
        """See `Channel.probe`: `auth.test`."""
        try:
            await self._client().auth_test()
        except FAULTS as fault:
            return word(fault) or repr(fault)
        return ""

    async def marks(self, delivery: Delivery) -> Mapping[str, Mark]:
        """See `Channel.marks`: the channel since the attempt's anchor, digests' threads, and a reply's own thread."""
        seen = await self._seen(place_of(delivery.channel), delivery.anchor)
        if delivery.alert.kind is not Kind.NEW and delivery.root_ts:
            seen += [_Seen.of(m) async for m in self._thread(place_of(delivery.channel), delivery.root_ts)]
        found: dict[str, Mark] = {}
        for one in sorted(seen, key=lambda s: float(s.ts), reverse=True):
            found |= dict.fromkeys(one.marks, Mark(one.thread or one.ts, folded=one.digest))
            found |= {one.own: Mark(one.ts)} if one.own else {}
            if delivery.id[:8] in one.refs:  # a digest that could say no more than text tells its lines by theirs
                line = one.digest and not delivery.members
                found[delivery.id] = Mark(one.thread or one.ts if line else one.ts, folded=line)
        return found

    async def spare(self, place: str, since: Millis) -> Sequence[str]:
        """See `Channel.spare`: of several, a digest stays, else the one with replies, else the first."""
        oldest = to_ts(self._clock.now() - since - _SKEW)
        by_mark: dict[str, list[_Seen]] = defaultdict(list)
        for one in await self._seen(place, oldest, threads=True):
            for mark in one.marks:
                by_mark[mark].append(one)
        spare: set[str] = set()
        for mark, several in by_mark.items():
            kept = min({s.ts: s for s in several}.values(), key=lambda s: (not s.digest, not s.replies, float(s.ts)))
            spare |= {s.ts for s in several if s.ts != kept.ts and not s.replies and s.own == mark}
        return sorted(spare)

    async def _seen(self, place: str, oldest: str, *, threads: bool = False) -> list[_Seen]:
        seen = [_Seen.of(m) async for m in self._pages("conversations.history", place, oldest=oldest)]
        for root in [s for s in seen if s.replies and (s.digest or (threads and s.marks))]:
            seen += await self._replies(place, root)
        return seen

    async def _replies(self, place: str, root: _Seen) -> list[_Seen]:
        """A thread's replies; asked for again only when their number has changed, for reads are few."""
        count, known = self._threads.get((place, root.ts), (0, []))
        if count != root.replies:
            known = [_Seen.of(m) async for m in self._thread(place, root.ts) if m.get("ts") != root.ts]
            if len(self._threads) >= _THREADS:
                self._threads.clear()
            self._threads[place, root.ts] = (root.replies, known)
        return known

    def _thread(self, place: str, ts: str) -> AsyncIterator[dict[str, Any]]:
        return self._pages("conversations.replies", place, ts=ts)

    async def _pages(self, method: str, place: str, **arguments: Any) -> AsyncIterator[dict[str, Any]]:
        if (wait := self._read_after - self._clock.now()) > 0:
            raise CannotRead(f"Slack: too many reads, {place} must wait", wait, Sign.NONE)
        arguments |= {"channel": place, "limit": 200, "include_all_metadata": True}
        for _ in range(_PAGES):
            try:
                response = await self._client().api_call(method, params=arguments, http_verb="GET")
            except FAULTS as fault:
                if isinstance(fault, SlackApiError) and word(fault) == "thread_not_found":
                    return
                unreadable = unread(place, fault)
                if is_limit(fault):  # of the workspace; anything else is this channel's own
                    self._read_after = self._clock.now() + unreadable.wait
                raise unreadable from None
            page = response.data if isinstance(response.data, dict) else {}
            for one in page.get("messages", []):
                yield one
            arguments["cursor"] = str((page.get("response_metadata") or {}).get("next_cursor") or "")
            if not arguments["cursor"]:
                return
        raise CannotRead(f"Slack: {place} has more history than {_PAGES} pages")


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a message in a channel tells of our deliveries."""

    ts: str
    thread: str  # of a digest's later part: where replies to its lines belong
    own: str  # the delivery it is; the digest itself for a digest
    marks: tuple[str, ...]  # every delivery it tells
    refs: frozenset[str]
    replies: int
    digest: bool

    @classmethod
    def of(cls, found: dict[str, Any]) -> _Seen:
        marks = marks_of(found)
        return cls(
            ts=str(found.get("ts")),
            thread=str(found.get("thread_ts") or "") if is_digest(found) else "",
            own=marks[0] if marks else "",
            marks=marks,
            refs=refs_of(found),
            replies=int(found.get("reply_count") or 0),
            digest=is_digest(found),
        )
