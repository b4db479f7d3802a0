"""An ingest that kills itself (SIGKILL) at a named point.

python -m tests.live.killable_ingest POINT NTH          POINT is `method:before` or `method:after`, or `none`
"""

from __future__ import annotations

import sys

from streams.cli import main as tapewire
from streams.sources import ingest
from streams.sources.kafka_tape import KafkaTape
from streams.sources.redis_book import RedisBook
from tests.live.bomb import Bomb

POINTS = ("write:before", "write:after", "keep:before", "turn:before")


def main() -> int:
    """Run `tapewire ingest` with a bomb in it, and a lease that ends soon after its holder."""
    bomb = Bomb(sys.argv[1], int(sys.argv[2]))
    ingest.LEASE = 1_000
    for part, method in ((KafkaTape, "write"), (RedisBook, "keep"), (RedisBook, "known"), (RedisBook, "turn")):
        setattr(part, method, bomb.around(method, getattr(part, method)))
    return tapewire(["ingest", "--log-level", "warning"])


if __name__ == "__main__":
    sys.exit(main())
