"""`tapewire evaluate relevance|companies|stories FILE`: measured on labelled files, never part of the project."""

from __future__ import annotations

import argparse
import importlib

WHAT = {
    "relevance": "per category and language: precision, recall, F1, ranking, calibration",
    "companies": "precision, recall and subjects of the companies found",
    "stories": "pairs: AUC and F1; streams: BCubed, doubled and swallowed alerts",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One subcommand per thing to measure."""
    kinds = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    for name, words in WHAT.items():
        command = importlib.import_module(f"streams.commands.evaluate_{name}")
        sub = kinds.add_parser(name, help=words, description=words)
        command.add_arguments(sub)
        sub.set_defaults(measure=command.run)


def run(options: argparse.Namespace) -> int:
    """What the subcommand says."""
    return int(options.measure(options))
