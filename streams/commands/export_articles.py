"""`tapewire export`: a stretch of the topic into a file, streaming, with keys and times kept."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from streams.basics.times import WallClock
from streams.files.transfer import take_out
from streams.kafka.bounds import between
from streams.names import Names
from streams.records import Away
from streams.settings.load import add_config, load_settings
from streams.settings.record import BadSettings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file, and which stretch."""
    parser.add_argument("file", type=Path, help=".jsonl or .csv; .gz packs it")
    parser.add_argument("--from", dest="start", help="where to begin: a time, a span such as 24h, or an offset (@1200)")
    parser.add_argument("--to", dest="end", help="where to end, written the same way; what lies there is left out")
    parser.add_argument("--topic", help="another topic than the settings' articles")
    add_config(parser)


def run(options: argparse.Namespace) -> int:
    """Exit code 2 when the file cannot be written or Kafka be reached."""
    try:
        settings = load_settings(options.config)
        names = Names(settings.prefix)
        topic = options.topic or names.articles
        now = WallClock().now()
        stretch = between(options.start, options.end, now)
        count = asyncio.run(take_out(settings.cluster, topic, options.file, *stretch, names=names))
    except (BadSettings, Away, OSError, ValueError) as bad:
        print(bad, file=sys.stderr)
        return 2
    print(f"{count} records from {topic}")
    return 0
