"""A crew on servers of its own, with one partition, and what a worker says of itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.request import urlopen

from tests.conftest import need_kafka
from tests.soak.crew import Crew
from tests.soak.gauges import Gauges
from tests.soak.rig import Rig


@asynccontextmanager
async def one_crew(stall_s: int) -> AsyncIterator[tuple[Rig, Crew, Gauges]]:
    """Nobody is hired yet; who stands still for so long ends."""
    need_kafka()
    async with Rig(1, settings={"TAPEWIRE_STALL": f"{stall_s}s"}) as rig:
        crew = Crew(rig)
        gauges = Gauges(rig, crew)
        try:
            yield rig, crew, gauges
        finally:
            crew.end()
            gauges.close()


def metrics(port: int) -> list[str]:
    """A worker's, line by line; none while it does not answer."""
    try:
        with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            return str(answer.read().decode()).splitlines()
    except OSError:
        return []
