"""How well companies are found in labelled sentences. Pure: rows and a directory in, figures out.

A labelled company counts as one of ours when they share a ticker, or else by name. Companies outside the
watch list, and optional ones, are neither hit nor miss; disputed rows are not counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from models.companies.identify import CompanyDirectory
from models.companies.labelled import Label, Row
from streams.records import NOWHERE, Article, Company


@dataclass(slots=True)
class Count:
    """Hits, false hits and misses."""

    hits: int = 0
    false: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """Share of what was found that is right (1 when nothing was found)."""
        return self.hits / (self.hits + self.false) if self.hits + self.false else 1.0

    @property
    def recall(self) -> float:
        """Share of what is there that was found (1 when nothing is there)."""
        return self.hits / (self.hits + self.missed) if self.hits + self.missed else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of the two."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    def as_dict(self) -> dict[str, float]:
        """For JSON."""
        return {
            "precision": round(self.precision, 4), "recall": round(self.recall, 4), "f1": round(self.f1, 4),
            "hits": self.hits, "false": self.false, "missed": self.missed,
        }  # fmt: skip


@dataclass(slots=True)
class Figures:
    """The figures of a language, or of all."""

    rows: int = 0
    found: Count = field(default_factory=Count)
    subjects: Count = field(default_factory=Count)
    hard: int = 0
    clean: int = 0

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "rows": self.rows, "companies": self.found.as_dict(), "subjects": self.subjects.as_dict(),
            "hard_negatives": self.hard, "hard_negatives_clean": self.clean,
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """What went wrong in one sentence: company ids found in vain, names missed, roles mistaken."""

    id: str
    lang: str
    text: str
    false: tuple[str, ...]
    missed: tuple[str, ...]
    roles: tuple[str, ...]

    @property
    def weight(self) -> int:
        """False hits are worst, then misses, then roles."""
        return 100 * len(self.false) + 10 * len(self.missed) + len(self.roles)


@dataclass(frozen=True, slots=True)
class Report:
    """Figures per language and in all, and the mistakes, worst first."""

    figures: Mapping[str, Figures]
    mistakes: tuple[Mistake, ...]


def measure(directory: CompanyDirectory, rows: Sequence[Row]) -> Report:
    """Run every row through the directory as a headline, and count."""
    figures: dict[str, Figures] = {"all": Figures()}
    mistakes = []
    for row, companies in zip(rows, directory.identify([_article(r) for r in rows]), strict=True):
        mistake = _judge(directory, row, companies, (figures["all"], figures.setdefault(row.lang, Figures())))
        if mistake.weight:
            mistakes.append(mistake)
    mistakes.sort(key=lambda m: -m.weight)
    return Report(figures, tuple(mistakes))


def _article(row: Row) -> Article:
    return Article(raw=b"", origin=NOWHERE, seen=0, id=row.id, title=row.text, lang=row.lang)


def _judge(directory: CompanyDirectory, row: Row, companies: Sequence[Company], counts: Sequence[Figures]) -> Mistake:
    expected, tolerated = _expected(directory, row)
    found = {c.id: c for c in companies}
    hits = {key: ours for key, (ids, _) in expected.items() if (ours := next((i for i in ids if i in found), None))}
    missed = tuple(k for k in expected if k not in hits)
    false = tuple(i for i in found if i not in tolerated and not any(i in ids for ids, _ in expected.values()))
    said = {k for k, ours in hits.items() if found[ours].role == "subject"}
    true = {k for k, (_, role) in expected.items() if role == "subject"}
    for count in counts:
        count.rows += 1
        _add(count.found, len(hits), len(false), len(missed))
        in_vain = sum(found[i].role == "subject" for i in false)
        _add(count.subjects, len(said & true), len(said - true) + in_vain, len(true - said))
        count.hard += row.hard_negative
        count.clean += row.hard_negative and not false
    roles = (
        *(f"{k}: subject" for k in sorted(said - true)),
        *(f"{k}: not subject" for k in sorted(true & set(hits) - said)),
    )
    return Mistake(id=row.id, lang=row.lang, text=row.text, false=false, missed=missed, roles=roles)


def _add(count: Count, hits: int, false: int, missed: int) -> None:
    count.hits += hits
    count.false += false
    count.missed += missed


def _expected(directory: CompanyDirectory, row: Row) -> tuple[dict[str, tuple[frozenset[str], str]], frozenset[str]]:
    """Name -> (our ids for it, role), one per company; and the ids that may be found or not."""
    expected: dict[str, tuple[frozenset[str], str]] = {}
    tolerated: set[str] = set()
    for label in row.labels:
        ids = _ours(directory, label)
        if not label.watched:
            tolerated |= ids
        elif label.name not in expected or label.role == "subject":
            expected[label.name] = (ids, label.role)
    for name in row.optional:
        tolerated |= directory.named(name)
    return expected, frozenset(tolerated)


def _ours(directory: CompanyDirectory, label: Label) -> frozenset[str]:
    by_ticker = frozenset[str]().union(*(directory.company_of(t) for t in label.tickers))
    return by_ticker or directory.named(label.name) or directory.named(label.surface)
