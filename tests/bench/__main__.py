"""`make bench`: prints every speed the README states."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

import models.companies.bench
from streams.embedded import EmbeddedKafka, EmbeddedRedis
from tests.apache_kafka import ApacheKafka, NoKafkaError
from tests.bench import path, stages


def main() -> int:
    """Run every measurement; what cannot run here says so."""
    for name, measure in _alone():
        print(json.dumps({name: measure()}, indent=1, default=str), flush=True)
    with EmbeddedRedis() as redis:
        try:
            broker = ApacheKafka()
        except NoKafkaError as missing:
            print(f"{missing}; measuring on the embedded broker", file=sys.stderr)
            print(json.dumps(asyncio.run(path.measure(EmbeddedKafka(), redis.url, embedded=True)), indent=1))
        else:
            print(json.dumps(asyncio.run(path.measure(broker, redis.url, embedded=False)), indent=1))
            broker.stop()
    return 0


def _alone() -> Iterator[tuple[str, Callable[[], Any]]]:
    """What is measured in this process."""
    yield "companies", models.companies.bench.measure
    if importlib.util.find_spec("models.relevance.bench"):
        yield "relevance", importlib.import_module("models.relevance.bench").measure
    yield "stages", stages.measure


if __name__ == "__main__":
    sys.exit(main())
