"""`python -m tests.slack_server`: the server as a process of its own. Prints `ready PORT` once it listens."""

from __future__ import annotations

import argparse
import asyncio
import signal
from collections.abc import Sequence
from pathlib import Path

from tests.slack_server.server import start
from tests.slack_server.settings import CHOICES, Settings
from tests.slack_server.world import World


def parser() -> argparse.ArgumentParser:
    """The command line; every default is that of `Settings`."""
    usual = Settings()
    parser = argparse.ArgumentParser(prog="tests.slack_server", description=__doc__)
    add = parser.add_argument
    add("--port", type=int, default=0, help="0 takes a free port")
    add("--journal", type=Path, help="continued if it exists: the messages in it are still there")
    add("--rate", type=float, default=usual.rate, help="posts per second and channel; 0: no limit")
    add("--burst", type=float, default=usual.burst, help="posts a quiet channel takes at once")
    add("--ws-rate", type=float, default=usual.ws_rate, help="posts per second and token; 0: no limit")
    add("--history-lag", type=float, default=usual.history_lag, help="seconds until history shows a post")
    add("--skew", type=float, default=usual.skew, help="seconds by which Slack's clock is ahead")
    add("--timescale", type=float, default=usual.timescale, help="real seconds per second of rate limits")
    for name, choices in CHOICES.items():
        add(f"--{name.replace('_', '-')}", choices=choices, default=getattr(usual, name))
    add("--non-marketplace", action="store_true", help="history: one call a minute, 15 messages")
    add("--lax", dest="strict", action="store_false", help="list lints without refusing them")
    return parser


async def serve(settings: Settings, port: int, journal: Path | None) -> None:
    """Serves until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    running = await start(World(settings, journal), port)
    print("ready", running.port, flush=True)
    await stop.wait()
    await running.stop()


def main(argv: Sequence[str] | None = None) -> None:
    """Runs the server as the command line says."""
    options = vars(parser().parse_args(argv))
    port, journal = options.pop("port"), options.pop("journal")
    asyncio.run(serve(Settings(**options), port, journal))


if __name__ == "__main__":
    main()
