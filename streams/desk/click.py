"""What the desk hears from people, and the port through which it hears and answers. Knows no Slack."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import Protocol

from streams.desk.feedback import Act, Feedback
from streams.records import Alert, Company


@dataclass(frozen=True, slots=True, kw_only=True)
class Click:
    """A button that was pressed, a choice from a menu, or a command that was typed.

    `id` is the same when the same click is delivered again. A button names an alert; a command has words.
    """

    id: str
    user: str
    channel: str  # as watches name it: slack:C01
    act: Act | None = None  # None: a command, its words say
    alert_id: str = ""
    span: str = ""  # of a mute: 1h, today, good
    words: str = ""


def mutable(alert: Alert) -> Company | None:
    """The company that the alert's button mutes: one that its watch is told for, or the mute would have no effect."""
    if alert.lead is None:
        return next(iter(alert.companies), None)
    return next((company for company in alert.companies if company.id == alert.lead), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """A click that is recorded: it may be acknowledged now, and answered at leisure."""

    feedback: Feedback
    alert: Alert | None = None
    asked: str = ""  # what `why` was asked about
    warning: str = ""  # it is done, but may be of no use


class Hears(Protocol):
    """Who takes clicks: `note` returns when the click is recorded durably, `answer` says what came of it."""

    async def note(self, click: Click) -> Noted:
        """Raises `Away` when it cannot be recorded: then it must not be acknowledged."""
        ...

    async def answer(self, noted: Noted) -> str:
        """Lines for the person who clicked, and for nobody else. Never raises `Away`: it says so instead."""
        ...


class Ear(Protocol):
    """Where clicks come from."""

    @property
    def deaf(self) -> str:
        """Why nothing can be heard now; "" while it can."""
        ...

    def run(self, desk: Hears) -> Awaitable[None]:
        """Hear for ever: each click is noted, then acknowledged, then answered."""
        ...


@dataclass(slots=True)
class MemoryEar:
    """An ear in this process, for tests: keeps in order what was acknowledged and what was answered."""

    clicks: list[Click] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    deaf: str = ""  # set by hand

    async def run(self, desk: Hears) -> None:
        """See `Ear.run`; returns when there is nothing more to hear."""
        while self.clicks:
            click = self.clicks.pop(0)
            noted = await desk.note(click)
            self.acknowledged.append(click.id)
            self.answers.append(await desk.answer(noted))
