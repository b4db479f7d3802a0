"""`tapewire evaluate stories FILE...`: how good the story memory is on labelled pairs and streams."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from streams.knowledge import Knowledge
from streams.stories.evaluate import Judges, evaluate_file, render


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which files to measure on."""
    parser.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="JSON lines: pairs (a, b, same) or a stream"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object per file instead of text")


def run(options: argparse.Namespace) -> int:
    """Exit code 0, or 2 when a file cannot be read or holds neither pairs nor articles."""
    known = Knowledge.load()
    judges = Judges(known.directory, known.model)
    for file in options.files:
        try:
            found = evaluate_file(file, judges)
        except (OSError, ValueError) as fault:
            print(f"{file}: {fault.strerror}" if isinstance(fault, OSError) else fault, file=sys.stderr)
            return 2
        print(json.dumps(found) if options.json else render(found))
    return 0
