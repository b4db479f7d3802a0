"""`tapewire feedback`: what people clicked, their labels for training, and a way to say a command without Slack."""

from __future__ import annotations

import argparse
import asyncio
import csv
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from streams.basics.text import visible
from streams.basics.times import iso
from streams.checks import wrong_with
from streams.desk.evidence import until_words
from streams.desk.examples import WHO, Labelled, labelled
from streams.desk.feedback import Act, Feedback, encode_feedback
from streams.desk.kafka import read_feedback
from streams.names import Names
from streams.records import Away
from streams.settings.load import add_config, load_settings
from streams.settings.record import BadSettings, Settings
from streams.watches.file import BadWatches
from streams.worker.desk import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """list, export or say."""
    add_config(parser)
    what = parser.add_subparsers(dest="what", required=True)
    listed = what.add_parser("list", help="every click, oldest first")
    listed.add_argument("--act", choices=[act.value for act in Act], help="only these")
    listed.add_argument("--json", action="store_true", help="one record a line, as `replay --desk` reads them")
    exported = what.add_parser("export", help='"not relevant" as labelled examples to review, then `train --feedback`')
    exported.add_argument("--into", type=Path, required=True, help="folder for NAME.LANG.jsonl and NAME.LANG.who.csv")
    exported.add_argument("--name", default="feedback", help="how the files begin (default: feedback)")
    said = what.add_parser("say", help="a /tapewire command without Slack: say --channel slack:C01 mute BABA 1h")
    said.add_argument("--channel", required=True, help="the channel it is for, as watches name it")
    said.add_argument("words", nargs="+", help="watch, unwatch, mute, unmute, list, why, help")


def run(options: argparse.Namespace) -> int:
    """Exit code 1 when a command was refused, 2 when something cannot be read, written or reached."""
    try:
        settings = load_settings(options.config)
        if options.what == "say":
            return _said(settings, options.channel, " ".join(options.words))
        return asyncio.run(_shown(options, settings))
    except BrokenPipeError:  # of our own output
        raise
    except (BadSettings, BadWatches, Away, OSError, ValueError) as bad:
        print(bad, file=sys.stderr)
        return 2


def _said(settings: Settings, channel: str, command: str) -> int:
    """Raises ValueError for a channel that nobody has: it would be told nothing, and nobody would notice."""
    for why in wrong_with(settings, channel):
        raise ValueError(f"--channel {channel!r} {why}")
    words, done = asyncio.run(say(settings, channel, command))
    print(words)
    return 0 if done else 1


async def _shown(options: argparse.Namespace, settings: Settings) -> int:
    names = Names(settings.prefix)
    feedback = await read_feedback(settings.cluster, names.feedback)
    if options.what == "export":
        _write(await labelled(settings.cluster, names.articles, feedback), options.into, options.name)
        return 0
    wanted = [f for f in feedback if options.act in (None, f.act.value)]
    if options.json:
        for one in wanted:
            print(encode_feedback(one).decode())
    else:
        _table(wanted)
    return 0


def _table(feedback: Sequence[Feedback]) -> None:
    table = Table()
    table.add_column("when", no_wrap=True)
    for name in ("who", "channel", "what", "about"):
        table.add_column(name)
    for told in feedback:
        about = told.subject.title if told.subject else told.said or told.watch
        ends = f" {', '.join(told.companies)} {until_words(told.until, 'UTC')}" if told.until else ""
        what = f"refused: {told.refused}" if told.refused else told.act.value + ends
        cells = ((iso(told.at) or "")[:19], told.user, told.channel, what[:120], about[:100])
        table.add_row(*(Text(visible(cell)) for cell in cells))
    Console().print(table)


def _write(examples: Sequence[Labelled], folder: Path, name: str) -> None:
    """Raises OSError, also when a file is there already: it may be under review."""
    folder.mkdir(parents=True, exist_ok=True)
    for lang in sorted({e.lang for e in examples}):
        mine = [e for e in examples if e.lang == lang]
        with (folder / f"{name}.{lang}.jsonl").open("xb") as out:
            out.writelines(e.line() + b"\n" for e in mine)
        with (folder / f"{name}.{lang}.who.csv").open("x", newline="", encoding="utf-8") as out:
            csv.writer(out).writerows([WHO, *(e.who(n) for n, e in enumerate(mine, 1))])
        print(f"{len(mine)} examples to review in {folder / f'{name}.{lang}.jsonl'}")
    if not examples:
        print('nobody has said "not relevant" yet')
