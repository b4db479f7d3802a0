"""What stands in a Slack channel: its history and threads, page by page, read no more often than Slack allows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any, Final

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from streams.channels.marks import desk_of, is_digest, marks_of, refs_of
from streams.channels.slack_answers import FAULTS, is_limit, unread, word
from streams.delivery.book import Sign
from streams.delivery.channel import CannotRead
from streams.ports import Clock
from streams.records import Millis

_PAGES: Final = 100
_THREADS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Seen:
    """What a message in a channel tells of our deliveries."""

    ts: str
    desk: str | None  # None: it names none
    thread: str  # of a digest's later part: where replies to its lines belong
    own: str  # the delivery it is; the digest itself for a digest
    marks: tuple[str, ...]  # every delivery it tells
    refs: frozenset[str]
    replies: int
    digest: bool

    @classmethod
    def of(cls, found: dict[str, Any]) -> Seen:
        """Of a message as Slack gives it."""
        marks = marks_of(found)
        return cls(
            ts=str(found.get("ts")),
            desk=desk_of(found),
            thread=str(found.get("thread_ts") or "") if is_digest(found) else "",
            own=marks[0] if marks else "",
            marks=marks,
            refs=refs_of(found),
            replies=int(found.get("reply_count") or 0),
            digest=is_digest(found),
        )


@dataclass(slots=True)
class SlackHistory:
    """Reads with a client that is asked for anew each time, since its token may change; passes over other desks'."""

    client: Callable[[], AsyncWebClient]
    clock: Clock
    desk: str
    _threads: dict[tuple[str, str], tuple[int, list[Seen]]] = field(default_factory=dict)
    _read_after: Millis = 0  # Slack asked for fewer reads until then

    async def since(self, place: str, oldest: str, *, threads: bool = False) -> list[Seen]:
        """What stands there since this ts, with replies to digests (`threads`: also to alerts). Raises `CannotRead`."""
        seen = await self._seen("conversations.history", place, oldest=oldest)
        for root in [s for s in seen if s.replies and (s.digest or (threads and s.marks))]:
            seen += await self._replies(place, root)
        return seen

    async def _replies(self, place: str, root: Seen) -> list[Seen]:
        """A thread's replies; asked for again only when their number has changed, for reads are few."""
        count, known = self._threads.get((place, root.ts), (0, []))
        if count != root.replies:
            known = [one for one in await self.thread(place, root.ts) if one.ts != root.ts]
            if len(self._threads) >= _THREADS:
                self._threads.clear()
            self._threads[place, root.ts] = (root.replies, known)
        return known

    async def thread(self, place: str, ts: str) -> list[Seen]:
        """A message and its replies. Raises `CannotRead`."""
        return await self._seen("conversations.replies", place, ts=ts)

    async def _seen(self, method: str, place: str, **arguments: Any) -> list[Seen]:
        seen = [Seen.of(m) async for m in self._pages(method, place, **arguments)]
        return [s for s in seen if s.desk in (None, self.desk)]

    async def _pages(self, method: str, place: str, **arguments: Any) -> AsyncIterator[dict[str, Any]]:
        if (wait := self._read_after - self.clock.now()) > 0:
            raise CannotRead(f"Slack: too many reads, {place} must wait", wait, Sign.NONE)
        arguments |= {"channel": place, "limit": 200, "include_all_metadata": True}
        for _ in range(_PAGES):
            try:
                response = await self.client().api_call(method, params=arguments, http_verb="GET")
            except FAULTS as fault:
                if isinstance(fault, SlackApiError) and word(fault) == "thread_not_found":
                    return
                unreadable = unread(place, fault)
                if is_limit(fault):  # of the workspace; anything else is this channel's own
                    self._read_after = self.clock.now() + unreadable.wait
                raise unreadable from None
            page = response.data if isinstance(response.data, dict) else {}
            for one in page.get("messages", []):
                yield one
            arguments["cursor"] = str((page.get("response_metadata") or {}).get("next_cursor") or "")
            if not arguments["cursor"]:
                return
        raise CannotRead(f"Slack: {place} has more history than {_PAGES} pages")
