"""How a log line is written: one line whatever is in it, and no secret."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from typing import Any, Final

import orjson

from streams.basics.text import visible
from streams.basics.times import SECOND, iso

HIDDEN: Final = "***"
_SHORTEST: Final = 6  # a secret shorter than this would hide half the log
_PATTERNS: Final = re.compile(
    r"xox[a-z]+-[A-Za-z0-9-]+|xapp-[A-Za-z0-9-]+|(?<=Bearer )[A-Za-z0-9._~+/=-]+|(?<=://)[^\s/:@]*:[^\s/@]+(?=@)"
    r"|(?<=hooks\.slack\.com/)\S+"
)
_ORDINARY: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class Redactor:
    """Takes out the secrets of the settings, and whatever looks like a token."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        whole = [s for s in secrets if len(s) >= _SHORTEST]
        known = sorted({*whole, *(orjson.dumps(s).decode()[1:-1] for s in whole)}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def __call__(self, text: str) -> str:
        """The text without them."""
        text = _PATTERNS.sub(HIDDEN, text)
        return self._known.sub(HIDDEN, text) if self._known else text


class ConsoleLines(logging.Formatter):
    """`12:00:00.123 INFO  streams.worker.triage: words`."""

    def __init__(self, redact: Redactor) -> None:
        super().__init__()
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        """One line; a traceback follows indented."""
        at = (iso(round(record.created * SECOND)) or "")[11:23]
        line = f"{at} {record.levelname:<7} {record.name}: {visible(record.getMessage())}"
        if record.exc_info:
            trace = self.formatException(record.exc_info).split("\n")
            line += "".join("\n    " + visible(part) for part in trace)
        return self._redact(line)


class JsonLines(logging.Formatter):
    """One JSON object a line: at, level, logger, message, and what the line was given besides."""

    def __init__(self, redact: Redactor) -> None:
        super().__init__()
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        """The object."""
        said: dict[str, Any] = {
            "at": iso(round(record.created * SECOND)),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        said |= {name: value for name, value in vars(record).items() if name not in _ORDINARY}
        if record.exc_info:
            said["error"] = self.formatException(record.exc_info)
        return orjson.dumps({name: self._clean(value) for name, value in said.items()}).decode()

    def _clean(self, value: object) -> object:
        """Redacted before it is JSON: what hides a secret must not reach beyond the value it stands in."""
        if value is None or isinstance(value, bool | int | float):
            return value
        text = value if isinstance(value, str) else repr(value)
        return self._redact(text.encode(errors="backslashreplace").decode())  # half a character is no JSON
