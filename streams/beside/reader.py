"""The side that asks, and reads itself what the other process has no time for: the outcome is the same."""

from __future__ import annotations

import asyncio
import logging
import sys
from asyncio.subprocess import PIPE, Process
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from streams.beside.frames import HEAD, answered, question
from streams.flow import Parts, Walk, read
from streams.records import Article

log = logging.getLogger(__name__)

_BUFFER: Final = 1 << 24
_PATIENCE_S: Final = 60.0  # for an answer: a batch takes a tenth of a second, a start some seconds


class BesideReader:
    """Reads batches in another process, which it starts when first asked, while this one settles what was read.

    Several calls may wait at a time: then the other process never does. When it cannot be started, ends, or owes an
    answer for too long, all is read here.
    """

    def __init__(self, parts: Parts, *, model: Path | None = None, directory: Path | None = None) -> None:
        self._parts = parts
        self._command = [sys.executable, "-m", "streams.beside"]
        self._command += ["--model", str(model)] if model else []
        self._command += ["--directory", str(directory)] if directory else []
        self._here = asyncio.Lock()
        self._sending = asyncio.Lock()
        self._process: Process | None = None
        self._waiting: deque[asyncio.Future[bytes | None]] = deque()
        self._listener: asyncio.Task[None] | None = None
        self._ended = False

    async def __call__(self, articles: Sequence[Article]) -> Walk:
        """See `flow.read`."""
        if walk := await self._beside(articles):
            return walk
        async with self._here:  # threads that read at once would only wait for each other
            return await read(self._parts, articles)

    async def _beside(self, articles: Sequence[Article]) -> Walk | None:
        """None when the other process has no answer, or none in time."""
        try:
            async with asyncio.timeout(_PATIENCE_S):  # for the question, too: a pipe that nobody reads fills up
                body = await (await self._asked(articles))
        except TimeoutError:
            self._give_up(f"has not answered for {_PATIENCE_S:.0f} s")
            return None
        return None if body is None else self._understood(body, articles)

    def _give_up(self, why: str) -> None:
        log.error("the process that reads beside this one %s: all is read here", why)
        self._ended = True
        if self._process and self._process.returncode is None:
            self._process.kill()

    def _understood(self, body: bytes, articles: Sequence[Article]) -> Walk | None:
        """None when the answer is none: then no other from there is trusted either."""
        try:
            return answered(body, articles)
        except ValueError as fault:
            self._give_up(f"cannot be understood ({fault})")
            return None

    async def _asked(self, articles: Sequence[Article]) -> asyncio.Future[bytes | None]:
        """Asks the question; its answer comes later, None when the other process ended before."""
        future: asyncio.Future[bytes | None] = asyncio.get_running_loop().create_future()
        async with self._sending:
            process = await self._running()
            if process is None or process.stdin is None or self._ended:
                future.set_result(None)
                return future
            self._waiting.append(future)
            try:
                process.stdin.write(question(articles))
                await process.stdin.drain()
            except (BrokenPipeError, ConnectionResetError):
                pass  # the listener learns of it too, and answers for all that wait
        return future

    async def _running(self) -> Process | None:
        if self._process is None and not self._ended:
            try:
                started = await asyncio.create_subprocess_exec(*self._command, stdin=PIPE, stdout=PIPE, limit=_BUFFER)
            except OSError as fault:
                self._give_up(f"cannot be started ({fault})")
                return None
            self._process = started
            self._listener = asyncio.create_task(self._listen(started), name="beside")
        return self._process

    async def _listen(self, process: Process) -> None:
        """One task takes the answers, so that a call that is cancelled leaves the pipe in order."""
        try:
            while process.stdout:
                length = int.from_bytes(await process.stdout.readexactly(HEAD), "big")
                body = await process.stdout.readexactly(length)
                future = self._waiting.popleft()
                if not future.done():
                    future.set_result(body)
        except asyncio.IncompleteReadError:
            if not self._ended:  # else it was ended, and that was said
                self._give_up(f"ended with {await process.wait()}")
        finally:
            self._ended = True
            for future in self._waiting:
                if not future.done():
                    future.set_result(None)

    async def close(self) -> None:
        """End the other process."""
        if self._listener:
            self._listener.cancel()
            await asyncio.gather(self._listener, return_exceptions=True)
        if self._process:
            if self._process.returncode is None:
                self._process.kill()
            await self._process.wait()
