"""`python -m tests.soak [RUN]`: months in minutes on real Kafka; prints a table, exit 1 when something does not hold.

RUN is soak (default), takeover, rolling, burst, steady or scaling. On a machine that others use too,
TAPEWIRE_SOAK_SLACK=3 multiplies every bound on time; what must be 0 stays 0.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
from collections.abc import Awaitable, Callable

from tests.soak import runs
from tests.soak.report import Report
from tests.soak.scaling import scaling

SHORT_MINUTES = 5  # below this the calendar of the short run serves
BEHIND = 60_000


def patience() -> float:
    """How much longer than on an idle machine things may take."""
    return float(os.environ.get("TAPEWIRE_SOAK_SLACK", "1"))


async def run(options: argparse.Namespace) -> Report:
    """The run that was asked for."""
    slow, rate = patience(), options.rate
    others: dict[str, Callable[[], Awaitable[Report]]] = {
        "takeover": lambda: runs.takeover(rate=rate, bound=15 * slow),
        "rolling": lambda: runs.rolling(rate=rate, bound=10 * slow),
        "burst": lambda: runs.burst(articles=options.articles, within=60 * slow),
        "steady": lambda: runs.steady(rate=rate, seconds=options.minutes * 60),
        "scaling": lambda: scaling(articles=options.articles),
    }
    return await others.get(options.what, lambda: _soak(options.minutes, rate, slow))()


async def _soak(minutes: float, rate: float, slow: float) -> Report:
    if minutes < SHORT_MINUTES:
        return await runs.soak(minutes=minutes, rate=rate, every=20, back=30 * slow, redis=1, brokers=1, rebalances=2)
    many = max(1, round(minutes / 5) - 1)
    return await runs.soak(
        minutes=minutes, rate=rate, every=60, back=30 * slow, behind=BEHIND, redis=many, brokers=2, rebalances=2
    )


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(
        prog="tests.soak", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    choices = ("soak", "takeover", "rolling", "burst", "steady", "scaling")
    parser.add_argument("what", nargs="?", choices=choices, default="soak")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--rate", type=float, default=200)
    parser.add_argument("--articles", type=int, default=20_000)
    options = parser.parse_args()
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # brokers die here, and it says so at every attempt
    report = asyncio.run(run(options))
    print(report)
    return 1 if report.broken else 0


if __name__ == "__main__":
    sys.exit(main())
