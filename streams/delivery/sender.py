"""The sender: claims deliveries and moves them on. Runs beside the agents, never inside one."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from streams.basics.tasks import end, finish
from streams.delivery.alarm import alarm
from streams.delivery.alike import opening
from streams.delivery.book import Back, Delivery, DeliveryBook, Forgotten, Sign, State
from streams.delivery.channel import Answer, CannotRead, Channel, Doubt, Posted, Reach, Refused
from streams.delivery.guarded import guarded
from streams.delivery.upkeep import Upkeep
from streams.names import kind_of
from streams.records import REVISING, Alert, Away, Kind, Millis
from streams.watches.unwanted import unwanted
from streams.watches.watch import Desk

log = logging.getLogger(__name__)

_LADDER = 3  # after so many plainer payloads there is nothing left to drop
_IDLE_S = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How long things may take, in milliseconds."""

    lease: Millis = 15_000
    timeout: Millis = 10_000  # of one post; must end well within the lease
    settle: Millis = 30_000
    reread: Millis = 15_000
    pace: Millis = 1_000
    probe: Millis = 30_000  # between two looks whether a channel on hold can be reached again
    audit: Millis = 120_000  # between two searches for messages that stand twice, of some channels each


@dataclass(slots=True, kw_only=True)
class Sender:
    """Sends what the book holds. Several may run, in one process or in many.

    `rebuild` enters the whole outbox into a book that knows nothing, and says how many alerts that holds; without it
    the sender holds.
    `release` lets the next article tell the stories of alerts that can never be delivered.
    `desk` is the one of now: where it says that a watch speaks, what waits in a closed channel is told; what nobody
    wants by it any more is told nowhere.
    """

    book: DeliveryBook
    channels: Mapping[str, Channel]  # by kind: "slack" for "slack:C01", "console" for "console"
    timing: Timing = field(default_factory=Timing)
    lanes: int = 8  # channels spoken to at the same time
    rebuild: Callable[[], Awaitable[int]] | None = None
    release: Callable[[Sequence[Alert]], Awaitable[None]] | None = None
    tried: Callable[[Delivery, Answer, float], object] = lambda _delivery, _answer, _seconds: None  # metrics
    desk: Callable[[], Desk] = Desk
    alarm: str = ""  # a channel of another kind that is told what cannot be told elsewhere
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _stopping: bool = False

    async def run(self) -> None:
        """Send for ever; waits while Redis is away.

        When cancelled, nothing more is claimed and posts under way get their answer first: else every restart
        would leave alerts in doubt for a lease and a settle time.
        """
        upkeep = Upkeep(
            book=self.book, channels=self.channels, lease=self.timing.lease, release=self.release, places=self._places,
            hold=self._hold,
        )  # fmt: skip
        lanes = [asyncio.create_task(self._lane(n)) for n in range(self.lanes)]
        tasks = [*lanes, asyncio.create_task(upkeep.run(probe=self.timing.probe, audit=self.timing.audit))]
        try:
            for ended in (await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION))[0]:
                ended.result()
        except asyncio.CancelledError:
            self._stopping = True
            await finish(lanes, self.timing.timeout / 1_000 + 1)
            raise
        finally:
            await end(tasks)

    async def _lane(self, number: int) -> None:
        while not self._stopping:
            try:
                await self._move(*await self._look())
            except Forgotten as gone:
                await self._recover(gone, number)
            except Away as away:
                log.warning("sender holds: %s", away)
                await asyncio.sleep(0.5)

    async def _look(self) -> tuple[Delivery | None, float]:
        """What is due next. One lane looks for all: eight that ask an idle book cost as much as reading the news."""
        async with self._turn:
            if self._stopping:
                return None, 0.0
            found = await self._claim()
            if found[0] is None:
                await asyncio.sleep(_IDLE_S)
            return found

    async def _recover(self, gone: Forgotten, number: int) -> None:
        """One lane rebuilds the book; the others, and all without a way to rebuild it, hold."""
        if number or self.rebuild is None:
            await asyncio.sleep(0.5)
            return
        log.info("%s: reading the outbox", gone)
        try:
            alerts = await self.rebuild()
            await self.book.begin()
        except Away as away:
            log.warning("the rebuild waits: %s", away)
            await asyncio.sleep(0.5)
            return
        if alerts:  # else nothing was ever to be said: a desk that starts for the first time
            log.error("the delivery book was lost, and is rebuilt from the %d alerts of the outbox", alerts)

    async def step(self) -> bool:
        """Claim and move one delivery; False when nothing is due. Raises `Away`."""
        delivery, started = await self._claim()
        await self._move(delivery, started)
        return delivery is not None

    async def _claim(self) -> tuple[Delivery | None, float]:
        """A delivery, and since when its lease may have run."""
        started = time.monotonic()
        return await self.book.claim(self.timing.lease), started

    async def _move(self, delivery: Delivery | None, started: float) -> None:
        if delivery is None:
            return
        channel = guarded(self.channels, delivery.channel)
        if channel is None:
            await self._give_up(delivery, f"no channel of the kind {delivery.channel!r}")
        elif delivery.state is State.READING:
            await self._read_back(channel, delivery)
        else:
            await self._post(channel, delivery, started)

    async def _post(self, channel: Channel, delivery: Delivery, started: float) -> None:
        spent = (time.monotonic() - started) * 1_000
        if spent > self.timing.lease - self.timing.timeout:
            # paused for long (a stopped process, a busy machine): the lease would end under the post
            await self.book.again(delivery, Back(State.PENDING, clean=delivery.clean, step=delivery.step))
            return
        if await self._stays_untold(delivery):
            return
        begun = time.monotonic()
        answer = await channel.post(delivery)
        self.tried(delivery, answer, time.monotonic() - begun)
        while True:  # an answer in hand is worth waiting for Redis
            try:
                await self._record(delivery, answer)
            except Forgotten:
                return  # the rebuild enters it as doubt, and its message is found
            except Away:
                await asyncio.sleep(0.2)
            else:
                return

    async def _stays_untold(self, delivery: Delivery) -> bool:
        """Whether something of it must not be said now, in quiet hours, or ever, since nobody wants it any more."""
        told = delivery.members or (delivery.alert,)
        if asleep := {a.alert_id: until for a in told if (until := opening(a, delivery.at))}:
            await self.book.put_off(delivery, asleep)
        elif why := await self._unwanted(told):
            log.info("not wanted in %s any more: %s", delivery.channel, "; ".join(f"{a}: {w}" for a, w in why.items()))
            await self.book.unwanted(delivery, why)
        else:
            return False
        return True

    async def _unwanted(self, told: Sequence[Alert]) -> Mapping[str, str]:
        """Which of these, and why."""
        desk = self.desk()
        found: dict[str, str] = {}
        for alert in told:
            why = unwanted(alert, desk)
            if why and not (alert.watch in desk.by_name and await self._revises_told(alert, found)):
                found[alert.alert_id] = why
        return found

    async def _revises_told(self, alert: Alert, beside: Collection[str]) -> bool:
        """As in triage, no mute keeps a correction from whom was told; of an unwanted first message nobody was."""
        if alert.kind is not Kind.CORRECTION or alert.status not in REVISING or alert.root_id in beside:
            return False
        return await self.book.state(alert.root_id) is not State.UNWANTED

    async def _record(self, delivery: Delivery, answer: Answer) -> None:
        match answer:
            case Posted(ts):
                if not await self.book.sent(delivery, ts, self.timing.pace):
                    log.error("alert %s stands twice in %s", delivery.id, delivery.channel)
            case Doubt(why):
                log.warning("alert %s in doubt: %s", delivery.id, why)
                settle, pace = self.timing.settle, self.timing.pace
                back = Back(State.DOUBT, settle, step=delivery.step, pause=pace, sign=Sign.TROUBLE)
                await self.book.again(delivery, back)
            case Refused():
                await self._refused(delivery, answer)

    async def _refused(self, delivery: Delivery, refused: Refused) -> None:
        kind = kind_of(delivery.channel)
        match refused.reach:
            case Reach.ATTEMPT:
                await self._put_back(delivery, refused, wait=refused.wait)
            case Reach.PAYLOAD if delivery.step < _LADDER:
                log.warning("alert %s refused, sending it plainer: %s", delivery.id, refused.why)
                await self._put_back(delivery, refused, plainer=1)
            case Reach.PAYLOAD | Reach.MESSAGE:
                await self._give_up(delivery, refused.why)
            case Reach.CHANNEL:
                log.warning("%s must be quiet for %d ms: %s", delivery.channel, refused.wait, refused.why)
                await self._closed(delivery, refused)
            case Reach.SERVICE:
                await self._hold(kind, refused.why)
                await self._put_back(delivery, refused)

    async def _hold(self, kind: str, why: str) -> None:
        log.critical("%s takes nothing, everything is held: %s", kind, why)
        await self.book.hold(kind, why)
        await self._alarmed(kind, why)

    async def _closed(self, delivery: Delivery, refused: Refused) -> None:
        wrong = refused.sign is Sign.ANSWERED  # the channel itself: gone, archived, closed to us
        if wrong:
            await self._alarmed(delivery.channel, refused.why)
        await self._put_back(delivery, refused, pause=refused.wait)
        if wrong and (moved := await self.book.relocate(self._places(), delivery.channel)):
            log.warning("%d alerts leave %s: their watches speak elsewhere now", moved, delivery.channel)

    def _places(self) -> dict[str, str]:
        return {watch.name: watch.channel for watch in self.desk().watches}

    async def _give_up(self, delivery: Delivery, why: str) -> None:
        log.error("alert %s is dead, %s never has it: %s", delivery.id, delivery.channel, why)
        await self.book.dead(delivery, why)

    async def _put_back(
        self, delivery: Delivery, refused: Refused, *, wait: Millis = 0, pause: Millis = 0, plainer: int = 0
    ) -> None:
        pause, step = max(pause, self.timing.pace), delivery.step + plainer
        back = Back(State.PENDING, wait, clean=delivery.clean, step=step, pause=pause, sign=refused.sign)
        await self.book.again(delivery, back)

    async def _alarmed(self, what: str, why: str) -> None:
        if self.alarm and kind_of(self.alarm) != kind_of(what):
            await self.book.intend([alarm(self.alarm, what, why, time.time_ns() // 1_000_000)])

    async def _read_back(self, channel: Channel, delivery: Delivery) -> None:
        clean, step, reread = delivery.clean, delivery.step, self.timing.reread
        try:
            marks = await channel.marks(delivery)
        except CannotRead as fault:
            log.warning("alert %s stays in doubt: %s", delivery.id, fault)
            wait = max(reread, fault.wait)
            await self.book.again(delivery, Back(State.DOUBT, wait, clean=clean, step=step, sign=fault.sign))
            return
        mine = marks.get(delivery.id)
        stands = mine is not None and mine.signed and not mine.folded
        if others := {own: m for own, m in marks.items() if own != delivery.id or not stands}:
            await self.book.found(others)
        if mine is not None and stands:
            await self.book.sent(delivery, mine.ts, 0)
        elif mine is not None:
            log.info("alert %s was told %s", delivery.id, "by a digest" if mine.folded else "by an older version")
        elif clean + 1 >= 2:  # noqa: PLR2004 - two clean reads, as the book's picture says
            await self.book.again(delivery, self._settled(delivery))
        else:
            await self.book.again(delivery, Back(State.DOUBT, reread, clean=clean + 1, step=step, sign=Sign.ANSWERED))

    def _settled(self, delivery: Delivery) -> Back:
        """It certainly does not stand there. Where its watch speaks now it may: the book forgot that it was moved."""
        here, step = delivery.channel, delivery.step
        place = here if delivery.members else self._places().get(delivery.alert.watch, here)
        if place != here:
            return Back(State.DOUBT, self.timing.reread, step=step, sign=Sign.ANSWERED, elsewhere=place)
        return Back(State.PENDING, clean=delivery.clean + 1, step=step, sign=Sign.ANSWERED)
