"""The ledger: decisions counted, and held against what Kafka says came in (invariant 1)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from streams.kafka.stretch import Partition, Stretch, count, left
from streams.ledger.receipts import Receipts
from streams.records import Decision, Receipt, evolve

Offset = tuple[str, int, int]
Stretches = Mapping[Partition, Sequence[Stretch]]


@dataclass(slots=True)
class Ledger:
    """Sums of decisions. What a redelivery decides again counts once: the newest wins."""

    newest: dict[tuple[Offset, str | None], Decision] = field(default_factory=dict)
    watches: set[str] = field(default_factory=set)  # that ever decided
    receipts: Receipts = field(default_factory=Receipts)
    empty: Stretches = field(default_factory=dict)  # offsets that hold no record: marks of transactions, compaction
    asked: Mapping[Partition, Stretch] | None = None  # of decisions on other articles only the watch is kept

    def add(self, entries: Iterable[Decision | Receipt]) -> None:
        """Enter decisions, in the order they were written, and receipts in any."""
        for entry in entries:
            if isinstance(entry, Receipt):
                self.receipts.enter(entry)
            else:
                self._decide(entry)

    def _decide(self, decision: Decision) -> None:
        at = (decision.origin.topic, decision.origin.partition, decision.origin.offset)
        if self.asked is not None and not _lies_in(self.asked, at):
            self.watches.update(() if decision.watch is None else (decision.watch,))
            return
        if decision.watch is None:  # it ended before any watch was asked, so what watches said of it is void
            for watch in self.watches:
                self.newest.pop((at, watch), None)
        else:
            self.watches.add(decision.watch)
            self.newest.pop((at, None), None)
        self.newest[at, decision.watch] = decision

    def decisions(self) -> list[Decision]:
        """Those that stand, each with its fourth clock: when its alert's channel had it."""
        told = ((d, self.receipts.sent(d)) for d in self.newest.values())
        return [d if at is None else evolve(d, sent=at) for d, at in told]

    def articles(self) -> set[Offset]:
        """Every offset that has a decision."""
        return {at for at, _ in self.newest}

    def by_watch(self, watches: Sequence[str]) -> dict[str, Counter[str]]:
        """For each watch, its decisions by reason; an article that ended before any watch counts for all."""
        shared = Counter(d.reason.value for (_, watch), d in self.newest.items() if watch is None)
        sums = {watch: Counter(shared) for watch in watches}
        for (_, watch), decision in self.newest.items():
            if watch is not None:
                sums.setdefault(watch, Counter(shared))[decision.reason.value] += 1
        return sums

    def by(self, what: str) -> dict[str, Counter[str]]:
        """Decisions by reason for each `source` or `lang`; those on an article that ended early count once."""
        sums: dict[str, Counter[str]] = {}
        for decision in self.newest.values():
            name = decision.source if what == "source" else decision.lang
            sums.setdefault(name or "unknown", Counter())[decision.reason.value] += 1
        return dict(sorted(sums.items(), key=lambda pair: (-pair[1].total(), pair[0])))

    def within(self, ranges: Mapping[Partition, Stretch]) -> Ledger:
        """The part on articles that lie in these ranges."""
        kept = {at: d for at, d in self.newest.items() if _lies_in(ranges, at[0])}
        return Ledger(kept, self.watches, self.receipts, self.empty)

    def changed(self, watches: Collection[str]) -> dict[str, str]:
        """Watches that were added or removed while articles came in, each with what it decided, in words.

        Such a watch decides from one article of a partition on, or up to one, and on each between; one of `watches`,
        which stand on the desk now, to the last.
        """
        asked: dict[tuple[str, int], set[int]] = {}
        decided: dict[str, dict[tuple[str, int], set[int]]] = {watch: {} for watch in watches}
        for (topic, partition, offset), watch in self.newest:
            if watch is not None:
                asked.setdefault((topic, partition), set()).add(offset)
                decided.setdefault(watch, {}).setdefault((topic, partition), set()).add(offset)
        whole = {at: sorted(offsets) for at, offsets in asked.items()}
        count = sum(map(len, whole.values()))
        found = {}
        for watch, mine in decided.items():
            some = sum(map(len, mine.values()))
            stands = watch in watches
            if some < count and all(_unbroken(whole[at], offsets, to_the_last=stands) for at, offsets in mine.items()):
                found[watch] = f"decided on {some} of {count} articles that reached the watches"
        return found

    def came_in(self, ranges: Mapping[Partition, Stretch]) -> int:
        """How many articles these ranges hold."""
        return len(self.within(ranges).articles()) + sum(map(count, self.undecided(ranges).values()))

    def undecided(self, ranges: Mapping[Partition, Stretch]) -> dict[Partition, list[Stretch]]:
        """What of these ranges neither has a decision nor is known to be empty, in order."""
        known: dict[Partition, list[Stretch]] = {tp: list(self.empty.get(tp, ())) for tp in ranges}
        for topic, partition, offset in self.articles():
            known.setdefault((topic, partition), []).append((offset, offset + 1))
        return {tp: some for tp, whole in ranges.items() if (some := left(whole, known[tp]))}

    def gaps(
        self, ranges: Mapping[Partition, Stretch], watches: Sequence[str], passing: Collection[str] = ()
    ) -> list[str]:
        """What breaks conservation: articles without a decision, and watches whose sum is not the number that came in.

        `ranges` gives, for each topic and partition, the first offset and the one after the last. `passing` watches
        were made or ended while articles came in (see `changed`): they may have been asked about fewer, never more.
        """
        total = self.came_in(ranges)
        lost = self.undecided(ranges)
        faults = [f"{t}/{p}/{_named(s)}: came in, was never decided" for t, p in sorted(lost) for s in lost[t, p]]
        strangers = self.articles() - self.within(ranges).articles()
        faults += [f"{t}/{p}/{o}: decided, is not on the topic" for t, p, o in sorted(strangers)]
        for watch, sums in self.by_watch(watches).items():
            if sums.total() > total or (sums.total() < total and watch not in passing):
                faults.append(f"watch {watch}: {sums.total()} decisions for {total} articles")
        return faults


def _lies_in(ranges: Mapping[Partition, Stretch], at: Offset) -> bool:
    first, end = ranges.get(at[:2], (0, 0))
    return first <= at[2] < end


def _named(stretch: Stretch) -> str:
    first, end = stretch
    return str(first) if end - first == 1 else f"{first} to {end - 1}"


def _unbroken(whole: Sequence[int], some: Collection[int], *, to_the_last: bool) -> bool:
    """Whether these are all from their first to their last, or to that of `whole`, which is sorted."""
    last = whole[-1] if to_the_last else max(some)
    return bisect_right(whole, last) - bisect_left(whole, min(some)) == len(some)
