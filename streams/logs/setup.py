"""Settings to logging: one handler on standard error. Standard output belongs to the console channel."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from typing import Final
from urllib.parse import urlsplit

from streams.logs.flood import Flood
from streams.logs.lines import ConsoleLines, JsonLines, Redactor
from streams.settings.read import secrets
from streams.settings.record import Settings

_CHATTY: Final = ("faust", "mode", "aiokafka", "asyncio", "slack_sdk", "aiohttp", "httpx", "httpcore")
"""Warnings only; at debug no more than their info: their debug lines hold whole requests, passwords and articles."""


def set_up(settings: Settings, level: str, dropped: Callable[[str], None] = lambda _level: None) -> None:
    """From now on every logger of this process writes like this."""
    redact = Redactor(hidden(settings))
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines(redact) if settings.log_format == "json" else ConsoleLines(redact))
    handler.addFilter(Flood(dropped))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.INFO if level == "debug" else max(logging.WARNING, root.level))


def hidden(settings: Settings) -> Iterator[str]:
    """Every secret of the settings, also those inside of a url."""
    for name in secrets():
        value: str = getattr(settings, name)
        yield value
        yield from (part.partition("=")[2] for part in value.split())
    if password := urlsplit(settings.redis).password:
        yield password
