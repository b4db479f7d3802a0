"""The desk beside the agents: its topic is followed by every process, and one ear hears clicks where it should."""

from __future__ import annotations

import asyncio
import contextlib
import getpass
import logging
import signal
import socket
from dataclasses import dataclass, replace
from typing import Final
from uuid import uuid4

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from streams.assemble import Live, live
from streams.desk.clerk import Clerk
from streams.desk.click import Click, Ear
from streams.desk.feedback import Feedback, encode_feedback
from streams.desk.kafka import Follower, LedgerSearch, read_feedback
from streams.flow import Parts
from streams.kafka import Where, client_options
from streams.records import Away, Millis
from streams.reload import Fresh
from streams.settings import Settings
from streams.silent import reader
from streams.worker.publish import Publisher, Record

log = logging.getLogger(__name__)

_RECORDED_WITHIN: Final[Millis] = 2_500  # half of `GRACE`: what comes later must not count, and Slack waits no longer


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
        parts = [self.follower.run()]
        if not self.embedded:  # a mock broker's topics appear when first named
            parts.append(ensure_topic(self.follower.where, self.follower.topic))
        if self.ear:
            parts.append(self._hear(self.ear))
        try:
            await asyncio.gather(*parts)
        finally:
            await self.publisher.stop()

    def renew(self, fresh: Fresh) -> Parts:
        """Parts read again, whose desk has the changes made so far; they are followed and heard from now on."""
        read = reader(self.clerk.reader.zone, fresh.known)
        desk = self.clerk.desk.over(fresh.desk, read.check)
        self.follower.desk = self.clerk.desk = desk
        self.clerk.reader = read
        return replace(fresh.parts, desk=desk)

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


def desk_service(settings: Settings, parts: Live, *, hears: bool) -> DeskService:
    """The service of one process."""
    directory, _ = known = parts.known
    clock, topic = parts.parts.clock, parts.names.feedback
    publisher = Publisher(settings.cluster, request_timeout_ms=_RECORDED_WITHIN)

    async def record(feedback: Feedback) -> None:
        key = feedback.channel.encode()  # all of a channel in one partition: in order
        await publisher.publish([Record(topic=topic, key=key, value=encode_feedback(feedback), timestamp=feedback.at)])

    clerk = Clerk(
        desk=parts.desk,
        reader=reader(settings.zone, known),
        clock=clock,
        record=record,
        alert=parts.book.alert,
        decisions=LedgerSearch(settings.cluster, parts.names.decisions),
        users=frozenset(settings.desk_users.replace(",", " ").split()),
        names={entry.id: entry.name for entry in directory.entries},
    )
    return DeskService(
        follower=Follower(settings.cluster, topic, parts.desk, clock), clerk=clerk, publisher=publisher,
        ear=parts.ear if hears else None, embedded=settings.embedded,
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


async def say(settings: Settings, channel: str, words: str) -> tuple[str, bool]:
    """A command from this machine, recorded like one from Slack: the answer, and whether it was done. Raises `Away`."""
    live_parts = live(settings)
    service = desk_service(settings, live_parts, hears=False)
    click = Click(id=uuid4().hex, user=f"{getpass.getuser()}@{socket.gethostname()}", channel=channel, words=words)
    clerk = replace(service.clerk, users=frozenset())  # who has these settings keeps this desk
    try:
        clerk.desk.add(await read_feedback(settings.cluster, live_parts.names.feedback))
        noted = await clerk.note(click)
        return await clerk.answer(noted), not noted.feedback.refused
    finally:
        await service.publisher.stop()


async def ensure_topic(where: Where, topic: str) -> None:
    """Create the topic to be kept for ever, when it is not there; waits as long as Kafka is away.

    Left to the broker's defaults, a mute for good would end with the topic's retention.
    """
    while True:
        admin = AIOKafkaAdminClient(**client_options(where))
        try:
            await admin.start()
            if topic not in await admin.list_topics():
                await _create(admin, topic)
        except (KafkaError, OSError) as fault:
            log.warning("the topic %s cannot be made now: %s", topic, fault)
            await asyncio.sleep(5)
        else:
            return
        finally:
            await admin.close()


async def _create(admin: AIOKafkaAdminClient, topic: str) -> None:
    brokers = len((await admin.describe_cluster())["brokers"])
    keep = {"retention.ms": "-1", "cleanup.policy": "delete"}
    answer = await admin.create_topics([NewTopic(topic, 1, min(3, brokers), topic_configs=keep)])
    for _, code, *_words in answer.topic_errors:
        if code and code != TopicAlreadyExistsError.errno:  # another worker was quicker
            raise for_code(code)
