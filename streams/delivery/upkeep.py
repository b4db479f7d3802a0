"""Beside sending: first messages are edited, doubles deleted, channels probed, stories released."""

from __future__ import annotations

import asyncio
import logging
import time
from bisect import bisect_right
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from streams.delivery.book import OUTLIVED, DeliveryBook, Edit
from streams.delivery.channel import Answer, CannotRead, Channel, Doubt, Posted, Reach, Refused
from streams.delivery.guarded import guarded
from streams.names import kind_of, place_of
from streams.records import Alert, Away, Kind, Millis

log = logging.getLogger(__name__)

_NOWHERE = Refused("no such channel", Reach.MESSAGE)
_IDLE_S = 0.1
_AFTER_TROUBLE: Millis = 30_000
_OUTLIVED: Millis = 300_000  # between two looks for what waited too long
_AUDITED: Millis = 3_600_000  # how far back the audit looks
_AUDITS = 10  # channels a round: Slack allows some fifty reads a minute, and doubts need most of them


@dataclass(slots=True, kw_only=True)
class Upkeep:
    """Every step can be repeated and can be done by several processes at once."""

    book: DeliveryBook
    channels: Mapping[str, Channel]
    lease: Millis
    release: Callable[[Sequence[Alert]], Awaitable[None]] | None = None
    places: Callable[[], Mapping[str, str]] = dict  # where each watch speaks now
    hold: Callable[[str, str], Awaitable[None]] | None = None  # a kind, with the reason; None: the book alone is told
    _spoke: Mapping[str, str] = field(default_factory=dict)
    _due: dict[str, float] = field(default_factory=lambda: {"probe": 0.0})  # at once, the others when their time comes
    _audited: str = ""  # the last channel: the next round begins behind it
    _left_alone: dict[tuple[str, str, str], float] = field(default_factory=dict)

    async def run(self, *, probe: Millis, audit: Millis) -> None:
        """Keep up for ever; waits while Redis is away."""
        while True:
            try:
                if self._is_due("probe", probe):
                    await self.probe()
                if self._is_due("audit", audit):
                    await self.audit()
                if self._is_due("outlived", _OUTLIVED):
                    await self.give_up()
                busy = await self.step()
            except Away as away:
                log.debug("upkeep holds: %s", away)
                await asyncio.sleep(0.5)
                continue
            if not busy:
                await asyncio.sleep(_IDLE_S)

    def _is_due(self, job: str, every: Millis) -> bool:
        now = time.monotonic()
        if now < self._due.setdefault(job, now + every / 1_000):
            return False
        self._due[job] = now + every / 1_000
        return True

    async def step(self) -> bool:
        """One round: an edit, doubles, burials. False when there was nothing to edit. Raises `Away`."""
        await self.follow()
        await self.mend()
        await self.bury()
        edit = await self.book.edit(self.lease)
        if edit is None:
            return False
        channel = guarded(self.channels, edit.root.channel)
        await self._edited(edit, _NOWHERE if channel is None else await channel.edit(edit))
        return True

    async def _edited(self, edit: Edit, answer: object) -> None:
        match answer:
            case Doubt(why):
                log.warning("the edit of %s is tried again: %s", edit.root.alert_id, why)
                await self.book.edited(edit, wait=_AFTER_TROUBLE)
            case Refused(why=why, reach=Reach.PAYLOAD | Reach.MESSAGE):
                log.info("the edit of %s is dropped: %s", edit.root.alert_id, why)
                await self.book.edited(edit)
            case Refused(wait=wait, sign=sign):
                await self.book.edited(edit, wait=wait or _AFTER_TROUBLE, sign=sign)
            case _:
                await self.book.edited(edit)

    async def follow(self) -> None:
        """What waits goes with a watch that was moved."""
        places = self.places()
        moved = {watch: place for watch, place in places.items() if self._spoke.get(watch, place) != place}
        if moved and (number := await self.book.relocate(moved)):
            log.warning("%d alerts go where their watches speak now", number)
        self._spoke = places

    async def mend(self) -> None:
        """Delete messages that were proved to stand twice; one that cannot be deleted now is left alone for a while."""
        for double in await self.book.doubles():
            if time.monotonic() >= self._left_alone.get(double, 0):
                await self._mend(double)

    async def _mend(self, double: tuple[str, str, str]) -> None:
        name, own, ts = double
        channel = guarded(self.channels, name)
        match _NOWHERE if channel is None else await channel.delete(place_of(name), ts):
            case Posted():
                log.error("deleted the second message of alert %s in %s", own, name)
            case Refused(why=why, reach=Reach.MESSAGE):
                log.error("the second message of alert %s in %s is not deleted: %s", own, name, why)
            case answer:
                log.warning("the second message of alert %s in %s stays for now: %s", own, name, answer.why)
                wait = answer.wait if isinstance(answer, Refused) else 0
                self._left_alone[double] = time.monotonic() + max(_AFTER_TROUBLE, wait) / 1_000
                return
        self._left_alone.pop(double, None)
        await self.book.mended(double)

    async def bury(self) -> None:
        """Release the stories of what can never be told (an echo told nothing of its own)."""
        dead = await self.book.buried()
        if not dead:
            return
        if self.release is not None:
            await self.release([a for a in dead if a.kind is not Kind.ECHO])
        await self.book.released(dead)

    async def give_up(self) -> None:
        """What waited longer than the outbox keeps is never told; its story may be told anew."""
        if number := await self.book.outlived():
            log.error("%d alerts are dead: each %s", number, OUTLIVED)

    async def probe(self) -> None:
        """Look whether what is on hold can be reached again, and whether what is not takes anything.

        Else a token that was revoked in a quiet night is found out by the first alert of the morning.
        """
        holds = await self.book.holds()
        for kind in sorted({*holds, *map(kind_of, self.places().values())}):
            if channel := guarded(self.channels, kind):
                await self._probed(kind, holds.get(kind), await channel.probe())

    async def _probed(self, kind: str, held: str | None, answer: Answer | None) -> None:
        match answer:
            case None if held is not None:
                log.warning("%s can be reached again, going on", kind)
                await self.book.resume(kind)
            case Refused() | Doubt() if held is not None:
                log.error("%s is still held (%s): %s", kind, held, answer.why)
            case Refused(why=why, reach=Reach.SERVICE):
                await (self.hold or self.book.hold)(kind, why)

    async def audit(self) -> None:
        """Search the last hour of some channels, in turns, for messages that stand twice; delete the later ones."""
        names = sorted(await self.book.channels(_AUDITED))
        behind = bisect_right(names, self._audited)
        for name in [*names[behind:], *names[:behind]][:_AUDITS]:
            self._audited = name
            channel = guarded(self.channels, name)
            if channel is None:
                continue
            try:
                for ts in await channel.spare(place_of(name), _AUDITED):
                    gone = isinstance(answer := await channel.delete(place_of(name), ts), Posted)
                    log.error("a second message in %s, %s: %s", name, ts, "deleted" if gone else f"stays: {answer}")
            except CannotRead as fault:
                log.warning("%s cannot be audited: %s", name, fault)
                if fault.wait:  # whoever asks on takes from the reads that doubts need
                    return
