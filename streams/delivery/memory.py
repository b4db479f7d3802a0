"""The delivery book in this process: for replay and tests. Keeps the promises of the Redis book but durability."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b

from streams.delivery.book import FINAL, Delivery, Edit, Mark, Rules, Sign, State
from streams.delivery.living import Living
from streams.delivery.shelf import Entry, Gate, waiting
from streams.ports import Clock
from streams.records import Alert, Kind, Millis


class MemoryBook:
    """See `DeliveryBook`."""

    def __init__(self, clock: Clock, rules: Rules | None = None) -> None:
        self._clock = clock
        self._rules = rules or Rules()
        self._gate = Gate(self._rules)
        self.entries: dict[str, Entry] = {}
        self._living = Living(self._rules, self.entries, self._gate)
        self._quiet_until: dict[str, Millis] = {}
        self._digest_after: dict[str, Millis] = {}
        self._anchors: dict[str, str] = {}
        self._doubles: list[tuple[str, str, str]] = []
        self._buried: dict[str, Alert] = {}

    async def intend(self, alerts: Sequence[Alert]) -> int:
        """See `DeliveryBook.intend`."""
        now = self._clock.now()
        return sum(self._enter(a, State.PENDING, max(now, a.hold)) for a in alerts)

    async def rebuild(self, alerts: Sequence[Alert]) -> int:
        """See `DeliveryBook.rebuild`."""
        return sum(self._enter(a, State.DOUBT, self._clock.now() + self._rules.settle) for a in alerts)

    def _enter(self, alert: Alert, state: State, due: Millis) -> bool:
        if alert.alert_id in self.entries:
            return False
        now, klass = self._clock.now(), "u" if alert.urgent or alert.kind is Kind.CORRECTION else "n"
        echo = alert.kind is Kind.ECHO
        entry = Entry(alert=alert, klass=klass, born=now, due=due, state=State.PENDING if echo else state)
        self.entries[alert.alert_id] = entry
        if echo:
            self._living.hear(alert, now)
        return True

    async def begin(self) -> None:
        """See `DeliveryBook.begin`: this book cannot forget."""

    async def claim(self, owner: str, lease: Millis) -> Delivery | None:  # noqa: ARG002 - one process, one owner
        """See `DeliveryBook.claim`."""
        now = self._clock.now()
        for entry in self.entries.values():
            if entry.state in (State.SENDING, State.READING) and entry.lease <= now:
                entry.state, entry.clean, entry.due = State.DOUBT, 0, now + self._rules.settle
        channels = dict.fromkeys(e.alert.channel for e in self.entries.values() if e.state not in FINAL)
        free = [c for c in channels if self._quiet_until.get(c, 0) <= now and not self._gate.is_shut(_scheme(c), now)]
        free.sort(key=lambda c: self._quiet_until.get(c, 0))
        for hurry in (True, False):
            for channel in free:
                entry_or_none = self._next(channel, now, hurry=hurry)
                if entry_or_none is not None and self._affordable(entry_or_none, now):
                    return self._take(entry_or_none, now, lease)
        return None

    def _affordable(self, entry: Entry, now: Millis) -> bool:
        return self._gate.is_free(_scheme(entry.alert.channel), now, entry.state)

    def _next(self, channel: str, now: Millis, *, hurry: bool) -> Entry | None:
        for entry in waiting(self.entries, channel, "u", now):
            if entry.state is State.PENDING and now - entry.born > self._rules.fresh:
                entry.klass, entry.due = "n", entry.born
            elif not self._root_open(entry):
                return entry
        if hurry or not self._fold(channel, now):
            return None
        lines = [*waiting(self.entries, channel, "d", now), *waiting(self.entries, channel, "n", now)]
        return next((e for e in lines if not self._root_open(e)), None)

    def _root_open(self, entry: Entry) -> bool:
        root = self.entries.get(entry.after or entry.alert.root_id)
        if entry.alert.kind is Kind.NEW or root is None or not root.is_open:
            return False
        if root.state is State.PENDING and entry.klass == "u" and root.klass == "n":
            root.klass = "u"  # one in a hurry takes its first message along
        return True

    def _fold(self, channel: str, now: Millis) -> bool:
        """Normal alerts of a crowded or late channel become one digest. False while they have to wait for it."""
        line = list(waiting(self.entries, channel, "n", now))
        if len(line) < 2 or self._gate.breaker(_scheme(channel)).fails:  # noqa: PLR2004 - one alert is no digest
            return True  # and while nobody answers, single alerts are the probes
        crowd, late = len(line) > self._rules.crowd, now - line[0].born > self._rules.patience
        if not (crowd or late):
            return True
        if self._digest_after.get(channel, 0) > now:
            return not crowd
        chosen: dict[str, Entry] = {}
        for entry in line:
            if entry.alert.root_id in chosen or not self._root_open(entry):
                chosen[entry.alert.alert_id] = entry
        if len(chosen) < 2:  # noqa: PLR2004
            return True
        self._digest_after[channel] = now + self._rules.between
        why = "quiet" if line[0].alert.hold else "late" if late else "crowd"
        self._digests(list(chosen.values()), why, now)
        return True

    def _digests(self, chosen: Sequence[Entry], why: str, now: Millis) -> None:
        head = last = ""
        for number, at in enumerate(range(0, len(chosen), self._rules.lines)):
            part = chosen[at : at + self._rules.lines]
            own = f"g{number:02d}" + blake2b(part[0].alert.alert_id.encode(), digest_size=10).hexdigest()[:17]
            head = head or own
            kind = Kind.NEW if own == head else Kind.UPDATE
            alert = replace(part[0].alert, alert_id=own, root_id=head, kind=kind)
            members = tuple(e.alert for e in part)
            entry = Entry(alert=alert, klass="d", born=now, due=now, members=members, fold=why, after=last)
            self.entries[own] = entry
            last = own
            for folded in part:
                folded.state = State.FOLDED
                self._living.drop(folded.alert.alert_id)

    def _take(self, entry: Entry, now: Millis, lease: Millis) -> Delivery:
        channel = entry.alert.channel
        entry.fence += 1
        self._gate.spend(_scheme(channel), now, entry.state)
        if entry.state is State.PENDING:
            entry.state, entry.attempts = State.SENDING, entry.attempts + 1
            entry.anchor = self._anchors.get(channel, "0")
        else:
            entry.state = State.READING
        entry.lease = self._quiet_until[channel] = now + lease
        self._gate.breaker(_scheme(channel)).half_open(now + lease)
        root = self.entries.get(entry.alert.root_id) if entry.alert.kind is not Kind.NEW else None
        return Delivery(
            alert=entry.alert, state=entry.state, fence=entry.fence, attempts=entry.attempts, clean=entry.clean,
            anchor=entry.anchor, root_ts=root.ts if root else "", step=entry.step, members=entry.members,
            fold=entry.fold, digest_id=entry.alert.alert_id if entry.members else "",
        )  # fmt: skip

    async def sent(self, delivery: Delivery, ts: str, pace: Millis) -> bool:
        """See `DeliveryBook.sent`."""
        entry, now = self.entries[delivery.id], self._clock.now()
        if entry.state in (State.SENT, State.FOLDED):
            if entry.ts != ts:
                self._doubles.append((delivery.channel, delivery.id, ts))
            return entry.ts == ts
        if self._held(delivery):
            self._gate.told(delivery.channel, Sign.ANSWERED, entry.state, now, 0)
            self._quiet_until[delivery.channel] = now + pace
        self._stands(entry, ts, now)
        return True

    def _stands(self, entry: Entry, ts: str, now: Millis) -> None:
        channel = entry.alert.channel
        entry.state, entry.ts, entry.at = State.SENT, ts, now
        self._buried.pop(entry.alert.alert_id, None)
        head = self.entries.get(entry.alert.root_id)
        for member in entry.members:
            self.entries[member.alert_id].ts = (head and head.ts) or ts  # where a reply to it belongs
        self._anchors[channel] = max(self._anchors.get(channel, "0"), ts, key=float)
        if entry.alert.kind is not Kind.NEW:
            if not entry.members:
                self._living.note(entry.alert, now)
        elif self._living.echoes.get(entry.alert.alert_id):
            self._living.ask(entry.alert.alert_id, now)

    async def found(self, marks: Mapping[str, Mark]) -> int:
        """See `DeliveryBook.found`."""
        settled = [(e, m) for own, m in marks.items() if (e := self.entries.get(own)) and e.state not in FINAL]
        now = self._clock.now()
        for entry, mark in settled:
            if entry.state is State.READING:
                self._quiet_until[entry.alert.channel] = now
            if mark.folded:
                entry.state, entry.ts = State.FOLDED, mark.ts
                self._living.drop(entry.alert.alert_id)
            else:
                self._stands(entry, mark.ts, now)
        return len(settled)

    def _held(self, delivery: Delivery) -> bool:
        entry = self.entries[delivery.id]
        return entry.fence == delivery.fence and entry.state in (State.SENDING, State.READING)

    async def again(
        self,
        delivery: Delivery,
        state: State,
        delay: Millis,
        *,
        clean: int = 0,
        step: int = 0,
        pause: Millis = 0,
        sign: Sign = Sign.NONE,
    ) -> bool:
        """See `DeliveryBook.again`."""
        entry, now = self.entries[delivery.id], self._clock.now()
        self._gate.told(delivery.channel, sign, entry.state, now, pause)
        if not self._held(delivery):
            return False
        entry.state, entry.clean, entry.step = state, clean, step
        entry.due = now + delay if delay else max(entry.born, entry.alert.hold)
        self._quiet_until[delivery.channel] = now + pause
        return True

    async def dead(self, delivery: Delivery, why: str) -> bool:  # noqa: ARG002 - the Redis book keeps the reason
        """See `DeliveryBook.dead`."""
        if not self._held(delivery):
            return False
        for own in (delivery.id, *(m.alert_id for m in delivery.members)):
            entry = self.entries[own]
            entry.state = State.DEAD
            self._living.drop(own)
            if not entry.members:
                self._buried[own] = entry.alert
        self._quiet_until[delivery.channel] = self._clock.now()
        return True

    async def buried(self) -> Sequence[Alert]:
        """See `DeliveryBook.buried`."""
        return list(self._buried.values())

    async def released(self, alerts: Sequence[Alert]) -> None:
        """See `DeliveryBook.released`."""
        for alert in alerts:
            self._buried.pop(alert.alert_id, None)

    async def edit(self, lease: Millis) -> Edit | None:
        """See `DeliveryBook.edit`."""
        return self._living.claim(self._clock.now(), lease)

    async def edited(self, edit: Edit, wait: Millis | None = None) -> None:
        """See `DeliveryBook.edited`."""
        self._living.done(edit, self._clock.now(), wait)

    async def doubles(self) -> Sequence[tuple[str, str, str]]:
        """See `DeliveryBook.doubles`."""
        return list(self._doubles)

    async def mended(self, double: tuple[str, str, str]) -> None:
        """See `DeliveryBook.mended`."""
        self._doubles.remove(double)

    async def places(self) -> Sequence[str]:
        """See `DeliveryBook.places`."""
        return sorted(self._anchors)

    async def hold(self, scheme: str, why: str) -> None:
        """See `DeliveryBook.hold`."""
        self._gate.holds[scheme] = why

    async def resume(self, scheme: str) -> None:
        """See `DeliveryBook.resume`."""
        self._gate.holds.pop(scheme, None)
        self._gate.breakers.pop(scheme, None)

    async def holds(self) -> Mapping[str, str]:
        """See `DeliveryBook.holds`."""
        return dict(self._gate.holds)

    async def alert(self, alert_id: str) -> Alert | None:
        """See `DeliveryBook.alert`."""
        entry = self.entries.get(alert_id)
        return None if entry is None or entry.members else entry.alert

    async def counts(self) -> Mapping[str, int]:
        """See `DeliveryBook.counts`."""
        return Counter(e.state.value for e in self.entries.values())


def _scheme(channel: str) -> str:
    return channel.split(":", 1)[0]
