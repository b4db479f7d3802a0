"""What Slack sends when somebody presses a button or types a command, to a click: pure, and trusting nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from streams.basics.limits import COMMAND_CHARS
from streams.basics.text import hash_of
from streams.desk.click import Click
from streams.desk.feedback import Act

_ID: Final = re.compile(r"[A-Z0-9]{2,24}")
_ALERT: Final = re.compile(r"[0-9A-Za-z_-]{1,64}")
_SPANS: Final = frozenset({"1h", "today", "good"})
_BUTTONS: Final = {"irrelevant": Act.NOT_RELEVANT, "why": Act.WHY, "mute": Act.MUTE}


class NoClick(ValueError):  # noqa: N818 - named for the payload
    """A payload that is none of ours, or not whole."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A click, and where its answer goes."""

    click: Click
    answer_to: str


def heard(kind: str, payload: Any) -> Heard:
    """`kind` is the envelope's. Raises `NoClick`."""
    try:
        if kind == "slash_commands":
            return _command(payload)
        if kind == "interactive" and payload["type"] == "block_actions":
            return _pressed(payload)
    except (KeyError, IndexError, TypeError, AttributeError) as fault:
        raise NoClick(f"{kind}: {fault!r}"[:200]) from None
    raise NoClick(f"{kind[:40]}: none of ours")


def _command(payload: Mapping[str, Any]) -> Heard:
    click = Click(
        id=_same("command", payload["trigger_id"]),
        user=_checked(_ID, payload["user_id"]),
        channel="slack:" + _checked(_ID, payload["channel_id"]),
        words=str(payload.get("text") or "")[: COMMAND_CHARS + 1],  # one more than is read: then it is refused, not cut
    )
    return Heard(click, str(payload.get("response_url") or ""))


def _pressed(payload: Mapping[str, Any]) -> Heard:
    action, user = payload["actions"][0], _checked(_ID, payload["user"]["id"])
    act = _BUTTONS.get(str(action["action_id"]))
    if act is None:
        raise NoClick("a button of another make")
    span, value = "", action.get("value")
    if act is Act.MUTE:
        span, _, value = str(action["selected_option"]["value"]).partition(":")
        if span not in _SPANS:
            raise NoClick("a span that no button offers")
    click = Click(
        id=_same(user, action["action_ts"], action["action_id"], payload["container"]["message_ts"], span),
        user=user,
        channel="slack:" + _checked(_ID, payload["container"]["channel_id"]),
        act=act,
        alert_id=_checked(_ALERT, value),
        span=span,
    )
    return Heard(click, str(payload.get("response_url") or ""))


def _checked(pattern: re.Pattern[str], value: Any) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise NoClick("an id that Slack would not send")
    return value


def _same(*parts: Any) -> str:
    """The same when Slack delivers the same click again."""
    return hash_of(*map(str, parts), size=10)
