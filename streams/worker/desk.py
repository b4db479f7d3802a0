"""The desk beside the agents: its topic is followed by every process, and one ear hears clicks where it should."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from dataclasses import dataclass

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError

from streams.assemble import Live
from streams.desk.clerk import Clerk
from streams.desk.click import Ear
from streams.desk.feedback import Feedback, encode_feedback
from streams.desk.kafka import Follower, LedgerSearch
from streams.records import Away
from streams.settings import Settings
from streams.silent import knowledge, reader
from streams.worker.publish import Publisher, Record

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskService:
    """What of the desk runs in this process; `ear` is None where nobody listens."""

    follower: Follower
    clerk: Clerk
    publisher: Publisher
    ear: Ear | None
    embedded: bool = False

    async def run(self) -> None:
        """Follow and hear until cancelled."""
        if not self.embedded:
            await ensure_topic(self.follower.bootstrap, self.follower.topic)
        try:
            await asyncio.gather(self.follower.run(), *([self._hear(self.ear)] if self.ear else []))
        finally:
            await self.publisher.stop()

    async def _hear(self, ear: Ear) -> None:
        """Clicks are heard once the desk is known and they can be recorded."""
        while True:
            try:
                await self.follower.fresh(self.follower.clock.now())
                await self.publisher.start()
            except Away as away:
                log.warning("nobody hears clicks yet: %s", away)
                await asyncio.sleep(1)
            else:
                break
        await ear.run(self.clerk)


def desk_service(settings: Settings, live: Live, *, hears: bool) -> DeskService:
    """The service of one process."""
    directory, _ = knowledge()
    clock, topic, publisher = live.parts.clock, live.names.feedback, Publisher(settings.kafka)

    async def record(feedback: Feedback) -> None:
        key = feedback.channel.encode()  # all of a channel in one partition: in order
        await publisher.publish([Record(topic=topic, key=key, value=encode_feedback(feedback), timestamp=feedback.at)])

    clerk = Clerk(
        desk=live.desk,
        reader=reader(settings.zone),
        clock=clock,
        record=record,
        alert=live.book.alert,
        decisions=LedgerSearch(settings.kafka, live.names.decisions),
        users=frozenset(settings.desk_users.replace(",", " ").split()),
        names={entry.id: entry.name for entry in directory.entries},
    )
    return DeskService(
        follower=Follower(settings.kafka, topic, live.desk, clock), clerk=clerk, publisher=publisher,
        ear=live.ear if hears else None, embedded=settings.embedded,
    )  # fmt: skip


def run_alone(service: DeskService) -> None:
    """The role `desk`: nothing but the ear, until SIGTERM or SIGINT."""

    async def main() -> None:
        running = asyncio.create_task(service.run())
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, running.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await running

    asyncio.run(main())


async def ensure_topic(bootstrap: str, topic: str) -> None:
    """Create the topic to be kept for ever, when it is not there; waits as long as Kafka is away.

    Left to the broker's defaults, a mute for good would end with the topic's retention.
    """
    while True:
        admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
        try:
            await admin.start()
            keep = {"retention.ms": "-1", "cleanup.policy": "delete"}
            await admin.create_topics([NewTopic(topic, 1, -1, topic_configs=keep)])
        except TopicAlreadyExistsError:
            return
        except (KafkaError, OSError) as fault:
            log.warning("the topic %s cannot be made now: %s", topic, fault)
            await asyncio.sleep(2)
        else:
            return
        finally:
            await admin.close()
