"""Connecting: a name is resolved, every address checked, and exactly a checked address connected to.

The name still stands in the request and in the TLS handshake, so certificates are verified as ever; but nobody
asks the name a second time, which is what rebinding attacks live on.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import httpcore
from httpcore import AsyncNetworkStream

from streams.sources.guard import Guard, Place
from streams.sources.web import Unsafe

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
_RESOLVING_S: Final = 10.0
_RESOLVERS: Final = 16
_TRIED: Final = 3


class Resolver:
    """The system's resolver, in threads of its own: one slow name server does not hold up everybody's files."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_RESOLVERS, thread_name_prefix="resolve")

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """The addresses of a name, none twice, in the system's order. Raises OSError."""
        loop = asyncio.get_running_loop()

        def ask() -> list[str]:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            return list(dict.fromkeys(str(address[0]) for *_, address in found))

        async with asyncio.timeout(_RESOLVING_S):
            return await loop.run_in_executor(self._threads, ask)

    def close(self) -> None:
        """Wait for nobody."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """httpcore's way to the network, with the guard at the door."""

    def __init__(self, guard: Guard, resolve: Resolve) -> None:
        self._guard = guard
        self._resolve = resolve
        self._below = httpcore.AnyIOBackend()

    async def connect_tcp(
        self, host: str, port: int, timeout: float | None = None,  # noqa: ASYNC109 - httpcore's own signature
        local_address: str | None = None, socket_options: Iterable[Any] | None = None,
    ) -> AsyncNetworkStream:  # fmt: skip
        """Connect to a checked address of `host`. Raises `Unsafe` when any of its addresses is not to be asked."""
        place = Place("", "", host, port)
        try:
            found = await self._resolve(host, port)
        except (OSError, UnicodeError, TimeoutError) as fault:
            raise httpcore.ConnectError(f"no such host: {fault}") from None
        # one private address among public ones is an attack, not a choice
        checked = [self._guard.check(place, address) for address in found]
        trouble: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in checked[:_TRIED]:
            try:
                return await self._below.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as fault:
                trouble = fault
        raise trouble

    async def connect_unix_socket(self, path: str, *_: Any, **__: Any) -> AsyncNetworkStream:
        """Never."""
        raise Unsafe(f"a socket of this machine: {path}")

    async def sleep(self, seconds: float) -> None:
        """Between two tries."""
        await asyncio.sleep(seconds)
