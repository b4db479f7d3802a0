"""`tapewire ledger`: the decisions counted, and held against Kafka's offsets."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where the settings are."""
    parser.add_argument("--config", type=Path, help="settings file (default: tapewire.toml when it exists)")
    parser.add_argument("--since", help="only articles seen since: a time, a span such as 24h, or an offset (@1200)")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")


def run(options: argparse.Namespace) -> int:
    """Exit code 1 when an article has no decision or a watch's sum is off, 2 when it cannot be read."""
    import orjson  # noqa: PLC0415 - heavy, and not needed for --help

    from streams.desk.kafka import read_feedback  # noqa: PLC0415
    from streams.names import Names  # noqa: PLC0415
    from streams.records import Away  # noqa: PLC0415
    from streams.replay.stretch import bound  # noqa: PLC0415
    from streams.settings import BadSettings  # noqa: PLC0415
    from streams.settings_load import load_settings  # noqa: PLC0415
    from streams.silent import read_desk  # noqa: PLC0415
    from streams.times import WallClock  # noqa: PLC0415
    from streams.watch_file import BadWatches  # noqa: PLC0415

    try:
        settings = load_settings(options.config)
        names = Names(settings.prefix)
        watches = [w.name for w in read_desk(settings.watches).watches]
        ledger, ranges = asyncio.run(read_ledger(settings.cluster, names, bound(options.since, WallClock().now())))
        passing = {f.watch for f in asyncio.run(read_feedback(settings.cluster, names.feedback)) if f.watch}
    except (BadSettings, BadWatches, Away, ValueError) as bad:
        print(bad, file=sys.stderr)
        return 2
    sums, faults = ledger.by_watch(watches), ledger.gaps(ranges, watches, passing)
    if options.json:
        articles = sum(end - first for first, end in ranges.values())
        found = {"articles": articles, "sums": sums, "gaps": faults}
        print(orjson.dumps(found | {what: ledger.by(what) for what in ("source", "lang")}).decode())
    else:
        print_sums(sums, faults)
        print_by(ledger)
    return 1 if faults else 0


async def read_ledger(
    bootstrap: Any, names: Any, since: Any = None
) -> tuple[Any, dict[tuple[str, int], tuple[int, int]]]:
    """The ledger, and what the articles topic holds, from a bound on or whole. Raises `Away`."""
    from streams.ledger import Ledger  # noqa: PLC0415
    from streams.replay.stretch import Bound, cut  # noqa: PLC0415
    from streams.topics import TopicReader  # noqa: PLC0415
    from streams.wire import decode_decision  # noqa: PLC0415

    ledger = Ledger()
    async with TopicReader(bootstrap) as reader:
        came_in = await cut(reader, names.articles, since or Bound(), Bound())
        async for records in reader.read(await reader.ranges(names.decisions)):
            ledger.add(decode_decision(r.value) for r in records)
    return (ledger if since in (None, Bound()) else ledger.within(came_in)), came_in


def print_by(ledger: Any) -> None:
    """One row a source and one a language, with its most frequent reasons."""
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table("source or language", "decisions", "reasons")
    for what in ("source", "lang"):
        for name, sums in list(ledger.by(what).items())[:15]:
            reasons = ", ".join(f"{reason} {count}" for reason, count in sums.most_common(4))
            table.add_row(name, str(sums.total()), reasons)
        table.add_section()
    Console().print(table)


def print_sums(sums: Mapping[str, Counter[str]], faults: list[str]) -> None:
    """A table: one row a reason, one column a watch."""
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table(title="ledger")
    table.add_column("reason")
    for watch in sums:
        table.add_column(watch, justify="right")
    for reason in sorted({r for s in sums.values() for r in s}):
        table.add_row(reason, *(str(s[reason] or "") for s in sums.values()))
    table.add_section()
    table.add_row("all articles", *(str(s.total()) for s in sums.values()), style="bold")
    console = Console()
    console.print(table)
    for fault in faults[:20]:
        console.print(f"gap: {fault}", style="red", markup=False)
    if not faults:
        console.print("conservation holds: every article has exactly one decision per watch", style="green")
