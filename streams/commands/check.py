"""`tapewire check`: every fault of settings and watches at once."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which files to check."""
    parser.add_argument("--config", type=Path, help="settings file (default: tapewire.toml when it exists)")
    parser.add_argument("--watches", type=Path, help="watch file (default: as the settings say)")


def run(options: argparse.Namespace) -> int:
    """Exit code 0 when a worker could start with these files, else 2 and one line per fault."""
    from streams.settings import BadSettings, load_settings  # noqa: PLC0415
    from streams.silent import read_desk  # noqa: PLC0415
    from streams.watches import BadWatches  # noqa: PLC0415

    try:
        settings = load_settings(options.config)
        desk = read_desk(options.watches or settings.watches)
    except (BadSettings, BadWatches) as bad:
        for fault in bad.faults:
            print(fault, file=sys.stderr)
        return 2
    for watch in desk.watches:
        print(f"{watch.describe()} -> {watch.channel}")
    return 0
