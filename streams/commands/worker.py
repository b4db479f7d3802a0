"""`tapewire worker`: the always-on process."""

from __future__ import annotations

import argparse
import signal
import sys

from streams.assemble import live
from streams.checks import every_fault, speaking
from streams.settings.load import add_config, load_settings
from streams.settings.record import BadSettings
from streams.worker.start import start


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the worker; everything else is a setting."""
    add_config(parser)
    parser.add_argument("--role", choices=("all", "triage", "deliver", "desk"), default="all",
                        help="which agents to run; desk only hears clicks")  # fmt: skip
    parser.add_argument("--log-level", choices=("debug", "info", "warning", "error"), help="beats the setting")


def run(options: argparse.Namespace) -> int:
    """Run until told to stop. Exit code 2 when the settings or watches cannot be used, 70 to be restarted."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # until the reloader takes it: to reload must not end a start
    _, faults = every_fault(options.config, speaks=speaking(options.role))
    for fault in faults:
        print(fault, file=sys.stderr)
    if faults:
        return 2
    settings = load_settings(options.config)
    level = options.log_level or settings.log_level
    try:
        start(settings, live(settings), role=options.role, log_level=level, config=options.config)
    except BadSettings as bad:
        print(bad, file=sys.stderr)
        return 2
    return 0
