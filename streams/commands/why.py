"""`tapewire why`: why an article fired, or did not: its walk through every stage."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path
from typing import Any

import orjson

from streams.basics.text import visible
from streams.basics.times import WallClock
from streams.desk.kafka import read_feedback
from streams.files.json_lines import Line, article_of, decode_line
from streams.knowledge import Knowledge
from streams.ledger.why import why
from streams.names import Names
from streams.ports import Clocked
from streams.records import Away
from streams.replay.find import Sighting, ledger_of, until_found
from streams.settings.load import add_config, load_settings
from streams.settings.record import Settings
from streams.silent import silent


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which article, and where it lies."""
    parser.add_argument("what", help="a url, an id or words of a headline; - reads articles, the last one is explained")
    parser.add_argument("--in", dest="file", type=Path, help="JSON lines to look in (default: the articles topic)")
    parser.add_argument("--from", dest="start", help="how far back to look in the topic: a time, 24h, @1200")
    parser.add_argument("--watches", type=Path, help="another watch file than the settings'")
    add_config(parser)


def run(options: argparse.Namespace) -> int:
    """Exit code 1 when no such article is found, 2 when something cannot be read or reached."""
    try:
        settings = load_settings(options.config)
        lines = asyncio.run(_explained(options, settings))
    except (Away, OSError, ValueError) as bad:  # settings, watches, directory and model raise a ValueError of their own
        print(bad, file=sys.stderr)
        return 2
    if not lines:
        asked = "on standard input" if options.what == "-" else f"{options.what!r} by id, url or headline"
        print(f"no article is {asked}", file=sys.stderr)
        return 1
    print("\n".join(visible(line) for line in lines))
    return 0


async def _explained(options: argparse.Namespace, settings: Settings) -> list[str]:
    asks_topic = not options.file and options.what != "-"
    if options.start and not asks_topic:
        raise ValueError("--from is for the topic: a file and standard input are looked through as they stand")
    changes = await read_feedback(settings.cluster, Names(settings.prefix).feedback) if asks_topic else ()
    known = Knowledge.of(settings)
    desk = known.changing(known.desk(options.watches or settings.watches), changes)
    if options.what == "-":
        found = Sighting(_piped(sys.stdin.buffer.read()))
    else:
        found = await until_found(options.what, options.file, options.start, settings)
    if not found.context:
        return []
    *before, article = found.context
    live = await ledger_of(settings, article) if asks_topic else None
    lines = await why(silent(known, desk, Clocked([article.seen])), known.directory, before, article, live)
    if found.others:
        more = f"{found.others} more match" if found.others > 1 else "one more matches"
        lines.insert(
            0,
            f"{more} {options.what!r}; this is the newest: an id, a url, more words "
            "or TOPIC/PARTITION/OFFSET name another",
        )
    return lines


def _piped(raw: bytes) -> list[Any]:
    """JSON lines; or one article as JSON over several lines; or words, the first line as headline."""
    now = WallClock().now()
    stripped = raw.strip()
    rows = [line for line in raw.splitlines() if line.strip()]
    if not stripped:
        return []
    if stripped.startswith(b"{") and all(r.lstrip().startswith(b"{") and r.rstrip().endswith(b"}") for r in rows):
        lines = [decode_line(row) for row in rows]
    elif stripped.startswith(b"{"):
        lines = [decode_line(stripped)]
    else:
        title, _, text = raw.decode("utf-8", "replace").strip().partition("\n")
        lines = [Line(value=orjson.dumps({"title": title, "text": text}))]
    return [article_of(line, topic="stdin", number=n, before=now) for n, line in enumerate(lines)]
