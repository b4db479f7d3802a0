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
    parser.add_argument("what", choices=("check", "apply"), help="name every difference; or mend those that can be")
    add_config(parser)


def run(options: argparse.Namespace) -> int:
    """Exit code 0 when all is as planned, 1 with a line for each difference that is left, 2 when nobody answers."""
    try:
        return asyncio.run(_run(options.what, load_settings(options.config)))
    except (BadSettings, Away) as bad:
        print(bad, file=sys.stderr)
        return 2


async def _run(what: str, settings: Settings) -> int:
    planned = plan(settings.topics)
    async with TopicAdmin(settings.cluster) as admin:
        done, left = await admin.apply(planned) if what == "apply" else ([], await admin.check(planned))
    for line in done:
        print(line)
    for difference in left:
        print(difference)
    if not left:
        print(f"as planned: {', '.join(t.name for t in planned)}")
    return 1 if left else 0
