"""Sums and differences for a terminal: words and tables, nothing decided here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from streams.basics.text import visible
from streams.basics.times import DAY, HOUR, MINUTE, SECOND, iso
from streams.records import Millis
from streams.replay.diff import HOW, Change, Difference
from streams.replay.output import Decided

_SHOWN = 40
_NAME = 24


def print_sums(console: Console, sums: Mapping[str, Counter[str]], articles: int, alerts: str) -> None:
    """See `sums_table`; `alerts` as `alerts_words` tells them."""
    console.print(sums_table(sums, f"{articles} articles, {alerts}"))


def alerts_words(alerts: int, decisions: int) -> str:
    """How many alerts, and by how many decisions where some article came more than once."""
    return f"{alerts} alerts" + (f" ({decisions} decisions)" if decisions != alerts else "")


def sums_table(sums: Mapping[str, Counter[str]], title: str) -> Table:
    """Decisions by watch and reason: one row a watch with its reasons in words, so that many can be read."""
    table = Table(title=title)
    table.add_column("watch", overflow="fold", max_width=_NAME)
    table.add_column("articles", justify="right", no_wrap=True)
    table.add_column("reasons", overflow="fold")
    for watch, counted in sums.items():
        reasons = ", ".join(f"{reason} {count}" for reason, count in sorted(counted.items(), key=_most_first) if count)
        table.add_row(escape(visible(watch)), str(counted.total()), reasons)
    return table


def _most_first(counted: tuple[str, int]) -> tuple[int, str]:
    return -counted[1], counted[0]


def print_difference(console: Console, diff: Difference) -> None:
    """Counts per watch, company and category, then the headlines."""
    counts = ", ".join(f"{diff.count(h)} {h}" for h in HOW)
    console.print(f"alerts: {diff.before} before, {diff.after} now; {counts}")
    for what in ("watch", "company", "category"):
        if sums := diff.by(what):
            console.print(_table(what, sums))
    for line in change_lines(diff.changes[:_SHOWN]):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    if len(diff.changes) > _SHOWN:
        console.print(f"... and {len(diff.changes) - _SHOWN} more")


def _table(what: str, sums: Mapping[str, Counter[str]]) -> Table:
    table = Table()
    table.add_column(what)
    for how in HOW:
        table.add_column(how, justify="right")
    for name, counted in sums.items():
        table.add_row(escape(name), *(str(counted[h] or "") for h in HOW))
    return table


def change_lines(changes: Sequence[Change]) -> Iterator[str]:
    """Each change with its headline, and what is decided instead."""
    for change in changes:
        alert = change.alert
        yield f"{change.how:8} {iso(alert.decided)}  {alert.watch}: {alert.title}"
        if change.how == "moved" and change.before:
            yield f"         {span(change.shift)}, was: {change.before.title}"
        elif change.how == "changed" and change.before:
            yield f"         {_way(change.before)} before, {_way(alert)} now: {alert.detail}"
        else:
            other, when = (change.after, "now") if change.how == "lost" else (change.before, "before")
            yield f"         {when}: {f'{other.reason}, {other.detail}' if other else 'not in that run'}"


def _way(alert: Decided) -> str:
    where = f" to {alert.channel}" if alert.channel else ""
    return f"{alert.reason}{where}{f', held until {iso(alert.hold)},' if alert.hold else ''}"


def span(shift: Millis) -> str:
    """A shift of time in words."""
    words = "later" if shift > 0 else "earlier"
    for unit, size in (("days", DAY), ("hours", HOUR), ("minutes", MINUTE), ("seconds", SECOND)):
        if abs(shift) >= 2 * size:
            return f"{abs(shift) / size:.0f} {unit} {words}"
    return f"{abs(shift)} ms {words}" if shift else "at the same time"
