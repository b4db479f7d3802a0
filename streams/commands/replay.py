"""`tapewire replay`: a stretch of a topic, or a file, through the same flow, silently and in virtual time."""

from __future__ import annotations

import argparse
import asyncio
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

from rich.console import Console

from streams.knowledge import Knowledge
from streams.records import Away
from streams.replay.check import check
from streams.replay.job import job
from streams.replay.parts import parts_for
from streams.replay.scenarios import load_scenarios
from streams.settings.load import add_config, load_settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to replay, with which configuration, and what to hold it against."""
    parser.add_argument("file", nargs="?", type=Path, help="JSON lines, .gz too (default: the articles topic)")
    parser.add_argument("--topic", help="another topic than the settings' articles")
    parser.add_argument("--from", dest="start", help="where to begin: a time, a span such as 24h, or an offset (@1200)")
    parser.add_argument("--to", dest="end", help="where to end, written the same way; what lies there is left out")
    parser.add_argument("--order", choices=("time", "ledger"), default="time", help="ledger: as the live run took them")
    parser.add_argument("--speed", default="max", help="1x is as it happened, 60x an hour a minute (default: max)")
    parser.add_argument("--cores", choices=("auto", "1", "2"), default="auto", help="2 reads in a process beside")
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("decisions.jsonl"),
        help="where the decisions go (.part until all are made)",
    )
    parser.add_argument("--resume", action="store_true", help="continue the same run where it was cut off")
    parser.add_argument("--watches", type=Path, help="another watch file than the settings'")
    parser.add_argument("--desk", type=Path, metavar="FILE", help="changes people made (tapewire feedback list --json)")
    parser.add_argument("--model", type=Path, help="another model folder than the settings'")
    parser.add_argument(
        "--against", type=Path, help="an earlier run's decisions, a watch file (.toml) or a model folder"
    )
    parser.add_argument("--fail-on", help="with --against, exit 1 on these: lost,added>5%%,changed>3")
    parser.add_argument("--html", type=Path, help="write one page that opens offline")
    parser.add_argument("--check", type=Path, metavar="FOLDER", help="run the scenarios in a folder instead")
    add_config(parser)
    parser.add_argument("--quiet", action="store_true", help="no progress bar")


def run(options: argparse.Namespace) -> int:
    """Exit code 1 when the gate (or a scenario) fails, 2 when something cannot be read or reached."""
    try:
        if options.check:
            settings = load_settings(options.config)
            known = Knowledge.of(replace(settings, model=options.model or settings.model))
            return asyncio.run(check_folder(options.check, known))
        return asyncio.run(job(options))
    except (Away, OSError, ValueError) as bad:  # settings, watches, directory and model raise a ValueError of their own
        print(bad, file=sys.stderr)
        return 2


async def check_folder(folder: Path, known: Knowledge) -> int:
    """The scenarios of a folder: exit code 1 when one does not hold, 2 when there is none.

    Raises `BadScenario` and `BadWatches`.
    """
    console = Console(highlight=False)
    count = failed = 0
    for scenario in load_scenarios(folder):
        count += 1
        if faults := await check(scenario, partial(parts_for, known)):
            failed += 1
            console.print(f"{scenario.file.name}: {scenario.name}", style="red", markup=False)
            for fault in faults:
                console.print(f"    {fault}", markup=False, soft_wrap=True)
    if not count:
        console.print(f"{folder}: no scenario there")
        return 2
    console.print(f"{count} scenarios, {failed or 'none'} failed")
    return 1 if failed else 0
