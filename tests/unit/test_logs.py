"""Log lines: one line each, no secret, no flood."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

import pytest

from streams.logs.flood import Flood
from streams.logs.lines import HIDDEN, ConsoleLines, JsonLines, Redactor
from streams.logs.setup import hidden
from streams.settings.record import Settings

SECRETS = Settings(
    slack_token="xoxb-111-abcdef",
    kafka_password='kafka "pass" phrase',
    redis_password="redis-secret",
    redis="redis://desk:in-the-url@redis:6379/0",
    health_token="health-secret",
    kafka_key_password="key-secret",
    webhooks="ops=https://hooks.slack.com/services/T0/B0/zzzz desk=https://desk.example/hook/yyyy",
)


def record(words: str, *args: object, level: int = logging.INFO, **extra: Any) -> logging.LogRecord:
    """A line as a logger makes it."""
    made = logging.makeLogRecord({"name": "streams.x", "levelno": level, "levelname": logging.getLevelName(level)})
    made.msg, made.args = words, args
    vars(made).update(extra)
    return made


@pytest.mark.parametrize("make", [ConsoleLines, JsonLines])
@pytest.mark.parametrize("secret", [s for s in hidden(SECRETS) if s])
def test_no_secret_of_the_settings_is_written(make: type[logging.Formatter], secret: str) -> None:
    """Not in words, not in arguments, not in a traceback."""
    lines = make(Redactor(hidden(SECRETS)))  # type: ignore[arg-type]  # both take a redactor
    made = record(f"words {secret} and %s", {"key": secret})
    try:
        int(f"in a traceback: {secret}")
    except ValueError:
        made.exc_info = sys.exc_info()
    line = lines.format(made)
    assert secret not in line
    assert line.count(HIDDEN) >= 3


def test_what_looks_like_a_secret_is_hidden_without_being_known() -> None:
    """Somebody else's tokens, an Authorization header, a password in a url."""
    redact = Redactor()
    for text in ("xoxp-9-secret", "xapp-1-A0-secret", "Authorization: Bearer secret.token", "redis://u:secret@h:1/0"):
        assert "secret" not in redact(text), text
    assert redact("http://127.0.0.1:8080/path at 12:00") == "http://127.0.0.1:8080/path at 12:00"


def test_a_headline_cannot_forge_a_line() -> None:
    """Line breaks and escape codes are written out."""
    line = ConsoleLines(Redactor()).format(record("title %s", "a\n12:00:00.000 ERROR forged\x1b[31m\u2028"))
    assert "\n" not in line
    assert "a\\n12:00" in line
    assert "\x1b" not in line
    json_line = JsonLines(Redactor()).format(record("title %s", "a\nb"))
    assert "\n" not in json_line


def test_json_lines_carry_what_they_were_given() -> None:
    """At, level, logger, message, extras and the traceback; anything odd as its repr."""
    said = json.loads(JsonLines(Redactor()).format(record("n is %d", 3, watch="china", odd=object)))
    assert (said["level"], said["logger"], said["message"], said["watch"]) == ("info", "streams.x", "n is 3", "china")
    assert said["at"].endswith("Z")
    assert "object" in said["odd"]


@pytest.mark.parametrize(
    ("words", "extra"),
    [
        ("cannot post to https://hooks.slack.com/services/T1/B1/s3cret", {}),
        ("decided", {"article": "http://x", "watch": "china", "source": "e@y"}),
        ("half a character \udcff", {}),
    ],
)
def test_hiding_a_secret_breaks_no_json(words: str, extra: dict[str, Any]) -> None:
    """It is one object still, and each value beside the secret is as it was given."""
    line = JsonLines(Redactor()).format(record(words, **extra, last="kept"))
    said = json.loads(line)
    assert "s3cret" not in line
    assert {name: said[name] for name in extra} == extra
    assert said["last"] == "kept"


def test_a_traceback_steers_no_terminal() -> None:
    """Its lines stay lines; what else is a control character is written out."""
    made = record("failed")
    made.exc_info = (ValueError, ValueError("a\r\x1b[2J\n12:00:00.000 ERROR forged"), None)
    line = ConsoleLines(Redactor()).format(made)
    assert "\\r\\x1b[2J\n    12:00" in line
    assert not {"\r", "\x1b"} & {*line}


def test_a_flood_is_counted_not_written() -> None:
    """Five of a kind in ten seconds; then the first says how many there were; other lines pass, debug too."""
    now = [0.0]
    dropped: list[str] = []
    flood = Flood(dropped.append, clock=lambda: now[0])
    written = [flood.filter(record("broker %d away", n, level=logging.ERROR)) for n in range(100)]
    assert sum(written) == 5
    assert dropped == ["error"] * 95
    assert flood.filter(record("something else", level=logging.ERROR))
    assert all(flood.filter(record("one line a decision", level=logging.DEBUG)) for _ in range(100))
    now[0] = 10.5
    again = record("broker %d away", 101, level=logging.ERROR)
    assert flood.filter(again)
    assert again.getMessage() == "broker 101 away (95 more were not written)"
    assert not flood.filter(record("Consumer has not sent fetch request since start: %r", "x", level=logging.ERROR))


def test_kinds_of_lines_are_bounded() -> None:
    """A message that is different each time does not fill the memory."""
    flood = Flood(lambda _level: None)
    for n in range(2_000):
        flood.filter(record(f"kind {n}", level=logging.WARNING))
    assert len(flood._kinds) <= 500
