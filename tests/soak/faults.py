"""The calendar of faults, and how each is done."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from tests.soak.crew import Crew
from tests.soak.rig import Rig

GUEST = 9  # the place in the crew of the worker that only comes to make the group rebalance
STAY_S = 12.0


@dataclass(frozen=True, slots=True)
class Planned:
    """What happens so many seconds after the feed began."""

    at: float
    what: str
    victim: int = -1


@dataclass(frozen=True, slots=True)
class Done:
    """A fault that was done; `ended` is when the world was whole again, but for what the product must do itself."""

    what: str
    began: float
    ended: float


def calendar(seconds: float, every: float, *, redis: int, brokers: int, rebalances: int) -> list[Planned]:
    """A worker dies every `every` seconds; the other faults lie halfway between two deaths, spread evenly.

    Until the last third only place 1 is hit, so that place 0 shows what memory does over a long life.
    """
    deaths = [
        Planned(every * (k + 1), "SIGTERM" if k // 2 % 2 else "kill -9", 1 if k < seconds / every * 2 / 3 else k % 2)
        for k in range(int(seconds / every) - 2)
    ]
    kinds = (("Redis restart", redis), ("broker restart", brokers), ("rebalance", rebalances))
    others = [what for _, what in sorted(((i + 0.5) / n, what) for what, n in kinds for i in range(n))]
    slots = [death.at + every / 2 for death in deaths]
    if len(others) > len(slots):
        raise ValueError(f"{len(others)} faults do not fit between {len(deaths)} deaths")
    step = len(slots) / max(1, len(others))
    return sorted(
        [*deaths, *(Planned(slots[int(i * step)], what) for i, what in enumerate(others))], key=lambda p: p.at
    )


@dataclass
class Trouble:
    """Does what the calendar says, when it says it."""

    rig: Rig
    crew: Crew
    done: list[Done] = field(default_factory=list)

    async def run(self, began: float, plan: Sequence[Planned]) -> None:
        """All of the plan; `began` is its time zero. Faults that last do not delay the next one."""
        lasting = []
        for planned in plan:
            await asyncio.sleep(max(0.0, began + planned.at - time.time()))
            lasting.append(asyncio.create_task(self.do(planned)))
        await asyncio.gather(*lasting)

    async def do(self, planned: Planned) -> None:
        """One fault."""
        acts: dict[str, Callable[[], Awaitable[object]]] = {
            "kill -9": lambda: self._kill(planned.victim),
            "SIGTERM": lambda: self.crew.term(planned.victim),
            "Redis restart": self._redis,
            "broker restart": self._broker,
            "rebalance": self._rebalance,
        }
        began = time.time()
        await acts[planned.what]()
        where = f" of worker {planned.victim}" if planned.victim >= 0 else ""
        self.done.append(Done(planned.what + where, began, time.time()))

    async def _kill(self, victim: int) -> None:
        self.crew.kill(victim)

    async def _redis(self) -> None:
        self.rig.redis.kill()
        await asyncio.sleep(1.0)
        await asyncio.to_thread(self.rig.redis.start)

    async def _broker(self) -> None:
        self.rig.kafka.kill()
        await asyncio.to_thread(self.rig.kafka.start, 180.0)

    async def _rebalance(self) -> None:
        self.crew.hire(GUEST)
        await asyncio.sleep(STAY_S)
        await self.crew.dismiss(GUEST)
