"""Fetching from strangers: httpx over a guarded door. Redirects by hand, bodies bounded, no cookies, no proxies."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

import httpcore
import httpx

from streams.basics import limits
from streams.basics.times import SECOND
from streams.sources.dial import GuardedBackend, Resolve, Resolver
from streams.sources.guard import Guard, Place
from streams.sources.unpack import ACCEPTED, Unpacker
from streams.sources.web import Got, Unreached, Unsafe

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_FOR_GOOD: Final = frozenset({301, 308})
_KEPT_AT_HOME: Final = frozenset({"authorization", "cookie", "proxy-authorization"})
_HEADER_CHARS: Final = 8_000


class _Stream(httpx.AsyncByteStream):
    """The body of an answer, as it comes."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._stream:
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()


class GuardedTransport(httpx.AsyncBaseTransport):
    """httpcore's pool with a network of our own: httpx's own transport does not let one be handed in."""

    def __init__(self, guard: Guard, resolve: Resolve, trust: ssl.SSLContext | None = None) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=trust or ssl.create_default_context(), http1=True, http2=True, max_connections=200,
            max_keepalive_connections=100, keepalive_expiry=150, network_backend=GuardedBackend(guard, resolve),
        )  # fmt: skip

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One request. Raises httpcore's errors."""
        answer = await self._pool.handle_async_request(
            httpcore.Request(
                method=request.method, url=httpcore.URL(
                    scheme=request.url.raw_scheme, host=request.url.raw_host, port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw, content=request.stream, extensions=request.extensions,
            )
        )  # fmt: skip
        return httpx.Response(
            answer.status, headers=answer.headers, stream=_Stream(answer.stream), extensions=answer.extensions
        )

    async def aclose(self) -> None:
        """Hang up."""
        await self._pool.aclose()


class SafeWeb:
    """See `web.Web`."""

    def __init__(
        self, guard: Guard, agent: str, *, resolve: Resolve | None = None, timeout: int = limits.FETCH_MS,
        trust: ssl.SSLContext | None = None,
    ) -> None:  # fmt: skip
        self._guard = guard
        self._resolver = Resolver()
        self._timeout = timeout / SECOND
        self._client = httpx.AsyncClient(
            transport=GuardedTransport(guard, resolve or self._resolver, trust),
            trust_env=False, follow_redirects=False,
            timeout=httpx.Timeout(self._timeout, connect=min(10.0, self._timeout)),
            headers={"user-agent": agent, "accept-encoding": ACCEPTED},
        )  # fmt: skip

    async def close(self) -> None:
        """Hang up everywhere."""
        await self._client.aclose()
        self._resolver.close()

    async def get(self, url: str, headers: Mapping[str, str]) -> Got:
        """See `Web.get`. The time is for all of it, redirects and slow bodies included."""
        try:
            async with asyncio.timeout(self._timeout):
                return await self._followed(self._guard.place(url), headers)
        except TimeoutError:
            raise Unreached(f"no end of it within {self._timeout:.0f} s") from None
        except (httpx.HTTPError, httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException) as fault:
            raise Unreached(f"{type(fault).__name__}: {fault}"[:200]) from None
        except (httpx.InvalidURL, httpcore.UnsupportedProtocol, OSError, ValueError) as fault:
            raise Unreached(f"{fault!r}"[:200]) from None

    async def _followed(self, place: Place, headers: Mapping[str, str]) -> Got:
        first, moved, forever = place, "", True
        for _ in range(limits.REDIRECTS + 1):
            sent = headers if (place.host, place.port) == (first.host, first.port) else _for_strangers(headers)
            async with self._client.stream("GET", place.url, headers=dict(sent)) as answer:
                if answer.status_code not in _REDIRECTS or "location" not in answer.headers:
                    return await _read(answer, place, moved)
                forever = forever and answer.status_code in _FOR_GOOD
                nearer = self._guard.place(_header(answer, "location"), place.url)
            if place.scheme == "https" and nearer.scheme == "http":
                forever = False  # a page that stops being private is followed, not remembered
            place = nearer
            moved = place.url if forever else ""
        raise Unsafe(f"more than {limits.REDIRECTS} redirects")


def _for_strangers(headers: Mapping[str, str]) -> dict[str, str]:
    """Keys are for the host they were given for."""
    plain = ("accept", "if-none-match", "if-modified-since")
    return {k: v for k, v in headers.items() if k.lower() in plain and k.lower() not in _KEPT_AT_HOME}


def _header(answer: httpx.Response, name: str) -> str:
    value = answer.headers.get(name, "")
    if len(value) > _HEADER_CHARS:
        raise Unsafe(f"a header `{name}` of {len(value)} characters")
    return str(value)


async def _read(answer: httpx.Response, place: Place, moved: str) -> Got:
    unpacker = Unpacker(_header(answer, "content-encoding"))
    if answer.status_code != httpx.codes.NOT_MODIFIED:
        async for chunk in answer.aiter_raw():
            unpacker.feed(chunk)
    told = ("content-type", "etag", "last-modified", "retry-after")
    headers = {n: v for n in told if (v := answer.headers.get(n, "")) and len(v) <= limits.HEADERS_SENT_BACK}
    return Got(status=answer.status_code, url=place.url, headers=headers, body=unpacker.body(), moved=moved)
