"""The living first messages of the in-process book: echoes and notes that wait for an edit."""

from __future__ import annotations

from dataclasses import dataclass, field

from streams.delivery.book import FINAL, Edit, Sign, State
from streams.delivery.rules import Rules
from streams.delivery.twin.shelf import Entry, Gate
from streams.names import service_of
from streams.records import Alert, Kind, Millis


@dataclass(slots=True)
class Living:
    """Which first messages have more to say, and since when."""

    rules: Rules
    entries: dict[str, Entry]
    gate: Gate
    echoes: dict[str, list[Alert]] = field(default_factory=dict)
    notes: dict[str, list[Alert]] = field(default_factory=dict)
    due: dict[str, Millis] = field(default_factory=dict)
    edited_at: dict[str, Millis] = field(default_factory=dict)
    revisions: dict[str, int] = field(default_factory=dict)
    free_at: dict[str, Millis] = field(default_factory=dict)
    editing: dict[str, Millis] = field(default_factory=dict)  # until when no other edit of the message may begin

    def ask(self, root: str, now: Millis) -> None:
        """Edit it as soon as it may be."""
        entry = self.entries.get(root)
        if entry is not None and entry.state is State.SENT:
            last = self.edited_at.get(root)
            self._at(root, now if last is None else max(now, last + self.rules.edit_gap))

    def _at(self, root: str, at: Millis) -> None:
        self.due[root] = max(at, self.editing.get(root, 0))

    def stands(self, root: str, now: Millis) -> None:
        """It was posted: perhaps there is more to say already."""
        if self.echoes.get(root) or self.notes.get(root):
            self.ask(root, now)

    def hear(self, echo: Alert, now: Millis) -> None:
        """An echo: kept for its first message, which may be about to enter, or nowhere to be told."""
        root = self.entries.get(echo.root_id)
        gone = root is not None and root.state in FINAL - {State.SENT}
        if root is None or gone:
            self.entries[echo.alert_id].state = State.FOLDED
        if gone:
            return
        self.echoes.setdefault(echo.root_id, []).append(echo)
        self.ask(echo.root_id, now)

    def note(self, reply: Alert, now: Millis) -> None:
        """An update or correction that was sent, alone or in a digest."""
        if reply.kind is Kind.NEW:
            return
        self.notes.setdefault(reply.root_id, []).append(reply)
        self.ask(reply.root_id, now)

    def drop(self, root: str, upto: int | None = None) -> None:
        """These echoes are told, or never will be."""
        for echo in self.echoes.get(root, [])[:upto]:
            self.entries[echo.alert_id].state = State.FOLDED

    def claim(self, now: Millis, lease: Millis) -> Edit | None:
        """See `DeliveryBook.edit`."""
        for root, at in sorted(self.due.items(), key=lambda pair: pair[1]):
            entry = self.entries[root]
            service = service_of(entry.alert.channel)
            if at > now or self.free_at.get(service, 0) > now or self.gate.is_shut(entry.alert.channel, now):
                continue
            self.due[root] = self.editing[root] = now + lease
            self.free_at[service] = now + self.rules.edit_pace
            self.revisions[root] = self.revisions.get(root, 0) + 1
            echoes, notes = self.echoes.get(root, []), self.notes.get(root, [])
            told = sorted(
                notes[-20:], key=lambda n: float(self.entries[n.alert_id].ts or 0)
            )  # reads find the newest first
            return Edit(
                root=entry.alert, ts=entry.ts, revision=self.revisions[root], step=entry.step,
                heard=len(echoes), echoes=tuple(echoes[:30]), notes=tuple(told),
                seen=(len(echoes), len(notes)),
            )  # fmt: skip
        return None

    def done(self, edit: Edit, now: Millis, wait: Millis | None, sign: Sign) -> None:
        """See `DeliveryBook.edited`."""
        root = edit.root.alert_id
        if edit.revision == self.revisions[root]:
            self.editing[root] = now + (wait or 0)
        if wait is not None:
            self._at(root, now + wait)
            if sign is Sign.LIMITED:
                self.free_at[service_of(edit.root.channel)] = now + min(wait, 60_000)
            return
        self.drop(root, edit.seen[0])
        self.edited_at[root] = now
        behind = edit.seen != (len(self.echoes.get(root, [])), len(self.notes.get(root, [])))
        if behind or edit.revision != self.revisions[root]:
            self._at(root, now + self.rules.edit_gap)
        else:
            self.due.pop(root, None)
