"""Moves of the in-process book: what waits goes to another channel, or is put off."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from streams.delivery.book import FINAL, State
from streams.delivery.twin.shelf import Entry
from streams.records import Kind, Millis


@dataclass(slots=True)
class Moves:
    """Of what is not told yet; each keeps its turn."""

    entries: dict[str, Entry]
    digest_after: dict[str, Millis]

    def bring(self, root: str, channel: str) -> None:
        """Where a reply enters, its first message is told too, with the replies before it."""
        first = self.entries.get(root)
        if first is None or first.alert.channel == channel:
            return
        self._loosen([first])
        if not first.may_move:
            return
        for entry in (first, *self._replies(first)):
            if entry.may_move:
                entry.stand(channel, entry.alert.hold)

    def relocate(self, places: Mapping[str, str], out_of: str) -> int:
        """See `DeliveryBook.relocate`."""
        here = [e for e in self.entries.values() if not e.members and out_of in ("", e.alert.channel)]
        gone = [e for e in here if places.get(e.alert.watch, e.alert.channel) != e.alert.channel]
        self._loosen(gone)
        going = [e for e in gone if e.may_move]
        for entry in going:
            entry.stand(places[entry.alert.watch], entry.alert.hold)
        return len(going)

    def take_back(self, entry: Entry) -> None:
        """Nothing was tried. A digest is undone, for not all of its alerts need to go the same way."""
        if entry.members:
            self._undo(entry)
        else:
            entry.state, entry.due = State.PENDING, entry.since

    def put_off(self, entry: Entry, until: Mapping[str, Millis]) -> None:
        """See `DeliveryBook.put_off`."""
        self.take_back(entry)
        for own, at in until.items():
            held = self.entries[own]
            for one in (held, *self._replies(held)):
                if one.state is State.PENDING and one.since < at:
                    one.stand(one.alert.channel, at)

    def _replies(self, entry: Entry) -> list[Entry]:
        """Those of its story beside it that are not told yet."""
        root, channel = entry.alert.root_id, entry.alert.channel
        return [
            e
            for e in self.entries.values()
            if (e.alert.root_id, e.alert.channel) == (root, channel)
            and e.alert.kind in (Kind.UPDATE, Kind.CORRECTION)
            and not e.members
            and e.state not in FINAL
        ]

    def _loosen(self, entries: Iterable[Entry]) -> None:
        """Out of the digests that nobody was told."""
        folded = {e.alert.alert_id for e in entries if e.state is State.FOLDED}
        for digest in [e for e in self.entries.values() if e.members and e.may_move]:
            if folded.intersection(m.alert_id for m in digest.members):
                self._undo(digest)

    def _undo(self, digest: Entry) -> None:
        """Each of its alerts is told for itself, or by another digest."""
        del self.entries[digest.alert.alert_id]
        self.digest_after.pop(digest.alert.channel, None)
        for member in digest.members:
            entry = self.entries[member.alert_id]
            entry.state, entry.clean, entry.due = State.PENDING, max(entry.clean, digest.clean), entry.since
