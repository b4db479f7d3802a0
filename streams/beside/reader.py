"""The side that asks. When the other process ends, this one reads itself: slower, with the same outcome."""

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


class BesideReader:
    """Reads batches in another process, which it starts when first asked. Several calls may wait at a time."""

    def __init__(
        self, parts: Parts, *, model: Path | None = None, directory: Path | None = None, explained: bool = True
    ) -> None:
        self._parts = parts
        self._command = [sys.executable, "-m", "streams.beside"]
        self._command += ["--model", str(model)] if model else []
        self._command += ["--directory", str(directory)] if directory else []
        self._command += [] if explained else ["--unexplained"]
        self._sending = asyncio.Lock()
        self._process: Process | None = None
        self._waiting: deque[asyncio.Future[bytes | None]] = deque()
        self._listener: asyncio.Task[None] | None = None
        self._ended = False

    async def __call__(self, articles: Sequence[Article]) -> Walk:
        """See `flow.read`."""
        future = await self._asked(articles)
        body = await future if future else None
        return await read(self._parts, articles) if body is None else answered(body, articles)

    async def _asked(self, articles: Sequence[Article]) -> asyncio.Future[bytes | None] | None:
        """Asks the question; its answer comes later, None when the other process ended before."""
        async with self._sending:
            process = await self._running()
            if process.stdin is None or self._ended:
                return None
            future = asyncio.get_running_loop().create_future()
            self._waiting.append(future)
            try:
                process.stdin.write(question(articles))
                await process.stdin.drain()
            except (BrokenPipeError, ConnectionResetError):
                pass  # the listener learns of it too, and answers for all that wait
            return future

    async def _running(self) -> Process:
        if self._process is None:
            self._process = await asyncio.create_subprocess_exec(*self._command, stdin=PIPE, stdout=PIPE, limit=_BUFFER)
            self._listener = asyncio.create_task(self._listen(self._process), name="beside")
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
            log.warning("the process that reads beside this one ended with %s: reading here", await process.wait())
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
