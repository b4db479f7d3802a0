"""Feedback: the record of one click. A click is whatever a person did in a channel: a button, a choice, a command.

The `feedback` topic holds these records for ever and is the truth: mutes and watches made in a channel are folded
from it (`desk.changing`), labelled examples are joined from it (`desk.examples`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Final

import msgspec
import orjson

from streams.basics.times import SECOND
from streams.records import Millis

VERSION: Final = 1
GRACE: Final[Millis] = 5 * SECOND
"""A change holds from so long after its record: by then every worker has read it, and a replay judges alike."""


class Act(StrEnum):
    """What a click asks for."""

    MUTE = "mute"
    UNMUTE = "unmute"
    WATCH = "watch"
    UNWATCH = "unwatch"
    NOT_RELEVANT = "not_relevant"
    WHY = "why"
    LIST = "list"
    HELP = "help"


CHANGES: Final = frozenset({Act.MUTE, Act.UNMUTE, Act.WATCH, Act.UNWATCH})
"""Acts that change the desk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is kept of the alert that a click was about, to find its article again."""

    alert_id: str
    article_id: str
    seen: Millis
    title: str
    url: str = ""
    lang: str = ""
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """One click as it was understood. `refused` says why it changed nothing; the same click has the same `id`."""

    id: str
    act: Act
    user: str
    channel: str
    at: Millis
    said: str = ""  # the command as it was typed
    refused: str = ""
    companies: tuple[str, ...] = ()  # of a mute or its end
    until: Millis = 0  # of a mute
    watch: str = ""  # its name
    table: Mapping[str, Any] = field(default_factory=dict)  # a watch as the watch file would say it
    subject: Subject | None = None

    @property
    def changes(self) -> bool:
        """Whether the desk is another one after it."""
        return self.act in CHANGES and not self.refused

    @property
    def about(self) -> tuple[str, ...]:
        """What of its channel it changes: `mute` and a company, `watch` and a name. The last change of each counts."""
        match self.act:
            case Act.MUTE | Act.UNMUTE:
                return tuple(f"mute {company}" for company in self.companies)
            case Act.WATCH | Act.UNWATCH:
                return (f"watch {self.watch}",)
            case _:
                return ()


class BadFeedback(ValueError):  # noqa: N818 - named for what was read
    """Bytes that are no feedback of a version this code knows."""


def encode_feedback(feedback: Feedback) -> bytes:
    """One record of the topic."""
    return orjson.dumps(asdict(feedback) | {"v": VERSION})


def decode_feedback(raw: bytes) -> Feedback:
    """Raises `BadFeedback`."""
    try:
        data = orjson.loads(raw)
        if data.get("v") != VERSION:
            raise BadFeedback(f"no feedback of version {VERSION}")
        return msgspec.convert(data, Feedback)  # every field of its type: what folds it may rely on that
    except (orjson.JSONDecodeError, AttributeError, msgspec.ValidationError) as fault:
        raise BadFeedback(f"no feedback: {fault!r}"[:200]) from None
