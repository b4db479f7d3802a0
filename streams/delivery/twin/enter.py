"""How alerts come into the in-process book."""

from __future__ import annotations

from dataclasses import dataclass, field

from streams.delivery.alike import anchor_before, queue_class
from streams.delivery.book import State
from streams.delivery.twin.lines import Lines
from streams.delivery.twin.living import Living
from streams.delivery.twin.moves import Moves
from streams.delivery.twin.shelf import Entry
from streams.records import Alert, Kind, Millis


@dataclass(slots=True)
class Door:
    """Each alert once: a first message, a reply behind the one before it, or an echo of what was told."""

    entries: dict[str, Entry]
    lines: Lines
    moves: Moves
    living: Living
    settle: Millis
    newest: dict[str, str] = field(default_factory=dict)  # reply of each first message

    def enter(self, alert: Alert, state: State, now: Millis) -> bool:
        """An alert as it is `entering`; False for one that is known already. What is held is due when its hold ends."""
        if alert.alert_id in self.entries:
            return False
        at = max(now, alert.hold)
        turn = (at, next(self.lines.nth))
        entry = Entry(alert=alert, klass=queue_class(alert), born=now, due=at, turn=turn, state=state)
        entry.anchor = anchor_before(alert.decided)
        self.entries[alert.alert_id] = entry
        if alert.kind is not Kind.NEW:
            self.moves.bring(alert.root_id, alert.channel)
        if alert.kind is Kind.ECHO:
            entry.state = State.FOLDED if state is State.SENT else State.PENDING
            self.living.hear(alert, now)
        elif alert.kind is not Kind.NEW:
            entry.after = self.newest.get(alert.root_id, "")
            self.newest[alert.root_id] = alert.alert_id
        if entry.state is State.DOUBT:
            entry.due = now + self.settle
        return True
