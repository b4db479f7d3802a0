"""The clerk: takes clicks, writes them down, then answers. What changes the desk is checked before it is written."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from streams.basics.limits import CHANNEL_WATCHES, COMMAND_CHARS
from streams.basics.times import HOUR, iso
from streams.desk.changing import ChangingDesk
from streams.desk.click import Click, Noted, mutable
from streams.desk.commands import HELP, Reader, Unclear
from streams.desk.evidence import beside, in_force, of_alert, of_decisions, until_words, watched
from streams.desk.feedback import CHANGES, GRACE, Act, Feedback, Subject
from streams.ports import Clock
from streams.records import Alert, Away, Decision, Millis
from streams.watches.watch import Desk

log = logging.getLogger(__name__)

_GONE: Final = "this alert is no longer on record"
_NOBODY: Final = "this alert is about no company that could be muted"
_UNSEEN: Final = (
    "nobody could see in time whether the bot is in this channel; where it is not, nothing is told: /invite @tapewire"
)
_OUTDONE: Final = "this does not hold: another change of it bears a later time; list tells what holds"
_AHEAD: Final[Millis] = HOUR  # Kafka takes no record that is further ahead
_SEEN_WITHIN_S: Final = 1.0  # what is left of the three seconds that Slack waits is for the record


@dataclass(slots=True, kw_only=True)
class Clerk:
    """See `click.Hears`. `users` may change the desk; empty means everybody who can speak in the channel."""

    desk: ChangingDesk
    reader: Reader
    clock: Clock
    record: Callable[[Feedback], Awaitable[None]]  # durable when it returns; raises `Away`
    alert: Callable[[str], Awaitable[Alert | None]]  # an alert by id; raises `Away`
    decisions: Callable[[str], Awaitable[Sequence[Decision]]]  # of the newest article that goes by this; raises `Away`
    barred: Callable[[str], Awaitable[str]]  # why nothing can be posted in a channel, "" when it can; raises `Away`
    users: frozenset[str] = frozenset()

    async def note(self, click: Click) -> Noted:
        """See `Hears.note`: what is refused is recorded too, with the reason."""
        noted = self._timed(await self._understood(click))
        refused = noted.feedback.refused or self._refusal(noted.feedback)
        noted = replace(noted, feedback=replace(noted.feedback, refused=refused))
        if noted.feedback.act is Act.WATCH and not refused:
            noted = await self._placed(noted)
        await self.record(noted.feedback)
        self.desk.add([noted.feedback])
        return noted

    async def _placed(self, noted: Noted) -> Noted:
        """A watch, refused where nobody could ever be told of anything; as old as its record after the look."""
        refused = warning = ""
        try:
            async with asyncio.timeout(_SEEN_WITHIN_S):
                refused = await self.barred(noted.feedback.channel)
        except (Away, TimeoutError) as fault:
            log.warning("a watch is made in %s unseen: %r", noted.feedback.channel, fault)
            warning = _UNSEEN
        feedback = replace(noted.feedback, refused=refused)
        return self._timed(replace(noted, feedback=feedback, warning=warning))

    def _timed(self, noted: Noted) -> Noted:
        """As of now, but after what it changes: that may bear the time of a clock that is ahead of ours."""
        now, before = self.clock.now(), self.desk.changed(noted.feedback)
        at = before + 1 if now <= before < now + _AHEAD else now
        return replace(noted, feedback=replace(noted.feedback, at=at))

    async def _understood(self, click: Click) -> Noted:
        at = self.clock.now()
        words = click.words.encode("utf-8", "replace").decode()  # half a character could not be recorded
        told = Feedback(
            id=click.id, act=click.act or Act.HELP, user=click.user, channel=click.channel, at=at,
            said=words[:COMMAND_CHARS],
        )  # fmt: skip
        try:
            if click.act is None:
                order = self.reader.read(words, click.channel, at)
                told = replace(
                    told, act=order.act, companies=order.companies, until=order.until, watch=order.watch,
                    table=order.table,
                )  # fmt: skip
                return Noted(feedback=told, asked=order.asked)
            return await self._pressed(click, told)
        except Unclear as unclear:
            return Noted(feedback=replace(told, refused=str(unclear)))

    async def _pressed(self, click: Click, told: Feedback) -> Noted:
        alert = await self.alert(click.alert_id)
        if alert is None or alert.channel != click.channel:
            return Noted(feedback=replace(told, refused=_GONE))
        told = replace(told, subject=_subject(alert))
        if told.act is Act.MUTE:
            company = mutable(alert)
            if company is None:
                return Noted(feedback=replace(told, refused=_NOBODY))
            told = replace(told, companies=(company.id,), until=self.reader.until(click.span, told.at))
        return Noted(feedback=told, alert=alert)

    def _refusal(self, feedback: Feedback) -> str:
        if feedback.act not in CHANGES:
            return ""
        if self.users and feedback.user not in self.users:
            return "you may look, but not change this desk; ask who keeps its settings"
        desk = self.desk.at(feedback.at + GRACE)
        here = {w.name for w in desk.watches if w.channel == feedback.channel and w.name not in self.desk.base.by_name}
        here |= {name for channel, name in desk.faults if channel == feedback.channel}
        if feedback.act is Act.UNWATCH and feedback.watch not in here:
            return self._no_such(feedback)
        if feedback.act is Act.WATCH and feedback.watch not in here and len(here) >= CHANNEL_WATCHES:
            return f"this channel has {CHANNEL_WATCHES} watches of its own already"
        return ""

    def _no_such(self, feedback: Feedback) -> str:
        plain = feedback.watch.split("@", 1)[0]
        if plain in self.desk.base.by_name:
            return f"{plain} stands in the watch file: it is changed there"
        return f"no watch {plain!r} was made here; list tells the names"

    async def answer(self, noted: Noted) -> str:
        """See `Hears.answer`."""
        try:
            return "\n".join(await self._lines(noted))
        except Away as away:
            log.warning("a question cannot be answered now: %s", away)
            return "this cannot be looked up now; try again in a minute"

    async def _lines(self, noted: Noted) -> Sequence[str]:
        told = noted.feedback
        if told.refused:
            return told.refused.splitlines()
        desk = self.desk.at(max(told.at, self.clock.now()) + GRACE)
        if told.act in CHANGES:
            return [*self._changed(told, desk), *filter(None, [noted.warning, self._later(told)])]
        match told.act:
            case Act.NOT_RELEVANT:
                return ["noted as not relevant; after review the model learns from it"]
            case Act.LIST:
                return in_force(desk, told.channel, self.desk.base, self.reader)
            case Act.WHY:
                return await self._why(noted)
            case _:
                return HELP

    def _changed(self, told: Feedback, desk: Desk) -> list[str]:
        if not _holds(told, desk):
            return [_OUTDONE]
        named = ", ".join(self.reader.names.get(c, c) for c in told.companies)
        match told.act:
            case Act.MUTE:
                until = min(desk.mutes[told.channel, company] for company in told.companies)
                return [f"{named}: muted here {until_words(until, self.reader.zone)}; /tapewire unmute ends it"]
            case Act.UNMUTE:
                return [f"{named}: heard here again"]
            case Act.WATCH:
                return self._made(told, desk)
            case _:
                return [f"{told.watch} has ended"]

    def _made(self, told: Feedback, desk: Desk) -> list[str]:
        watch = desk.by_name[told.watch]
        head, *below = watched(watch, self.reader)
        before = self.desk.at(told.at + GRACE - 1)
        return [f"from now on: {head}", *below, *beside(watch, before, desk, self.reader)]

    def _later(self, told: Feedback) -> str:
        if told.at < self.clock.now() + GRACE:
            return ""
        since = (iso(told.at + GRACE) or "")[11:19]
        return f"it holds from {since} UTC: the change before it was made by a clock that is ahead; see to the clocks"

    async def _why(self, noted: Noted) -> list[str]:
        if noted.alert is not None:
            return of_alert(noted.alert)
        if not noted.asked:
            return ["say what: why ID, or words of a headline"]
        decisions = await self.decisions(noted.asked)
        if not decisions:
            return [f"no recent article goes by {noted.asked[:80]!r}"]
        return of_decisions(decisions, self.desk.at(decisions[0].seen), noted.feedback.channel)


def _holds(told: Feedback, desk: Desk) -> bool:
    """Whether the desk is as was asked for."""
    match told.act:
        case Act.MUTE:
            return all((told.channel, company) in desk.mutes for company in told.companies)
        case Act.UNMUTE:
            return not any((told.channel, company) in desk.mutes for company in told.companies)
        case Act.WATCH:
            return told.watch in desk.by_name
        case _:
            return told.watch not in desk.by_name


def _subject(alert: Alert) -> Subject:
    return Subject(
        alert_id=alert.alert_id, article_id=alert.article_id, seen=alert.seen, title=alert.title, url=alert.url,
        lang=alert.lang, categories=tuple(r.category for r in alert.relevances),
    )  # fmt: skip
