"""Conservation, watched while it runs: what Kafka holds as done must have been decided here."""

from __future__ import annotations

from dataclasses import dataclass, field

Partition = tuple[str, int]


@dataclass(slots=True)
class Conservation:
    """Offsets decided, held against offsets committed. Keeps only what is not committed yet."""

    gap: int = 0  # found so far; never falls
    _decided: dict[Partition, set[int]] = field(default_factory=dict)
    _proved: dict[Partition, int] = field(default_factory=dict)  # everything below was held against the commits

    def decided(self, at: Partition, offset: int) -> None:
        """The decisions on this article are on Kafka (or the broker never had one at this offset)."""
        if offset >= self._proved.get(at, 0):
            self._decided.setdefault(at, set()).add(offset)

    def committed(self, at: Partition, start: int, upto: int) -> int:
        """Offsets from `start` (the first this assignment was given) to `upto` (committed) that nobody decided."""
        low = max(start, self._proved.get(at, 0))
        if upto <= low:
            return 0
        known = self._decided.get(at, set())
        missing = sum(offset not in known for offset in range(low, upto))
        self._decided[at] = {offset for offset in known if offset >= upto}
        self._proved[at] = upto
        self.gap += missing
        return missing

    def broken(self, articles: int) -> None:
        """So many articles do not have exactly one decision for each watch."""
        self.gap += articles
