"""A line that repeats is written a few times and then counted: a broker that is away says so 65 times a second."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

_MOST: Final = 5
_WINDOW_S: Final = 10.0
_KINDS: Final = 500

_FALSE_ALARMS: Final = ("has not sent fetch request since start",)
"""Faust compares two clocks that do not compare: it says so of every healthy consumer."""


@dataclass(slots=True)
class _Kind:
    since: float
    written: int = 0
    dropped: int = 0


class Flood(logging.Filter):
    """Lets `most` warnings of one kind through in a window; the next window's first says how many were not written."""

    def __init__(self, dropped: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._dropped = dropped
        self._clock = clock
        self._kinds: dict[tuple[str, int, str], _Kind] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether this line is written."""
        text = str(record.msg)
        if any(words in text for words in _FALSE_ALARMS):
            return False
        if record.levelno < logging.WARNING:
            return True
        kind = self._kind((record.name, record.levelno, text[:200]))
        now = self._clock()
        if now - kind.since >= _WINDOW_S:
            if kind.dropped:
                record.msg, record.args = f"{record.getMessage()} ({kind.dropped} more were not written)", ()
            kind.since, kind.written, kind.dropped = now, 0, 0
        if kind.written >= _MOST:
            kind.dropped += 1
            self._dropped(record.levelname.lower())
            return False
        kind.written += 1
        return True

    def _kind(self, key: tuple[str, int, str]) -> _Kind:
        if len(self._kinds) >= _KINDS and key not in self._kinds:
            self._kinds.clear()
        return self._kinds.setdefault(key, _Kind(self._clock()))
