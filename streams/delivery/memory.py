"""The delivery book in this process: the twin by which tests hold the Redis book to its promises, durability apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from streams.basics.times import from_ts
from streams.delivery.alike import anchor_before, entering, placed
from streams.delivery.book import FINAL, OUTLIVED, Back, Delivery, Edit, Mark, Sign, State
from streams.delivery.rules import Rules
from streams.delivery.twin.enter import Door
from streams.delivery.twin.lines import Lines
from streams.delivery.twin.living import Living
from streams.delivery.twin.moves import Moves
from streams.delivery.twin.shelf import Entry, Gate, began_in, waiting_in, waits
from streams.delivery.waiting import Waiting
from streams.ports import Clock
from streams.records import Alert, Kind, Millis, Receipt


class MemoryBook:
    """See `DeliveryBook`."""

    def __init__(self, clock: Clock, rules: Rules | None = None) -> None:
        self._clock = clock
        self._rules = rules or Rules()
        self._gate = Gate(self._rules)
        self.entries: dict[str, Entry] = {}
        self._living = Living(self._rules, self.entries, self._gate)
        self._lines = Lines(self._rules, self.entries, self._gate, self._living)
        self._moves = Moves(self.entries, self._lines.digest_after)
        self._door = Door(self.entries, self._lines, self._moves, self._living, self._rules.settle)
        self._quiet_until: dict[str, Millis] = {}
        self._anchors: dict[str, str] = {}
        self._doubles: list[tuple[str, str, str]] = []
        self._buried: dict[str, Alert] = {}

    async def intend(self, alerts: Sequence[Alert]) -> int:
        """See `DeliveryBook.intend`."""
        return sum(self._door.enter(a, State.PENDING, self._clock.now()) for a in map(entering, alerts))

    async def rebuild(self, alerts: Sequence[Alert], *, sent: bool = False) -> int:
        """See `DeliveryBook.rebuild`."""
        now, known = self._clock.now(), State.SENT if sent else State.DOUBT
        entered = ((a, State.PENDING if a.hold > now else known) for a in map(entering, alerts))
        return sum(self._door.enter(a, state, now) for a, state in entered)

    async def begin(self) -> None:
        """See `DeliveryBook.begin`: this book cannot forget."""

    async def claim(self, lease: Millis) -> Delivery | None:
        """See `DeliveryBook.claim`."""
        now = self._clock.now()
        for entry in self.entries.values():
            if entry.state in (State.SENDING, State.READING) and entry.lease <= now:
                entry.state, entry.clean, entry.due = State.DOUBT, 0, now + self._rules.settle
        channels = dict.fromkeys(e.alert.channel for e in self.entries.values() if e.state not in FINAL)
        free = [c for c in channels if self._quiet_until.get(c, 0) <= now and not self._gate.is_shut(c, now)]
        free.sort(key=lambda c: self._quiet_until.get(c, 0))
        for hurry in (True, False):
            for channel in free:
                found = self._lines.next(channel, now, hurry=hurry)
                if found is not None and self._gate.is_free(channel, now, found.state):
                    return self._take(found, now, lease)
        return None

    def _take(self, entry: Entry, now: Millis, lease: Millis) -> Delivery:
        channel = entry.alert.channel
        entry.fence += 1
        self._gate.spend(channel, now, entry.state)
        if entry.state is State.PENDING:
            entry.state, entry.attempts = State.SENDING, entry.attempts + 1
            entry.anchor = max(self._anchors.get(channel, "0"), anchor_before(now), key=float)
        else:
            entry.state = State.READING
        entry.lease = self._quiet_until[channel] = now + lease
        self._gate.breaker(channel).half_open(now + lease)
        root = self._root_beside(entry)
        return Delivery(
            alert=entry.alert, state=entry.state, fence=entry.fence, attempts=entry.attempts, clean=entry.clean,
            anchor=entry.anchor, root_ts=root.ts if root else "", step=entry.step, members=entry.members,
            fold=entry.fold, digest_id=entry.alert.alert_id if entry.members else "", at=now,
        )  # fmt: skip

    async def sent(self, delivery: Delivery, ts: str, pace: Millis) -> bool:
        """See `DeliveryBook.sent`."""
        entry, now = self.entries.get(delivery.id), self._clock.now()
        if entry is None:  # a digest that was undone
            return True
        if entry.state in (State.SENT, State.FOLDED):
            if entry.ts != ts:
                self._doubles.append((delivery.channel, delivery.id, ts))
            return entry.ts == ts
        if self._held(delivery):
            self._gate.learn(delivery.channel, Sign.ANSWERED, entry.state, now, 0)
            self._quiet_until[delivery.channel] = now + pace
        entry.alert = placed(entry.alert, delivery.channel, entry.alert.hold)  # it may be looked for elsewhere by now
        self._stands(entry, ts, now)
        return True

    def _root_beside(self, entry: Entry) -> Entry | None:
        """Of a reply: its first message, when that is in the same channel."""
        root = self.entries.get(entry.alert.root_id) if entry.alert.kind is not Kind.NEW else None
        return root if root and root.alert.channel == entry.alert.channel else None

    def _stands(self, entry: Entry, ts: str, now: Millis) -> None:
        channel = entry.alert.channel
        entry.state, entry.ts = State.SENT, ts
        self._buried.pop(entry.alert.alert_id, None)
        entry.prove(ts, now)
        head = self._root_beside(entry)
        for member in entry.members:
            line = self.entries[member.alert_id]
            line.state, line.ts = State.FOLDED, (head and head.ts) or ts  # where a reply to it belongs
            line.prove(ts, now)
            self._buried.pop(member.alert_id, None)
            self._living.note(member, now)
        self._anchors[channel] = max(self._anchors.get(channel, "0"), ts, key=float)
        if not entry.members:
            self._living.note(entry.alert, now)
        self._living.stands(entry.alert.alert_id, now)

    async def found(self, marks: Mapping[str, Mark]) -> int:
        """See `DeliveryBook.found`."""
        settled = [(e, m) for own, m in marks.items() if (e := self.entries.get(own)) and e.state not in FINAL]
        now = self._clock.now()
        for entry, mark in settled:
            if entry.state is State.READING:
                self._quiet_until[entry.alert.channel] = now
            if mark.folded:
                entry.state, entry.ts = State.FOLDED, mark.ts
                entry.prove(mark.ts, now)
                self._living.drop(entry.alert.alert_id)
                self._living.note(entry.alert, now)
            else:
                self._stands(entry, mark.ts, now)
        return len(settled)

    def _held(self, delivery: Delivery) -> bool:
        entry = self.entries.get(delivery.id)
        return entry is not None and entry.fence == delivery.fence and entry.state in (State.SENDING, State.READING)

    async def again(self, delivery: Delivery, back: Back) -> bool:
        """See `DeliveryBook.again`."""
        entry, now = self.entries.get(delivery.id), self._clock.now()
        if entry is not None:
            self._gate.learn(delivery.channel, back.sign, entry.state, now, back.pause)
        if entry is None or not self._held(delivery):
            return False
        entry.alert = placed(entry.alert, back.elsewhere or delivery.channel, entry.alert.hold)
        entry.state, entry.clean, entry.step = back.state, back.clean, back.step
        entry.due = now + back.delay if back.delay else entry.since
        self._quiet_until[delivery.channel] = now + back.pause
        return True

    async def put_off(self, delivery: Delivery, until: Mapping[str, Millis]) -> bool:
        """See `DeliveryBook.put_off`."""
        entry = self._untried(delivery)
        if entry is not None:
            self._moves.put_off(entry, until)
        return entry is not None

    async def unwanted(self, delivery: Delivery, why: Mapping[str, str]) -> bool:
        """See `DeliveryBook.unwanted`."""
        entry = self._untried(delivery)
        if entry is not None:
            self._moves.take_back(entry)
            for own, words in why.items():
                self._end(self.entries[own], State.UNWANTED, words)
        return entry is not None

    def _untried(self, delivery: Delivery) -> Entry | None:
        """Of the newest fence: no post was tried, so that neither pace nor probe is spent."""
        if not self._held(delivery):
            return None
        self._gate.give_back(delivery.channel)
        self._quiet_until[delivery.channel] = self._clock.now()
        return self.entries[delivery.id]

    async def relocate(self, places: Mapping[str, str], out_of: str = "") -> int:
        """See `DeliveryBook.relocate`."""
        return self._moves.relocate(places, out_of)

    async def dead(self, delivery: Delivery, why: str) -> bool:
        """See `DeliveryBook.dead`."""
        if not self._held(delivery):
            return False
        self._bury(self.entries[delivery.id], why)
        self._quiet_until[delivery.channel] = self._clock.now()
        return True

    def _bury(self, buried: Entry, why: str) -> int:
        for entry in (buried, *(self.entries[m.alert_id] for m in buried.members)):
            self._end(entry, State.DEAD, why)
            if not entry.members:
                self._buried[entry.alert.alert_id] = entry.alert
        return len(buried.members) or 1

    def _end(self, entry: Entry, state: State, why: str) -> None:
        entry.state = state
        entry.prove("", self._clock.now(), why)
        self._living.drop(entry.alert.alert_id)

    async def outlived(self) -> int:
        """See `DeliveryBook.outlived`."""
        oldest = self._clock.now() - self._rules.keep
        old = [e for e in waits(self.entries) if e.state in (State.PENDING, State.DOUBT)]
        return sum(self._bury(e, OUTLIVED) for e in old if began_in(self.entries, e) < oldest)

    async def buried(self) -> Sequence[Alert]:
        """See `DeliveryBook.buried`."""
        return list(self._buried.values())

    async def released(self, alerts: Sequence[Alert]) -> None:
        """See `DeliveryBook.released`."""
        for alert in alerts:
            self._buried.pop(alert.alert_id, None)

    async def receipts(self, most: int, lease: Millis) -> Sequence[Receipt]:
        """See `DeliveryBook.receipts`."""
        now = self._clock.now()
        asked = [(e.unreported, e) for e in self.entries.values() if e.unreported is not None and e.unreported <= now]
        due = [e for _, e in sorted(asked, key=lambda pair: pair[0])[:most]]
        for entry in due:
            entry.unreported = now + lease
        return [entry.receipt() for entry in due]

    async def reported(self, receipts: Sequence[Receipt]) -> None:
        """See `DeliveryBook.reported`."""
        for receipt in receipts:
            entry = self.entries.get(receipt.alert_id)
            if entry is not None and entry.state.value == receipt.proof.value:
                entry.unreported = None

    async def edit(self, lease: Millis) -> Edit | None:
        """See `DeliveryBook.edit`."""
        return self._living.claim(self._clock.now(), lease)

    async def edited(self, edit: Edit, wait: Millis | None = None, sign: Sign = Sign.NONE) -> None:
        """See `DeliveryBook.edited`."""
        self._living.done(edit, self._clock.now(), wait, sign)

    async def doubles(self) -> Sequence[tuple[str, str, str]]:
        """See `DeliveryBook.doubles`."""
        return list(self._doubles)

    async def mended(self, double: tuple[str, str, str]) -> None:
        """See `DeliveryBook.mended`."""
        self._doubles.remove(double)

    async def channels(self, lately: Millis) -> Sequence[str]:
        """See `DeliveryBook.channels`."""
        oldest = self._clock.now() - lately
        self._anchors = {name: ts for name, ts in self._anchors.items() if from_ts(ts) >= oldest}
        return sorted(self._anchors)

    async def hold(self, kind: str, why: str) -> None:
        """See `DeliveryBook.hold`."""
        self._gate.holds[kind] = why

    async def resume(self, kind: str) -> None:
        """See `DeliveryBook.resume`."""
        self._gate.holds.pop(kind, None)
        self._gate.breakers.pop(kind, None)

    async def holds(self) -> Mapping[str, str]:
        """See `DeliveryBook.holds`."""
        return dict(self._gate.holds)

    async def alert(self, alert_id: str) -> Alert | None:
        """See `DeliveryBook.alert`."""
        entry = self.entries.get(alert_id)
        return None if entry is None or entry.members else entry.alert

    async def state(self, alert_id: str) -> State | None:
        """See `DeliveryBook.state`."""
        return self.entries[alert_id].state if alert_id in self.entries else None

    async def counts(self) -> Mapping[str, int]:
        """See `DeliveryBook.counts`."""
        return Counter(e.state.value for e in self.entries.values())

    async def waiting(self) -> Waiting:
        """See `DeliveryBook.waiting`."""
        return waiting_in(self.entries, self._clock.now())
