"""`tapewire import`: articles from a file onto the topic, streaming, with keys and times kept."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from streams.files.csv_lines import columns
from streams.files.transfer import bring_in
from streams.kafka.publish import PATIENCE_S, Publisher
from streams.names import Names
from streams.records import Away
from streams.settings.load import add_config, load_settings
from streams.settings.record import BadSettings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file, and how its columns are called."""
    parser.add_argument("file", type=Path, help=".jsonl (as export writes it, or bare articles), .csv, or either .gz")
    parser.add_argument("--columns", default="", help="of a CSV file: headline=title,date=published")
    parser.add_argument("--topic", help="another topic than the settings' articles")
    add_config(parser)


def run(options: argparse.Namespace) -> int:
    """Exit code 2 when the file cannot be read or Kafka be reached; what came before the fault is on the topic."""
    try:
        count, topic = asyncio.run(_done(options))
    except (BadSettings, Away, OSError, ValueError) as bad:
        print(bad, file=sys.stderr)
        return 2
    print(f"{count} records onto {topic}")
    return 0


async def _done(options: argparse.Namespace) -> tuple[int, str]:
    settings = load_settings(options.config)
    names = Names(settings.prefix)
    topic = options.topic or names.articles
    publisher = Publisher(settings.cluster, patience=PATIENCE_S)
    try:
        return await bring_in(options.file, publisher, topic, columns(options.columns), names=names), topic
    finally:
        await publisher.stop()
