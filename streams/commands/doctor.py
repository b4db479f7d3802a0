"""`tapewire doctor`: every part the worker needs, one line each, and how to mend what is wrong."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from models.companies.load import BadDirectory
from streams.basics.times import WallClock
from streams.channels.checkup import channel_findings
from streams.delivery.checkup import Finding, redis_findings
from streams.desk.changing import ChangingDesk
from streams.desk.kafka import read_feedback
from streams.kafka.admin import TopicAdmin
from streams.kafka.plan import plan
from streams.knowledge import Knowledge
from streams.names import Names
from streams.records import Away
from streams.redis.client import connect
from streams.settings.load import add_config, load_settings
from streams.settings.record import BadSettings, Settings
from streams.sources.registry import KINDS
from streams.sources.settings import BadSources, load_sources
from streams.watches.file import BadWatches

_ANEW: Final = "put it back into directory or model, or say the watch anew in its channel"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which settings to examine."""
    add_config(parser)


def run(options: argparse.Namespace) -> int:
    """Exit code 0 when all is well, 1 when something has to be mended, 2 when the settings cannot be read."""
    try:
        settings = load_settings(options.config)
    except BadSettings as bad:
        for fault in bad.faults:
            print(f"MEND  settings   {fault}")
        return 2
    findings = asyncio.run(examine(settings))
    print(report(findings))
    return 0 if all(f.well for f in findings) else 1


async def examine(settings: Settings) -> list[Finding]:
    """Everything at once; never raises for what it finds, sends nothing, changes nothing."""
    names = Names(settings.prefix)
    knowledge, desk = knowledge_findings(settings)
    found = await asyncio.gather(
        _kafka(settings),
        redis_findings(connect(settings), names.delivery),
        _channels(settings, desk),
    )
    return [*knowledge, *(finding for part in found for finding in part)]


def report(findings: Sequence[Finding]) -> str:
    """One line per finding."""
    lines = []
    for finding in findings:
        mend = f"; mend: {finding.mend}" if finding.mend else ""
        lines.append(f"{'ok  ' if finding.well else 'MEND'}  {finding.part:10} {finding.words}{mend}")
    return "\n".join(lines)


async def _channels(settings: Settings, desk: ChangingDesk | None) -> list[Finding]:
    """Every place that alerts go to: of the watch file, of watches made in a channel, of `[ingest] alerts`."""
    places, lacking = [], []
    if desk:
        with suppress(Away, OSError, TimeoutError):  # Kafka has its own line
            async with asyncio.timeout(15):
                desk.add(await read_feedback(settings.cluster, Names(settings.prefix).feedback))
        now = desk.at(WallClock().now())
        places = [watch.channel for watch in now.watches]
        lacking = [Finding("watches", f"{name}: {fault}", _ANEW) for (_, name), fault in sorted(now.faults.items())]
    with suppress(BadSources):  # `tapewire check` names its faults; where there is none, nobody ingests
        places.append((await asyncio.to_thread(load_sources, settings.sources, KINDS)).alerts)
    return lacking + await channel_findings(settings, [place for place in places if place])


def knowledge_findings(settings: Settings) -> tuple[list[Finding], ChangingDesk | None]:
    """Model, directory and watches; the desk that the watch file describes."""
    try:
        known = Knowledge.of(settings)
    except BadDirectory as bad:
        mend = "correct the line; `tapewire companies check` shows every fault"
        return [Finding("directory", fault, mend) for fault in bad.faults], None
    except ValueError as fault:
        return [Finding("model", f"cannot be read: {fault!r}", "tapewire train, or install the package again")], None
    found = [
        Finding("model", f"version {known.model.version}, {', '.join(known.model.categories)}"),
        Finding("directory", f"version {known.directory.version}, {len(known.directory.tickers)} tickers"),
    ]
    try:
        desk = known.desk(settings.watches)
    except BadWatches as bad:
        mend = "correct the line; `tapewire check` shows every fault"
        return [*found, *(Finding("watches", fault, mend) for fault in bad.faults)], None
    found.append(Finding("watches", f"{len(desk.watches)} in {settings.watches}"))
    return found, known.changing(desk)


async def _kafka(settings: Settings) -> list[Finding]:
    planned = plan(settings.topics)
    try:
        async with asyncio.timeout(15), TopicAdmin(settings.cluster) as admin:
            if settings.embedded:
                return [Finding("kafka", "the broker is embedded: its topics appear when first named")]
            differences = await admin.check(planned)
    except (Away, TimeoutError) as fault:
        mend = "start it, or set TAPEWIRE_KAFKA to where it runs"
        return [Finding("kafka", f"{settings.kafka} cannot be reached: {fault}", mend)]
    other = {d.topic for d in differences}
    well = [Finding("kafka", f"topic {topic.name}") for topic in planned if topic.name not in other]
    return [*well, *(Finding("kafka", f"topic {d.topic}: {d.words}", d.mend) for d in differences)]
