"""`tapewire topics`: the topics, as `streams/kafka/plan.py` wants them."""

from __future__ import annotations

import argparse
import asyncio
import sys

from streams.kafka.admin import TopicAdmin
from streams.kafka.plan import plan
from streams.records import Away
from streams.settings.load import add_config, load_settings
from streams.settings.record import BadSettings, Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do with them."""
    parser.add_argument("what", choices=("check", "apply", "make"),
                        help="name every difference; mend those that can be; or only make what is missing")  # fmt: skip
    add_config(parser)


def run(options: argparse.Namespace) -> int:
    """Exit code 0 when all is as planned, 1 with a line for each difference that is left, 2 when nobody answers.

    `make` is for machines: it is content when every topic is there, and its lines on what else differs are hints.
    """
    try:
        return asyncio.run(_run(options.what, load_settings(options.config)))
    except (BadSettings, Away) as bad:
        print(bad, file=sys.stderr)
        return 2


async def _run(what: str, settings: Settings) -> int:
    planned = plan(settings.topics)
    if settings.embedded:
        print("the broker is embedded: its topics appear when first named")
        return 0
    async with TopicAdmin(settings.cluster) as admin:
        match what:
            case "apply":
                done, left = await admin.apply(planned)
            case "make":
                done, left = await admin.make(planned)
            case _:
                done, left = [], await admin.check(planned)
    for line in (*done, *left):
        print(line)
    wrong = [difference for difference in left if difference.missing or what != "make"]
    if not wrong:
        print(f"{'there' if left else 'as planned'}: {', '.join(t.name for t in planned)}")
    return 1 if wrong else 0
