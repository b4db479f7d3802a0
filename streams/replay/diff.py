"""Two runs held against each other: which alerts are added, lost, changed in kind, or moved in time."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from streams.basics.times import HOUR
from streams.records import Millis
from streams.replay.output import Decided, by_record, read_decisions

Key = tuple[str, str, int]  # watch, article, the how many-th record with that id: an update comes under the same
MOVED_MOST: Final[Millis] = HOUR
"""An alert that comes so much later is one that was lost."""
_TOLD: Final = "told already"
HOW: Final = ("lost", "added", "changed", "moved")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One alert that differs. `before` and `after` are the decisions of both runs on the article that speaks now.

    For `lost` that is the article that spoke before; `moved` has two articles of one story.
    """

    how: str  # lost | added | changed | moved
    before: Decided | None
    after: Decided | None

    @property
    def alert(self) -> Decided:
        """The decision that speaks, or spoke."""
        if self.how == "lost" and self.before:
            return self.before
        found = self.after or self.before
        if found is None:
            raise ValueError("a change needs a decision")
        return found

    @property
    def shift(self) -> Millis:
        """How much later the alert comes now; 0 unless it moved."""
        return self.after.decided - self.before.decided if self.how == "moved" and self.after and self.before else 0


@dataclass(frozen=True, slots=True)
class Difference:
    """All changes, in the order of time, and how many alerts there were before."""

    changes: tuple[Change, ...]
    before: int
    after: int

    def count(self, how: str) -> int:
        """Alerts that changed so."""
        return sum(c.how == how for c in self.changes)

    def by(self, what: str) -> dict[str, Counter[str]]:
        """Changes per `watch`, `company` or `category`."""
        sums: dict[str, Counter[str]] = {}
        for change in self.changes:
            alert = change.alert
            names = {"watch": (alert.watch,), "company": alert.companies, "category": alert.categories}[what]
            for name in names:
                sums.setdefault(name, Counter())[change.how] += 1
        return dict(sorted(sums.items()))


@dataclass(slots=True)
class _Run:
    """One run: its alerts, and what it decided in silence where the other may have alerted."""

    alerts: dict[Key, Decided] = field(default_factory=dict)
    silent: dict[Key, Decided] = field(default_factory=dict)
    told: dict[tuple[str, str], Key] = field(default_factory=dict)  # watch and alert id -> its alert

    def read(self, path: Path, loud: set[tuple[str, str]]) -> None:
        """The decisions on the watches and articles that are `loud` in either run."""
        articles = {article for _, article in loud}
        records: Counter[str] = Counter()
        for record in by_record(d for d in read_decisions(path) if d.article in articles):
            article = record[0].article
            records[article] += 1
            for decision in record:
                key = decision.watch, article, records[article]
                if decision.spoke:
                    self._speak(key, decision)
                elif not decision.watch or key[:2] in loud:
                    self.silent[key] = decision

    def _speak(self, key: Key, decision: Decided) -> None:
        """A redelivery is decided as the first time, under the same alert id: no channel shows it again."""
        if decision.alert and self.told.setdefault((decision.watch, decision.alert), key) != key:
            self.silent[key] = replace(decision, reason=_TOLD)
        else:
            self.alerts[key] = decision

    def instead(self, key: Key) -> Decided | None:
        """What was decided where the other run alerts; a decision without a watch holds for all."""
        return self.silent.get(key) or self.silent.get(("", *key[1:]))


def expect_decisions(baseline: Path) -> None:
    """Raises ValueError when nothing can be held against what this run made, and OSError."""
    if next(read_decisions(baseline), None) is None:
        raise ValueError(f"{baseline}: no decision is in it, so nothing could be lost")


def difference(baseline: Path, now: Path) -> Difference:
    """Holds alerts in memory, not decisions; reads both files twice. Raises ValueError and OSError."""
    expect_decisions(baseline)
    loud = {(d.watch, d.article) for path in (baseline, now) for d in read_decisions(path) if d.spoke}
    before, after = _Run(), _Run()
    before.read(baseline, loud)
    after.read(now, loud)
    pairs = _pairs(before, after)
    both = [(before.alerts[was], after.alerts[now]) for was, now in pairs.items()]
    changes = [Change(how="changed", before=was, after=now) for was, now in both if not _alike(was, now)]
    changes += _unpaired(before, after, pairs)
    ordered = sorted(changes, key=lambda c: (c.alert.decided, c.alert.watch, c.alert.article, c.how))
    return Difference(tuple(ordered), len(before.alerts), len(after.alerts))


def _pairs(before: _Run, after: _Run) -> dict[Key, Key]:
    """Alerts of both runs: by their id, whatever the order of the records, then those on the same record."""
    pairs = {key: after.told[at] for at, key in before.told.items() if at in after.told}
    free = after.alerts.keys() - pairs.values()
    return pairs | {key: key for key in before.alerts if key not in pairs and key in free}


def _alike(was: Decided, now: Decided) -> bool:
    """Whether both say the same, there and then. Outputs of old name no channel."""
    unknown = not (was.channel and now.channel)
    return was.reason == now.reason and (unknown or (was.channel, was.hold) == (now.channel, now.hold))


def _unpaired(before: _Run, after: _Run, pairs: Mapping[Key, Key]) -> list[Change]:
    """Lost and added alerts; one of each that say the same of one story, soon after each other, are one that moved."""
    taken = set(pairs.values())
    added = {k: alert for k, alert in after.alerts.items() if k not in taken}
    told_by: dict[tuple[str, str, str], list[Key]] = {}
    for key, alert in added.items():
        told_by.setdefault((alert.watch, alert.story, alert.reason), []).append(key)
    changes = []
    for key, was in before.alerts.items():
        if key in pairs:
            continue
        now = after.instead(key)
        others = told_by.get((was.watch, now.story, was.reason), []) if now and now.story else []
        near = next((k for k in others if abs(added[k].decided - was.decided) <= MOVED_MOST), None)
        if near:
            others.remove(near)
            changes.append(Change(how="moved", before=was, after=added.pop(near)))
        else:
            changes.append(Change(how="lost", before=was, after=now))
    return changes + [Change(how="added", before=before.instead(k), after=alert) for k, alert in added.items()]


_LIMIT: Final = re.compile(r"(lost|added|changed|moved)(?:\s*>\s*(\d{1,9}(?:\.\d{1,9})?)\s*(%?))?", re.ASCII)


def limits(text: str) -> dict[str, tuple[float, bool]]:
    """`lost,added>5%`: what may not be exceeded, and whether it is a share of the baseline. Raises ValueError."""
    found = {}
    for part in text.split(","):
        match = _LIMIT.fullmatch(part.strip())
        if not match:
            raise ValueError(f"{part!r}: write lost, added, changed or moved, with >5 or >5% behind it")
        if match[1] in found:
            raise ValueError(f"{match[1]} has two limits: write one")
        found[match[1]] = (float(match[2] or 0), match[3] == "%")
    return found


def exceeded(diff: Difference, allowed: Mapping[str, tuple[float, bool]]) -> list[str]:
    """One line per limit that is broken; none means that the gate is open."""
    faults = []
    for how, (most, share) in allowed.items():
        count = diff.count(how)
        value = 100.0 * count / max(1, diff.before) if share else count
        if value > most:
            unit = "%" if share else ""
            faults.append(f"{how}: {count} of {diff.before} alerts, allowed {most:g}{unit}")
    return faults
