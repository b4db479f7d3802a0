"""The lines of the in-process book: what a channel is told next, what has to wait, what is folded into a digest."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

from streams.basics.text import hash_of
from streams.delivery.alike import digest_alert
from streams.delivery.book import State
from streams.delivery.rules import Rules
from streams.delivery.twin.living import Living
from streams.delivery.twin.shelf import Entry, Gate
from streams.records import Kind, Millis


@dataclass(slots=True)
class Lines:
    """Urgent ones first, then doubts and digests, then the rest."""

    rules: Rules
    entries: dict[str, Entry]
    gate: Gate
    living: Living
    digest_after: dict[str, Millis] = field(default_factory=dict)
    nth: Iterator[int] = field(default_factory=count)  # which entry of the book

    def next(self, channel: str, now: Millis, *, hurry: bool) -> Entry | None:
        """What the channel may be told now; with `hurry`, of what must not wait.

        While the workspace's pace is spent nothing is folded: what comes meanwhile is told with the rest.
        """
        posts = self.gate.is_free(channel, now, State.PENDING)
        if not posts and not self.gate.is_free(channel, now, State.DOUBT):
            return None
        for entry in due_in(self.entries, channel, "u", now):
            if entry.state is State.PENDING and now - entry.since > self.rules.fresh:
                entry.klass = "n"
            elif not self._has_to_wait(entry, now):
                return entry
        if hurry:
            return None
        if found := self._ready(due_in(self.entries, channel, "d", now), now):
            return found
        if not posts or not self._fold(channel, now):
            return None
        lines = (*due_in(self.entries, channel, "d", now), *due_in(self.entries, channel, "n", now))
        return self._ready(lines, now)

    def _ready(self, line: Iterable[Entry], now: Millis) -> Entry | None:
        return next((e for e in line if not self._has_to_wait(e, now)), None)

    def _has_to_wait(self, entry: Entry, now: Millis, inside: Collection[str] = ()) -> bool:
        """A reply waits for its first message, which may be about to enter; to be posted, for the reply before it.

        None waits for what is `inside` the same digest. What an urgent one waits for becomes urgent.
        """
        if entry.alert.kind is Kind.NEW:
            return False
        root = entry.alert.root_id
        if root not in self.entries:
            return now - entry.born < self.rules.settle
        ahead = {root, self._before(entry)} if entry.state is State.PENDING else {root}
        others = [self.entries[own] for own in ahead.difference(inside) if own in self.entries]
        awaited = [other for other in others if other.is_open_for(entry)]
        if entry.klass == "u":
            self._hurry(awaited, now)
        return bool(awaited)

    def _before(self, entry: Entry) -> str:
        """The reply before it that is to be told: of a digest any alert may be unwanted, not just the first."""
        before = self.entries.get(entry.after)
        while before and before.state is State.UNWANTED:
            entry, before = before, self.entries.get(before.after)
        return entry.after

    def _hurry(self, entries: Iterable[Entry], now: Millis) -> None:
        """Those that can still be posted are told with the urgent ones, while they are as fresh as these have to be."""
        for entry in entries:
            if entry.state is State.PENDING and entry.klass == "n" and now - entry.since <= self.rules.fresh:
                entry.klass = "u"
                entry.due = entry.since

    def _fold(self, channel: str, now: Millis) -> bool:
        """Normal alerts of a crowded or late channel become one digest. False while they have to wait for it."""
        line = list(due_in(self.entries, channel, "n", now))
        if len(line) < 2 or self.gate.breaker(channel).fails:  # noqa: PLR2004 - one alert is no digest
            return True  # and while nobody answers, single alerts are the probes
        first = self._ready(line, now)
        if first is None:
            return True
        crowd, late = len(line) > self.rules.crowd, now - first.born > self.rules.patience
        if not (crowd or late):
            return True
        if self.digest_after.get(channel, 0) > now:
            return not crowd
        chosen = self._together(line, now)
        if len(chosen) < 2:  # noqa: PLR2004
            return True
        self.digest_after[channel] = now + self.rules.between
        why = "quiet" if first.alert.hold else "late" if late else "crowd"
        self._digests(chosen, why, now)
        return True

    def _together(self, line: Sequence[Entry], now: Millis) -> Sequence[Entry]:
        """What can be told at once, in its order. One alert is no digest: it is told alone, in its own thread."""
        chosen: dict[str, Entry] = {}
        for entry in line:
            if not self._has_to_wait(entry, now, chosen):
                chosen[entry.alert.alert_id] = entry
        if len(chosen) % self.rules.lines == 1:
            chosen.popitem()
        return list(chosen.values())

    def _digests(self, chosen: Sequence[Entry], why: str, now: Millis) -> None:
        head = last = ""
        for number, at in enumerate(range(0, len(chosen), self.rules.lines)):
            part = chosen[at : at + self.rules.lines]
            own = f"g{number:02d}" + hash_of(part[0].alert.alert_id, size=10)[:17]
            head = head or own
            members = tuple(e.alert for e in part)
            alert = digest_alert(members, own, head)
            turn = (now, next(self.nth))
            entry = Entry(alert=alert, klass="d", born=now, due=now, turn=turn, members=members, fold=why, after=last)
            self.entries[own] = entry
            last = own
            for folded in part:
                folded.state = State.FOLDED
                self.living.drop(folded.alert.alert_id)


def due_in(entries: dict[str, Entry], channel: str, line: str, now: Millis) -> Iterator[Entry]:
    """Entries of a line that are due, first come first."""
    due = [
        e
        for e in entries.values()
        if e.alert.channel == channel
        and e.line == line
        and e.due <= now
        and e.state in (State.PENDING, State.DOUBT)
        and e.alert.kind is not Kind.ECHO
    ]
    return iter(sorted(due, key=lambda e: e.turn))
