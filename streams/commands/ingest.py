"""`tapewire ingest`: the always-on process that brings articles to the topic."""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import sys
from pathlib import Path

from streams.health.server import HealthServer
from streams.health.signs import Verdict
from streams.logs.setup import set_up
from streams.settings import BadSettings, Settings
from streams.settings_connections import address
from streams.settings_load import add_config, load_settings
from streams.sources.assemble import Live, live
from streams.sources.ingest import Deposed, run_ingest
from streams.sources.registry import KINDS
from streams.sources.settings import BadSources, Sources, load_sources


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which sources, and how loud."""
    parser.add_argument("--sources", type=Path, help="the sources file (default: the settings' sources.toml)")
    add_config(parser)
    parser.add_argument("--log-level", choices=("debug", "info", "warning", "error"), help="beats the setting")


def run(options: argparse.Namespace) -> int:
    """Until SIGTERM. Exit code 1 when another ingest took over, 2 when settings or sources cannot be used."""
    try:
        settings = load_settings(options.config)
        sources = load_sources(options.sources or settings.sources, KINDS)
    except (BadSettings, BadSources) as bad:
        print(bad, file=sys.stderr)
        return 2
    set_up(settings, options.log_level or settings.log_level)
    return asyncio.run(_until_told(settings, sources))


async def _until_told(settings: Settings, sources: Sources) -> int:
    log = logging.getLogger(__name__)

    loop = asyncio.get_running_loop()
    async with live(settings, sources) as parts:
        work = asyncio.create_task(run_ingest(parts, sources))
        health = asyncio.create_task(_serve(settings, parts))
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, lambda: _stop(work))
        try:
            await work
        except asyncio.CancelledError:
            log.info("stopped")
        except BaseExceptionGroup as faults:
            if faults.subgroup(Deposed) is None:
                raise
            log.error("stopping: another ingest has taken over")  # noqa: TRY400 - a state of the world, no fault
            return 1
        finally:
            health.cancel()
            await asyncio.gather(health, return_exceptions=True)
    return 0


async def _serve(settings: Settings, parts: Live) -> None:
    """/live, /ready and /metrics, unless health is off; a port each when a worker runs on the same machine."""

    def verdict() -> Verdict:
        return Verdict(ready=(parts.standing.why,) if parts.standing.why else ())

    if settings.health != "off":
        host, port = address(settings.health)
        await HealthServer(host, port, settings.health_token, verdict=verdict, metrics=parts.meter.text).run()


def _stop(work: asyncio.Task[None]) -> None:
    """Cancel until it has ended: with two hundred sources under load one cancellation was seen to be swallowed."""
    if not work.done():
        for task in [t for t in asyncio.all_tasks() if t is work or t.get_name().startswith("source ")]:
            task.cancel()
        asyncio.get_running_loop().call_later(1.0, _stop, work)
