"""`tapewire ingest`: the always-on process that brings articles to the topic."""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import sys
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from streams.checks import wrong_with
from streams.health.server import HealthServer
from streams.health.signs import Verdict, refusals
from streams.logs.setup import set_up
from streams.looking import Readings, look_for_ever
from streams.metrics import names
from streams.settings.connections import address
from streams.settings.load import add_config, load_settings
from streams.settings.record import BadSettings, Settings
from streams.sources.assemble import Live, live
from streams.sources.ingest import OURS, Deposed, run_ingest
from streams.sources.registry import KINDS
from streams.sources.reload import SourcesReloader
from streams.sources.settings import BadSources, Sources, load_sources


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which sources, and how loud."""
    parser.add_argument("--sources", type=Path, help="the sources file (default: the settings' sources.toml)")
    add_config(parser)
    parser.add_argument("--log-level", choices=("debug", "info", "warning", "error"), help="beats the setting")


def run(options: argparse.Namespace) -> int:
    """Until SIGTERM. Exit code 1 when another ingest took over, 2 when settings or sources cannot be used."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # until we look: to reload must not end a start
    try:
        settings = load_settings(options.config)
        file = options.sources or settings.sources
        sources = load_sources(file, KINDS, partial(wrong_with, settings))
    except (BadSettings, BadSources) as bad:
        print(bad, file=sys.stderr)
        return 2
    set_up(settings, options.log_level or settings.log_level)
    return asyncio.run(_until_told(settings, file, sources))


async def _until_told(settings: Settings, file: Path, sources: Sources) -> int:
    log = logging.getLogger(__name__)
    loop = asyncio.get_running_loop()
    async with live(settings, sources) as parts:
        work = asyncio.create_task(run_ingest(parts, _looking(settings, file, sources, parts)))
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


def _looking(settings: Settings, file: Path, sources: Sources, parts: Live) -> Callable[[], Coroutine[Any, Any, None]]:
    """Looks at the file, and those it names, every `reload` and at SIGHUP."""

    def tell(refused: Mapping[str, str]) -> None:
        parts.signs.refused = dict(refused)

    readings = Readings(meter=parts.meter, tell=tell)
    wrong = partial(wrong_with, settings)
    reloader = SourcesReloader(path=file, current=sources, take=parts.change, readings=readings, wrong=wrong)
    return lambda: look_for_ever(settings.reload, reloader.look)


async def _serve(settings: Settings, parts: Live) -> None:
    """/live, /ready and /metrics, unless health is off; a port each when a worker runs on the same machine."""

    def metrics() -> bytes:
        parts.meter.set(names.READY, not _verdict(parts).ready)
        return parts.meter.text()

    if settings.health != "off":
        host, port = address(settings.health)
        verdict = partial(_verdict, parts)
        await HealthServer(host, port, settings.health_token, verdict=verdict, metrics=metrics).run()


def _verdict(parts: Live) -> Verdict:
    """A restart would mend nothing of it: whatever is away is waited for."""
    signs = parts.signs
    holding = dict.fromkeys(f"holding: {away}" for away in (signs.away, parts.writer.holding) if away)
    return Verdict(ready=(signs.why,) if signs.why else tuple(holding), notes=tuple(refusals(signs.refused)))


def _stop(work: asyncio.Task[None]) -> None:
    """Cancel until it has ended: with two hundred sources under load one cancellation was seen to be swallowed.

    A group of tasks hands on only the first that it gets, so each of ours is told.
    """
    if not work.done():
        for task in [t for t in asyncio.all_tasks() if t is work or t.get_name().startswith(OURS)]:
            task.cancel()
        asyncio.get_running_loop().call_later(1.0, _stop, work)
