"""`make bench`: prints every speed the README states."""

from __future__ import annotations

import asyncio
import json
import sys

from models.companies import bench
from models.relevance import bench as relevance
from streams.embedded import EmbeddedKafka, EmbeddedRedis
from tests.apache_kafka import ApacheKafka, NoKafkaError
from tests.bench import path


def main() -> int:
    """Run every measurement; what cannot run here says so."""
    print(json.dumps({"companies": bench.measure()}, indent=1, default=str))
    print(json.dumps({"relevance": relevance.measure()}, indent=1))
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
