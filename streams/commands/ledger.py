"""`tapewire ledger`: the decisions counted and held against Kafka's offsets, and what became of the alerts."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
import orjson
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from streams.basics.text import visible
from streams.basics.times import SECOND, WallClock
from streams.desk.kafka import read_feedback
from streams.kafka.bounds import bound
from streams.knowledge import Knowledge
from streams.ledger.receipts import FATES, UNKNOWN
from streams.ledger.sums import Ledger
from streams.ledger.topic import read_ledger
from streams.names import Names
from streams.records import SPOKE, Away
from streams.replay.report import alerts_words, sums_table
from streams.settings.load import add_config, load_settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where the settings are."""
    add_config(parser)
    parser.add_argument("--since", help="only articles seen since: a time, a span such as 24h, or an offset (@1200)")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")


def run(options: argparse.Namespace) -> int:
    """Exit code 1 when an article has no decision or a watch's sum is off, 2 when it cannot be read.

    A watch that was added or removed meanwhile is told, and is no gap.
    """
    try:
        settings = load_settings(options.config)
        names = Names(settings.prefix)
        watches = [w.name for w in Knowledge.of(settings).desk(settings.watches).watches]
        ledger, ranges = asyncio.run(read_ledger(settings.cluster, names, bound(options.since, WallClock().now())))
        passing = {f.watch for f in asyncio.run(read_feedback(settings.cluster, names.feedback)) if f.watch}
    except (Away, OSError, ValueError) as bad:  # settings, watches, directory and model raise a ValueError of their own
        print(bad, file=sys.stderr)
        return 2
    changed = {w: said for w, said in ledger.changed(watches).items() if w not in passing}
    sums, faults = ledger.by_watch(watches), ledger.gaps(ranges, watches, passing | changed.keys())
    if options.json:
        articles, told = ledger.came_in(ranges), deliveries(ledger)
        found = {"articles": articles, "sums": sums, "gaps": faults, "changed": changed, "delivery": told}
        print(orjson.dumps(found | {what: ledger.by(what) for what in ("source", "lang")}).decode())
    else:
        print_sums(sums, faults, changed)
        print_by(ledger)
        print_deliveries(deliveries(ledger))
    return 1 if faults else 0


def deliveries(ledger: Ledger) -> dict[str, Any]:
    """Alerts by what became of them, and in milliseconds how long those that were told took; None when none was."""
    decisions = list(ledger.newest.values())
    sums, delays = ledger.receipts.sums(decisions), ledger.receipts.delays(decisions)
    found: dict[str, Any] = {fate: sums[fate] for fate in FATES}
    found["decisions"] = sum(d.reason in SPOKE for d in decisions)
    p50, p99 = np.percentile(delays, [50, 99]) if delays else (0, 0)
    return found | {"seen_to_sent": {"p50": round(p50), "p99": round(p99)} if delays else None}


def print_deliveries(found: Mapping[str, Any]) -> None:
    """One line, with the decisions where an article came again; those from before receipts only where there are any."""
    sums = ", ".join(f"{fate} {found[fate]}" for fate in FATES if found[fate] or fate != UNKNOWN)
    took = found["seen_to_sent"]
    delays = f"; from seen to sent p50 {took['p50'] / SECOND:.1f} s, p99 {took['p99'] / SECOND:.1f} s" if took else ""
    alerts = alerts_words(sum(found[fate] for fate in FATES), found["decisions"])
    Console().print(f"{alerts}: {sums}{delays}", soft_wrap=True, highlight=False)


def print_by(ledger: Ledger) -> None:
    """One row a source and one a language, with its most frequent reasons."""
    table = Table("source or language", "decisions", "reasons")
    for what in ("source", "lang"):
        for name, sums in list(ledger.by(what).items())[:15]:
            reasons = ", ".join(f"{reason} {count}" for reason, count in sums.most_common(4))
            table.add_row(escape(visible(name)), str(sums.total()), reasons)
        table.add_section()
    Console().print(table)


def print_sums(sums: Mapping[str, Counter[str]], faults: list[str], changed: Mapping[str, str]) -> None:
    """A table: one row a watch (see `sums_table`); then gaps, and watches that were added or removed."""
    console = Console()
    console.print(sums_table(sums, "ledger"))
    for watch, said in changed.items():
        console.print(f"watch {watch}: {said}; it was added or removed meanwhile", style="yellow", markup=False)
    for fault in faults[:20]:
        console.print(f"gap: {fault}", style="red", markup=False)
    if not faults:
        console.print("conservation holds: every article has exactly one decision per watch", style="green")
