"""What measuring costs: CPU time per article with the Prometheus meter, beside the flow itself in the same run.

python -m tests.bench.meter
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

from streams.flow import stages, triage
from streams.knowledge import Knowledge
from streams.metrics.names import ALL
from streams.metrics.prometheus import PrometheusMeter
from streams.metrics.triaged import Triaged
from streams.ports import Clocked
from streams.sample import WATCHES
from streams.silent import silent
from tests.build import NOON, arrival
from tests.live.desk import wire

BATCH = 128
ROUNDS = 20


async def measure() -> dict[str, float]:
    """Microseconds of CPU an article, the share of the flow, and milliseconds a scrape."""
    known = Knowledge.load()
    parts = silent(known, known.desk(WATCHES), Clocked([NOON]))
    articles = [arrival(raw) for raw in wire(BATCH)[:BATCH]]
    journeys = await triage(parts, articles)
    started = time.process_time()
    for _ in range(ROUNDS):
        await triage(parts, articles)
    flow = (time.process_time() - started) / ROUNDS / BATCH
    measured = Triaged(PrometheusMeter())
    started = time.process_time()
    for _ in range(ROUNDS):
        trace = measured.trace()
        for stage in stages(parts):
            trace(stage.name, articles, articles)
        measured.published(0.01)
        measured.done(journeys, parts.desk)
    meter = (time.process_time() - started) / ROUNDS / BATCH
    started = time.process_time()
    text = measured.meter.text()
    return {
        "flow, microseconds an article": round(flow * 1e6, 1),
        "meter, microseconds an article": round(meter * 1e6, 2),
        "meter, percent of the flow": round(100 * meter / flow, 2),
        "one scrape, milliseconds": round((time.process_time() - started) * 1e3, 2),
        "one scrape, bytes": len(text),
        "metrics": len(ALL),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(measure()), indent=1) + "\n")
