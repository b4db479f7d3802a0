"""The door for pushes: `POST /articles` and its description, over aiohttp. Who, how much, is it right; then in."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import orjson
from aiohttp import web

from streams.basics import limits
from streams.basics.times import SECOND
from streams.ports import Clock
from streams.records import Away
from streams.server import answered
from streams.sources.base import Errand, NotRead, Page, Source, Take, Taken
from streams.sources.body import body_of
from streams.sources.pushed import Refused
from streams.sources.tally import Tally

log = logging.getLogger(__name__)

_AGAIN: Final = {"Retry-After": "1"}
_ROUTES: Final = {"/articles": "POST", "/openapi.json": "GET"}


def description() -> dict[str, Any]:
    """The OpenAPI document."""
    told: dict[str, Any] = json.loads(Path(__file__).with_name("push.openapi.json").read_text(encoding="utf-8"))
    return told


@dataclass(slots=True, kw_only=True)
class Door:
    """Takes pushes for one source. An answer of 202 means that Kafka has every article of it.

    A request is served from its head on by what the source said then: a new key holds from the next request on.
    """

    errand: Errand
    clock: Clock
    take: Take
    tally: Tally
    patience: int = limits.PUSH_MS
    _held: int = 0
    _described: bytes = field(default_factory=lambda: orjson.dumps(description()))

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Every answer is JSON, also the unhappy ones; what we did not think of, without its inside."""
        path, method = request.path, request.method
        if path not in _ROUTES:
            return answered(404, {"error": "POST /articles, or GET /openapi.json"})
        if method != _ROUTES[path]:
            return answered(405, {"error": f"{_ROUTES[path]} is what {path} takes"}, {"Allow": _ROUTES[path]})
        try:
            if path == "/articles":
                return await self.articles(request)
        except ConnectionError:
            raise  # nobody is there to be answered
        except Exception:
            log.exception("a push failed")
            return answered(500, {"error": "not taken: an error of ours, noted in our log; send it again"})
        return answered(200, self._described)

    async def articles(self, request: web.BaseRequest) -> web.StreamResponse:
        """One push."""
        source = self.errand.source
        if not source.options["keys"].open(request.headers.get("Authorization", "")):
            return answered(401, {"error": "send Authorization: Bearer KEY"}, {"WWW-Authenticate": "Bearer"})
        try:
            with self._room() as hold:
                taken = await self._entered(request, source, hold)
        except NotRead as fault:
            self.tally.refused(str(fault))
            return _refusal(fault)
        except Away as away:
            log.warning("push %s waits: %s", source.name, away)
            return answered(503, {"error": "not taken: Kafka, Redis or room is away; send it again"}, _AGAIN)
        self.tally.took(taken)
        return answered(202, {"taken": taken.sent, "known": taken.known})

    async def _entered(self, request: web.BaseRequest, source: Source, hold: Callable[[int], None]) -> Taken:
        if (request.content_length or 0) > limits.PAGE_BYTES:
            raise Refused(413, f"the body has more than {limits.PAGE_BYTES} bytes: send fewer articles a request")
        encoding = ",".join(request.headers.getall("Content-Encoding", ()))
        try:
            async with asyncio.timeout(self.patience / SECOND):
                body = await body_of(request.content.iter_any(), encoding, hold)
        except web.RequestPayloadError:
            raise Refused(400, "the body is not what its headers say: chunks or length are broken") from None
        except TimeoutError:
            raise Refused(408, f"no end of the body within {self.patience // SECOND} s") from None
        page = Page(body=body, media=request.headers.get("Content-Type", ""), seen=self.clock.now())
        return await self.take(source, page)

    @contextmanager
    def _room(self) -> Iterator[Callable[[int], None]]:
        """Bodies in hand, all pushes together, are bounded."""
        mine = 0

        def hold(size: int) -> None:
            nonlocal mine
            if self._held + size > limits.PUSHES_HELD_BYTES:
                raise Away(f"{self._held} bytes of pushes are in hand")
            mine += size
            self._held += size

        try:
            yield hold
        finally:
            self._held -= mine


def _refusal(fault: NotRead) -> web.StreamResponse:
    if not isinstance(fault, Refused):
        return answered(400, {"error": str(fault)})
    told = {"faults": [f.told() for f in fault.faults]} if fault.faults else {}
    return answered(fault.status, {"error": str(fault)} | told)
