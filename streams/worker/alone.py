"""The role `desk`: the ear without an agent, and beside it the jobs that every worker has."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Sequence
from dataclasses import dataclass, field

from streams.basics.tasks import end
from streams.worker.desk import DeskService
from streams.worker.jobs import Job, guarded
from streams.worker.leaving import leave_in_time
from streams.worker.watchdog import exit_now

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Order:
    """The order to stop, for whoever waits and for whoever looks."""

    given: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def should_stop(self) -> bool:
        """See `Stoppable`."""
        return self.given.is_set()


def run_alone(service: DeskService, jobs: Sequence[Job], leaving_s: float) -> None:
    """Until SIGTERM or SIGINT; a stop that takes longer than `leaving_s` is cut short."""

    async def main() -> None:
        order = Order()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, order.given.set)
        leave_in_time(order, leaving_s)
        await alone(service, jobs, order)

    asyncio.run(main())


async def alone(service: DeskService, jobs: Sequence[Job], order: Order) -> None:
    """Hear until the order is given. A job that fails is begun again; without the service the process ends."""
    beside = [asyncio.create_task(guarded(job)) for job in jobs]
    hearing, told = asyncio.create_task(service.run()), asyncio.create_task(order.given.wait())
    await asyncio.wait({hearing, told}, return_when=asyncio.FIRST_COMPLETED)
    if hearing.done() and not order.should_stop:
        log.error("the desk cannot go on", exc_info=hearing.exception())
        exit_now(f"desk: {hearing.exception()!r}")
    await end([hearing, told, *beside])
