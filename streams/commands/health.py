"""`tapewire health`: asks the worker of this machine how it is; for container and service health checks."""

from __future__ import annotations

import argparse
import sys

from streams.health.ask import ask
from streams.settings.connections import address
from streams.settings.load import add_config, load_settings
from streams.settings.record import BadSettings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to ask."""
    add_config(parser)
    parser.add_argument("--live", action="store_true", help="only whether it lives, not whether it does its work now")


def run(options: argparse.Namespace) -> int:
    """Exit code 0 for yes, 1 for no (with the reasons), 2 when it cannot be asked."""
    try:
        settings = load_settings(options.config)
    except BadSettings as bad:
        print(bad, file=sys.stderr)
        return 2
    if settings.health == "off":
        print("`health` is off: nobody can be asked", file=sys.stderr)
        return 2
    what = "live" if options.live else "ready"
    well, words = ask(*address(settings.health), settings.health_token, what)
    print(what if well else f"not {what}")
    for word in words:
        print(f"  {word}")
    return 0 if well else 1
