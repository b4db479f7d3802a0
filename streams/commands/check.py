"""`tapewire check`: every fault of settings, watches, sources, directory and model at once."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from streams.checks import every_fault, resolved, source_faults
from streams.knowledge import directory_in
from streams.settings.load import add_config, load_settings
from streams.settings.read import unread
from streams.watches.words import overlaps


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which files to check."""
    add_config(parser)
    parser.add_argument("--watches", type=Path, help="watch file (default: as the settings say)")


def run(options: argparse.Namespace) -> int:
    """Exit code 0 when a worker could start with these files, else 2 and one line per fault. Connects to nothing.

    Below the watches stands each company or group that they ask for, as the directory takes it; watches that tell one
    channel of the same are warned of, and variables that look like settings and are none.
    """
    desk, faults = every_fault(options.config, options.watches)
    faults += source_faults(options.config)
    for fault in faults:
        print(fault, file=sys.stderr)
    if faults or desk is None:
        return 2
    for watch in desk.watches:
        print(f"{watch.describe()} -> {watch.channel}")
    for warning in (*unread(), *overlaps(desk)):
        print(f"warning: {warning}", file=sys.stderr)
    for line in resolved(desk, directory_in(load_settings(options.config).directory)):
        print(f"    {line}")
    return 0
