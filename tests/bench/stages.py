"""What each stage of the flow costs, in CPU time of this process, on the wire that the path is measured with.

python -m tests.bench.stages [ARTICLES]
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any, Final

from streams.basics.times import WallClock
from streams.flow import Journey, triage
from streams.kafka.publish import Publisher
from streams.knowledge import Knowledge
from streams.names import Names
from streams.records import Article, Millis, Origin
from streams.silent import silent
from streams.worker.triage import Triage
from tests.bench.archive import archive
from tests.live.desk import WATCHES

BATCH: Final = 128


def measure(count: int = 6_000) -> dict[str, Any]:
    """Microseconds of CPU an article and shares; half the articles go before, to fill what is remembered of words."""
    known = Knowledge.load()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "watches.toml"
        path.write_text(WATCHES)
        desk = known.desk(path)
    clock = WallClock()
    parts = silent(known, desk, clock)
    worker = Triage(parts, Names(), Publisher(""))
    articles = _articles(count + count // 2, clock.now())
    spent: Counter[str] = Counter()

    async def walk(some: list[Article]) -> None:
        for at in range(0, len(some), BATCH):
            last = time.process_time()

            def spend(name: str, *_: object) -> None:
                nonlocal last
                now = time.process_time()
                spent[name] += round((now - last) * 1e9)
                last = now

            journeys: list[Journey] = await triage(parts, some[at : at + BATCH], trace=spend)
            spend("settle")
            worker.records(journeys)
            spend("encode")

    asyncio.run(walk(articles[: count // 2]))
    spent.clear()
    asyncio.run(walk(articles[count // 2 :]))
    whole = spent.total()
    return {
        "articles": count,
        "us_per_article": {name: round(nanos / count / 1e3, 1) for name, nanos in spent.items()},
        "share_percent": {name: round(100 * nanos / whole, 1) for name, nanos in spent.items()},
        "all_us": round(whole / count / 1e3),
    }


def _articles(count: int, now: Millis) -> list[Article]:
    return [
        Article(raw=raw, origin=Origin(topic="bench", partition=n % 4, offset=n // 4), seen=seen)
        for n, (seen, raw) in enumerate(archive(count, begin=now, days=0))
    ]


if __name__ == "__main__":
    print(json.dumps(measure(*map(int, sys.argv[1:2])), indent=1))
