"""A run: parts, crew, feed, gauges and trouble together, until everything is told."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from streams.kafka.publish import Publisher, Record
from streams.kafka.reader import TopicReader
from tests.live.ordeal_judge import markers
from tests.soak.crew import Crew
from tests.soak.feed import backlog, known_words
from tests.soak.gauges import Gauges
from tests.soak.rig import Rig
from tests.soak.verdict import outbox

READY_S = 90.0
DRAINED_S = 900.0  # a backlog, and its alerts at Slack's pace


@dataclass
class Stand:
    """A crew at work on a rig, watched."""

    rig: Rig
    crew: Crew
    gauges: Gauges
    behind: int = 0
    """Articles that were there before the load."""

    async def ready(self, workers: int) -> None:
        """Until so many workers are members of the group and a first article was decided."""
        admin = AdminClient({"bootstrap.servers": self.rig.kafka.bootstrap, "log_level": 0})
        publisher = Publisher(self.rig.kafka.bootstrap)
        await publisher.publish([Record(topic=self.rig.names.articles, key=b"warm", value=b'{"title": "Warm up"}')])
        await publisher.stop()
        end = time.monotonic() + READY_S
        while time.monotonic() < end:
            members = await asyncio.to_thread(self._members, admin)
            if len(members) == workers and all(members) and (await self.gauges.read()).lag >= 0:
                return  # the lag may be more than 0 where articles flow already
            await asyncio.sleep(0.5)
        raise AssertionError(f"{workers} workers did not become a group in {READY_S:.0f} s: {self.crew.log()}")

    def _members(self, admin: AdminClient) -> list[int]:
        """For each member of the group, how many partitions it holds."""
        group = self.rig.names.group("worker")
        try:
            found = admin.describe_consumer_groups([group])[group].result(20)
        except KafkaException:  # the group is being made, or its coordinator is away
            return []
        return [len(m.assignment.topic_partitions) for m in found.members]

    async def drained(self, articles: int, seconds: float) -> float:
        """Until all is committed and told; how many seconds that took. Raises when it takes longer than allowed."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            sample = await self.gauges.read()
            if sample.lag == 0 and sample.waiting == 0 and await self._came_in() >= articles and not await self.open():
                return time.monotonic() - began
            await asyncio.sleep(1.0)
        missing = len(await self.open())
        raise AssertionError(f"after {seconds:.0f} s {missing} alerts are not told, {sample}: {self.crew.log()}")

    async def open(self) -> set[str]:
        """Alerts on the outbox that Slack does not show."""
        stood = {mark for post in self.rig.posts() for mark in markers(post)}
        return set(await outbox(self.rig)) - stood

    async def _came_in(self) -> int:
        async with TopicReader(self.rig.kafka.bootstrap) as reader:
            ranges = await reader.ranges(self.rig.names.articles)
        return sum(end - first for first, end in ranges.values())


@contextlib.asynccontextmanager
async def stand(workers: int = 2, *, partitions: int = 4, behind: int = 0) -> AsyncIterator[Stand]:
    """A rig with a crew that is ready; everything is ended afterwards.

    So many articles wait there already, and worker 0 has read them before the others come. Thus its memory has been as
    full as it gets: one that has only seen a trickle rises to its high-water mark with each outage, as the batches
    behind it are larger than any before, and with each new word until it remembers as many as it may; a line through
    that says nothing of leaks.
    """
    async with Rig(partitions) as rig:
        old = await known_words(rig) if behind else 0
        await backlog(rig, behind)
        crew = Crew(rig)
        gauges = Gauges(rig, crew)
        reading = None
        try:
            made = Stand(rig, crew, gauges, old + behind)
            crew.hire(0)
            await made.drained(made.behind, DRAINED_S)
            for number in range(1, workers):
                crew.hire(number)
            await made.ready(workers)
            reading = asyncio.create_task(gauges.run())
            yield made
        finally:
            if reading:
                reading.cancel()
                await asyncio.gather(reading, return_exceptions=True)
            crew.end()
            gauges.close()
