"""The order in which the live run took a stretch: by the story memory's running numbers in the ledger. Pure."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final

from streams.kafka.stretch import Partition, Stretch
from streams.records import Article, Decision, Origin

_NEVER: Final = 1 << 62


@dataclass(frozen=True, slots=True)
class Row:
    """The offsets of a stretch in one row, partition after partition: what is kept of each of them is one array."""

    spans: Mapping[int, range]  # partition -> the places of its offsets in the row
    shifts: Mapping[int, int]  # partition -> what to add to an offset for its place

    @classmethod
    def over(cls, ranges: Mapping[Partition, Stretch]) -> Row:
        """Of one topic."""
        spans: dict[int, range] = {}
        shifts: dict[int, int] = {}
        length = 0
        for (_, partition), (first, end) in sorted(ranges.items()):
            shifts[partition] = length - first
            spans[partition] = range(length, length + max(0, end - first))
            length = spans[partition].stop
        return cls(spans, shifts)

    def zeros(self) -> array[int]:
        """A number for each place, eight bytes each."""
        return array("q", bytes(8 * sum(map(len, self.spans.values()))))

    def __contains__(self, origin: Origin) -> bool:
        return origin.partition in self.spans and self.place(origin) in self.spans[origin.partition]

    def place(self, origin: Origin) -> int:
        """Where an article of the stretch stands."""
        return origin.offset + self.shifts[origin.partition]


@dataclass(slots=True)
class Order:
    """What the ledger tells of the live order. Three numbers an article, more for each claim."""

    row: Row
    related: array[int]  # running number, 0 where the memory was not asked
    latest: array[int]  # of an article's claims, the last and the first
    earliest: array[int]
    claimed: dict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    begun: set[int] = field(default_factory=set)  # partitions on whose first article it tells something

    @classmethod
    def over(cls, ranges: Mapping[Partition, Stretch]) -> Order:
        """Of a stretch, with nothing told yet."""
        row = Row.over(ranges)
        return cls(row=row, related=row.zeros(), latest=row.zeros(), earliest=row.zeros())

    def add(self, decision: Decision) -> None:
        """Enter one decision of the ledger."""
        if decision.origin not in self.row:
            return
        place = self.row.place(decision.origin)
        if place == self.row.spans[decision.origin.partition].start:
            self.begun.add(decision.origin.partition)
        self.related[place] = decision.related
        if decision.claimed and decision.watch:
            numbers = self.claimed[decision.article_id, decision.watch]
            if decision.claimed not in numbers:
                numbers.append(decision.claimed)
                numbers.sort()
            self.latest[place] = max(self.latest[place], decision.claimed)
            self.earliest[place] = min(self.earliest[place] or decision.claimed, decision.claimed)

    def whole(self) -> bool:
        """Whether the reading began early enough: no decision is written before its article, or long before another."""
        return all(partition in self.begun for partition, span in self.row.spans.items() if span)

    def settle(self) -> None:
        """An article that the memory was not asked about, or knew already, goes with the one before it."""
        for span in self.row.spans.values():
            most = 0
            for place in span:
                most = max(most, self.related[place])
                self.related[place] = most
        self._only_first_claims()

    def _only_first_claims(self) -> None:
        """A record that repeats an article was answered from memory: its claims stand where they were made."""
        seen: set[int] = set()
        for place in self.claiming():
            number = self.earliest[place]
            if number in seen:
                self.earliest[place] = self.latest[place] = 0
            seen.add(number)

    def claiming(self) -> list[int]:
        """The places of the articles that claimed, in the order of the run."""
        return sorted((p for p, number in enumerate(self.earliest) if number), key=self.related.__getitem__)

    def told(self) -> bool:
        """Whether there is any order in it."""
        return any(self.related)

    def rank(self, article: Article) -> tuple[int, str]:
        """Where an article stands, for `merged`."""
        return self.related[self.row.place(article.origin)], ""

    def digest(self) -> str:
        """Of all that is told: another ledger gives another order."""
        told = blake2b(digest_size=8)
        for numbers in (self.related, self.latest, self.earliest):
            told.update(numbers.tobytes())
        return told.hexdigest()

    def boundaries(self) -> Boundaries:
        """Where the run may be cut into batches."""
        return Boundaries(self)


class Boundaries:
    """A batch may end only where every claim before it came before every claim after it.

    After a crash an article can claim long after it was related; then those between belong into one batch, whose
    claims are made in the live order.
    """

    def __init__(self, order: Order) -> None:
        self._order = order
        places = order.claiming()
        self._after = array("q", bytes(8 * len(places)))  # the first claim of all that follow, per claiming article
        low = _NEVER
        for n in range(len(places) - 1, -1, -1):
            self._after[n] = low
            low = min(low, order.earliest[places[n]])
        self._passed = 0
        self._highest = 0
        self._open = _NEVER

    def free(self, article: Article) -> bool:
        """Whether a batch may end behind this article; ask for each, in order."""
        place = self._order.row.place(article.origin)
        if self._order.earliest[place]:
            self._highest = max(self._highest, self._order.latest[place])
            self._open = self._after[self._passed]
            self._passed += 1
        return self._highest < self._open
