"""The role `desk`: the ear without an agent, and beside it the jobs that every worker has."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Sequence

from streams.basics.tasks import end
from streams.worker.desk import DeskService
from streams.worker.jobs import Job, begun_again, or_exit
from streams.worker.leaving import leave_in_time


def run_alone(service: DeskService, jobs: Sequence[Job], leaving_s: float) -> None:
    """Until SIGTERM or SIGINT; a stop that takes longer than `leaving_s` is cut short."""

    async def main() -> None:
        told = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, told.set)
        leave_in_time(told.is_set, leaving_s)
        await alone(service, jobs, told)

    asyncio.run(main())


async def alone(service: DeskService, jobs: Sequence[Job], told: asyncio.Event) -> None:
    """Hear until told to stop. A job that fails is begun again; without the service the process ends."""
    beside = [asyncio.create_task(begun_again(job)) for job in jobs]
    hearing = asyncio.create_task(or_exit(service.run, "desk"))
    await told.wait()
    await end([hearing, *beside])
