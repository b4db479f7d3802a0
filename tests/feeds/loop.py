"""An event loop whose time jumps: nobody waits, and a day passes as fast as its work is done."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

from streams.records import Millis

_Answer = TypeVar("_Answer")


class _Jumping(selectors.DefaultSelector):
    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise RuntimeError("everybody waits and nobody will wake them")
        self.now += max(0.0, timeout)
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """Runs on jumped time; real sockets and threads have no place in it."""

    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        """Seconds since the loop began, jumps included."""
        return self._jumping.now


@dataclass(frozen=True, slots=True)
class VirtualClock:
    """The wall clock of a virtual loop."""

    begin: Millis

    def now(self) -> Millis:
        """Milliseconds since 1970, by the loop's time."""
        return self.begin + round(asyncio.get_running_loop().time() * 1_000)


def run_virtually(work: Coroutine[Any, Any, _Answer]) -> _Answer:
    """As `asyncio.run`, in jumped time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work)
