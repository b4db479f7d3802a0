"""Conservation, watched while it runs: what Kafka holds as done must have been decided here."""

from __future__ import annotations

from dataclasses import dataclass, field

from streams.kafka.stretch import Partition, Stretch, count, left


@dataclass(slots=True)
class Conservation:
    """Offsets decided or without a record, held against offsets committed. Keeps only what is not committed yet."""

    gap: int = 0  # found so far; never falls
    _decided: dict[Partition, set[int]] = field(default_factory=dict)
    _passed: dict[Partition, list[Stretch]] = field(default_factory=dict)  # a gap may be a billion wide
    _proved: dict[Partition, int] = field(default_factory=dict)  # everything below was held against the commits

    def decided(self, at: Partition, offset: int) -> None:
        """The decisions on this article are on Kafka."""
        if offset >= self._proved.get(at, 0):
            self._decided.setdefault(at, set()).add(offset)

    def passed(self, at: Partition, first: int, end: int) -> None:
        """The broker has no record from `first` up to `end`."""
        if end > self._proved.get(at, 0):
            self._passed.setdefault(at, []).append((first, end))

    def committed(self, at: Partition, start: int, upto: int) -> int:
        """Offsets from `start` (the first this assignment was given) to `upto` (committed) that nobody decided."""
        low = max(start, self._proved.get(at, 0))
        if upto <= low:
            return 0
        known, holes = self._decided.get(at, set()), self._passed.get(at, [])
        missing = count(left((low, upto), [*((o, o + 1) for o in known), *holes]))
        self._decided[at] = {offset for offset in known if offset >= upto}
        self._passed[at] = [(first, end) for first, end in holes if end > upto]
        self._proved[at] = upto
        self.gap += missing
        return missing

    def broken(self, articles: int) -> None:
        """So many articles do not have exactly one decision for each watch."""
        self.gap += articles
