"""`tapewire dead`: the articles that could not be read or judged: list, show, send again, drop."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence

from streams.basics.times import WallClock
from streams.deadletters.graves import find, opened
from streams.deadletters.letters import Filter, Grave, drop, in_full, listed, refuse, requeue, since
from streams.kafka.cluster import Where
from streams.kafka.publish import PATIENCE_S, Publisher
from streams.names import Names
from streams.records import Away
from streams.settings.load import add_config, load_settings
from streams.settings.record import BadSettings, Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, and with which letters."""
    what = "list: sums and places; show: in full; requeue: send again, unchanged; drop: done with, stays on the topic"
    parser.add_argument("action", choices=("list", "show", "requeue", "drop"), help=what)
    parser.add_argument("at", nargs="*", metavar="PARTITION/OFFSET", help="these letters (default: as the filters say)")
    parser.add_argument("--reason", default="", help="malformed or failed")
    parser.add_argument("--stage", default="", help="the stage that buried it")
    parser.add_argument("--source", default="", help="the source that the article names")
    parser.add_argument("--words", default="", help="words in the bytes or in the detail")
    parser.add_argument("--since", help="buried since: a time, or a span such as 24h")
    parser.add_argument("--all", action="store_true", help="also those sent again or dropped")
    parser.add_argument("--attempts", type=int, default=3, help="do not send again what was buried so often (3)")
    add_config(parser)


def run(options: argparse.Namespace) -> int:
    """Exit code 1 when no letter is meant, or one that is named is not there; 2 when it cannot be done."""
    try:
        return asyncio.run(_done(options))
    except (BadSettings, Away, ValueError) as bad:
        print(bad, file=sys.stderr)
        return 2


async def _done(options: argparse.Namespace) -> int:
    settings = load_settings(options.config)
    names = Names(settings.prefix)
    wanted = Filter(
        reason=options.reason, stage=options.stage, source=options.source, words=options.words,
        since=since(options.since, WallClock().now()), at=tuple(options.at),
        settled=options.all and options.action in ("list", "show"),
    )  # fmt: skip
    found = await find(settings.cluster, names, wanted)
    absent = [at for at in dict.fromkeys(options.at) if at not in {grave.at for grave in found}]
    for at in absent:
        print(f"{at}: no such letter waits (--all tells of those sent again or dropped)", file=sys.stderr)
    if not found:
        if not absent:
            print("no such letter", file=sys.stderr)
        return 1
    if options.action in ("requeue", "drop"):
        await _settle(options, settings, names, found)
    else:
        await _tell(options.action, settings.cluster, names, found)
    return 1 if absent else 0


async def _settle(options: argparse.Namespace, settings: Settings, names: Names, found: Sequence[Grave]) -> None:
    """Some at a time: their bytes are held for no longer. What was done is said, also when it could not go on."""
    again = options.action == "requeue"
    if again:
        refuse(names, found, most=options.attempts)
    publisher, done = Publisher(settings.cluster, patience=PATIENCE_S), 0
    try:
        async for letters in opened(settings.cluster, names, found):
            if again:
                done += await requeue(publisher, names, letters, most=options.attempts)
            else:
                done += await drop(publisher, names, letters)
    finally:
        if done:
            print(f"sent {done} again to {names.articles}" if again else f"dropped {done}")
        await publisher.stop()


async def _tell(action: str, where: Where, names: Names, found: Sequence[Grave]) -> None:
    async for letters in opened(where, names, found):
        for letter in letters:
            print("\n".join(in_full(letter)) + "\n" if action == "show" else listed(letter))
