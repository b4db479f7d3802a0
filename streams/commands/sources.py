"""`tapewire sources`: how each source does, faults of the file, what an address gives, who was first and who copied."""

from __future__ import annotations

import argparse
import asyncio
import sys
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson

from streams.basics.times import WallClock
from streams.checks import wrong_with
from streams.commands.source_tables import print_league, print_rows, print_trial
from streams.kafka.bounds import bound
from streams.names import Names
from streams.records import Away
from streams.redis.client import connect
from streams.settings.load import add_config, load_settings
from streams.settings.record import BadSettings, Settings
from streams.sources.base import Source
from streams.sources.league import league
from streams.sources.redis_book import RedisBook
from streams.sources.registry import KINDS
from streams.sources.report import rows_of
from streams.sources.settings import BadSources, Sources, load_sources
from streams.sources.standings import read_standings
from streams.sources.trial import trial

_ACTIONS = {
    "list": "each source: well or ill, its last article, and when its silence will be too long",
    "check": "every fault of sources.toml (a running ingest refuses it for the same and keeps the old one), then every "
    "source that is ill; exit 1 when there is one",
    "test": "read one source or address now: what came, the five newest as they would enter, what is missing",
    "league": "from the ledger: who was first, how far behind the others, who copies, what a source is worth",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, and with which source."""
    parser.add_argument("action", choices=tuple(_ACTIONS), help="; ".join(f"{k}: {v}" for k, v in _ACTIONS.items()))
    parser.add_argument("which", nargs="?", help="for test: the name of a source, or an address")
    parser.add_argument("--sources", type=Path, help="the sources file (default: the settings' sources.toml)")
    add_config(parser)
    parser.add_argument(
        "--private", action="store_true", help="for test of an address: it may lie in a private network"
    )
    parser.add_argument("--since", help="for league: only articles seen since: a time, or a span such as 7d")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")


def run(options: argparse.Namespace) -> int:
    """Exit code 1 when something is ill, 2 when it could not be looked at."""
    try:
        settings = load_settings(options.config)
        if options.action == "league":
            return _league(settings, options)
        if options.action == "test":
            return _test(settings, options)
        return _report(settings, options)
    except (BadSettings, BadSources, Away, ValueError) as bad:
        print(bad, file=sys.stderr)
        return 2


def _read(settings: Settings, options: argparse.Namespace) -> Sources:
    return load_sources(options.sources or settings.sources, KINDS, partial(wrong_with, settings))


def _report(settings: Settings, options: argparse.Namespace) -> int:
    sources = _read(settings, options)
    rows = asyncio.run(_rows(settings, sources))
    ill = [row for row in rows if row["ills"]]
    if options.action == "check":
        print(f"{len(sources.sources)} sources, no fault in {options.sources or settings.sources}")
        rows = ill
    if options.json:
        _print_json({"sources": rows})
    elif rows:
        print_rows(rows)
    return 1 if ill else 0


async def _rows(settings: Settings, sources: Sources) -> list[dict[str, Any]]:
    book = RedisBook(connect(settings), Names(settings.prefix).sources)
    try:
        notes = await book.notes([s.name for s in sources.sources])
    finally:
        await book.close()
    found: list[dict[str, Any]] = rows_of(sources.sources, notes, WallClock().now())
    return found


def _test(settings: Settings, options: argparse.Namespace) -> int:
    if not options.which:
        raise ValueError("name a source, or give an address: tapewire sources test https://wire.example/feed")
    source, guard_for = _source(settings, options)
    found = asyncio.run(trial(source, guard_for))
    if options.json:
        _print_json(found)
    else:
        print_trial(found)
    return 1 if found["fault"] or not found["listed"] else 0


def _source(settings: Settings, options: argparse.Namespace) -> tuple[Any, Any]:
    if "://" in options.which:
        host = urlsplit(options.which).netloc.lower()
        private = frozenset({host}) if options.private else frozenset()
        named = Source(name=host or "test", kind="feed", outlet=host, url=options.which)
        return named, Sources(private=private)
    sources = _read(settings, options)
    for source in sources.sources:
        if source.name == options.which:
            return source, sources
    raise ValueError(f"no source is called {options.which!r}; tapewire sources list shows them")


def _league(settings: Settings, options: argparse.Namespace) -> int:
    since = bound(options.since, WallClock().now())
    decisions, alerts = asyncio.run(read_standings(settings.cluster, Names(settings.prefix), since))
    rows = league(decisions, alerts)
    if options.json:
        _print_json({"league": rows})
    else:
        print_league(rows)
    return 0


def _print_json(found: Any) -> None:
    print(orjson.dumps(found).decode())
