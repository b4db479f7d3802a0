"""Two runs held against each other: which alerts are added, lost, changed in kind, or moved in time."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from streams.records import Millis
from streams.replay.output import Decided, read_decisions

Key = tuple[str, str]  # watch, article
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
    """One run: its alerts, and what it decided on the articles that the other alerts on."""

    path: Path
    alerts: dict[Key, Decided] = field(default_factory=dict)
    said: dict[Key, Decided] = field(default_factory=dict)

    def read_alerts(self) -> None:
        for decision in read_decisions(self.path):
            if decision.spoke:
                self.alerts.setdefault((decision.watch, decision.article), decision)

    def read_said(self, wanted: Iterable[Key]) -> None:
        """What was decided on these; a decision without a watch holds for all."""
        articles: dict[str, list[Key]] = {}
        for key in wanted:
            articles.setdefault(key[1], []).append(key)
        for decision in read_decisions(self.path):
            for key in articles.get(decision.article, ()):
                if decision.watch in ("", key[0]):
                    self.said.setdefault(key, decision)


def difference(baseline: Path, now: Path) -> Difference:
    """Holds alerts in memory, not decisions; reads both files twice. Raises ValueError and OSError."""
    before, after = _Run(baseline), _Run(now)
    before.read_alerts()
    after.read_alerts()
    lost = [k for k in before.alerts if k not in after.alerts]
    added = [k for k in after.alerts if k not in before.alerts]
    after.read_said(lost)
    before.read_said(added)
    changes = [
        Change(how="changed", before=was, after=after.alerts[k])
        for k, was in before.alerts.items()
        if k in after.alerts and after.alerts[k].reason != was.reason
    ]
    changes += _unpaired(before, after, lost, added)
    ordered = sorted(changes, key=lambda c: (c.alert.decided, c.alert.watch, c.alert.article, c.how))
    return Difference(tuple(ordered), len(before.alerts), len(after.alerts))


def _unpaired(before: _Run, after: _Run, lost: Sequence[Key], added: Sequence[Key]) -> list[Change]:
    """Lost and added alerts; one of each on one story for one watch is an alert that moved."""
    told_by: dict[tuple[str, str], list[Key]] = {}
    for key in added:
        told_by.setdefault((key[0], after.alerts[key].story), []).append(key)
    changes = []
    paired = set()
    for key in lost:
        now = after.said.get(key)
        others = told_by.get((key[0], now.story), []) if now and now.story else []
        if others:
            other = others.pop(0)
            paired.add(other)
            changes.append(Change(how="moved", before=before.alerts[key], after=after.alerts[other]))
        else:
            changes.append(Change(how="lost", before=before.alerts[key], after=now))
    changes += [Change(how="added", before=before.said.get(k), after=after.alerts[k]) for k in added if k not in paired]
    return changes


_LIMIT: Final = re.compile(r"(lost|added|changed|moved)(?:>(\d+(?:\.\d+)?)(%?))?")


def limits(text: str) -> dict[str, tuple[float, bool]]:
    """`lost,added>5%`: what may not be exceeded, and whether it is a share of the baseline. Raises ValueError."""
    found = {}
    for part in text.replace(" ", "").split(","):
        match = _LIMIT.fullmatch(part)
        if not match:
            raise ValueError(f"{part!r}: write lost, added, changed or moved, with >5 or >5% behind it")
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
