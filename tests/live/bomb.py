"""Parts whose methods end the process (SIGKILL): how a test crashes it at a chosen await."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Any


class Bomb:
    """Counts the calls of one method and ends the process at the nth."""

    def __init__(self, point: str, nth: int) -> None:
        self.method, _, self.when = point.partition(":")
        self.left = nth

    def around(self, name: str, call: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        """`call`, deadly when its time has come. Calls that had nothing to do do not count."""

        async def wrapped(*args: Any, **options: Any) -> Any:
            if name == self.method and self.when == "before":
                self._count(args)
            answer = await call(*args, **options)
            idle = name in ("claim_delivery", "receipts") and not answer
            if name == self.method and self.when == "after" and not idle:
                self._count(args)
            return answer

        return wrapped

    def _count(self, args: tuple[Any, ...]) -> None:
        if args and isinstance(args[-1], list | tuple) and not args[-1]:
            return
        self.left -= 1
        if self.left <= 0:
            sys.stderr.write(f"killed at {self.method}:{self.when}\n")
            sys.stderr.flush()
            os.kill(os.getpid(), signal.SIGKILL)


class Wrapped:
    """Any part, with some of its methods made deadly."""

    def __init__(self, part: Any, **methods: Callable[..., Awaitable[Any]]) -> None:
        self.__dict__.update(methods)
        self._part = part

    def __getattr__(self, name: str) -> Any:
        return getattr(self._part, name)
