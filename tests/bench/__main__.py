"""`make bench`: prints every speed the README states."""

from __future__ import annotations

import asyncio
import json
import sys

import models.companies.bench
import models.relevance.bench
from streams.embedded import EmbeddedKafka, EmbeddedRedis
from tests.apache_kafka import ApacheKafka, NoKafkaError
from tests.bench import path, stages

ALONE = {
    "companies": models.companies.bench.measure,
    "relevance": models.relevance.bench.measure,
    "stages": stages.measure,
}
"""What is measured in this process."""


def main() -> int:
    """Run every measurement; what cannot run here says so."""
    for name, measure in ALONE.items():
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


if __name__ == "__main__":
    sys.exit(main())
