"""The desk beside the agents: its topic is followed by every process, and one ear hears clicks where it should."""

from __future__ import annotations

import asyncio
import getpass
import logging
import socket
from dataclasses import dataclass, replace
from typing import Final
from uuid import uuid4

from streams.assemble import Live, live
from streams.desk.changing import ChangingDesk
from streams.desk.clerk import Clerk
from streams.desk.click import Click, Ear
from streams.desk.feedback import Feedback, encode_feedback
from streams.desk.kafka import Follower, LedgerSearch, read_feedback
from streams.kafka.admin import TopicAdmin
from streams.kafka.cluster import Where
from streams.kafka.plan import Topic, plan
from streams.kafka.publish import Publisher, Record
from streams.records import Away, Millis
from streams.reload import Fresh
from streams.settings.record import Settings

log = logging.getLogger(__name__)

_RECORDED_WITHIN: Final[Millis] = 2_500  # half of `GRACE`: what comes later must not count, and Slack waits no longer


@dataclass(slots=True, kw_only=True)
class DeskService:
    """What of the desk runs in this process; `ear` is None where nobody listens."""

    follower: Follower
    clerk: Clerk
    publisher: Publisher
    ear: Ear | None
    planned: Topic | None  # what is followed, to be made when it is not there; a mock broker's appear when first named
    _waits: str = "Kafka: the desk was not read yet"  # what has to answer before the ear may begin

    def deaf(self) -> str:
        """Why a click would not be heard and recorded now; "" when it would, or where nobody is to hear any."""
        if self.ear is None:
            return ""
        return self._waits or self.follower.behind(self.follower.clock.now()) or self.ear.deaf

    async def run(self) -> None:
        """Follow and hear until cancelled."""
        parts = [self.follower.run()]
        if self.planned:
            parts.append(ensure_topic(self.follower.where, self.planned))
        if self.ear:
            parts.append(self._hear(self.ear))
        try:
            await asyncio.gather(*parts)
        finally:
            await self.publisher.stop()

    def renew(self, fresh: Fresh) -> ChangingDesk:
        """The desk read again, with the changes made so far; it is followed and heard from now on."""
        read = fresh.known.reader(self.clerk.reader.zone)
        desk = self.clerk.desk.over(fresh.desk, read.check)
        self.follower.desk = self.clerk.desk = desk
        self.clerk.reader = read
        return desk

    async def _hear(self, ear: Ear) -> None:
        """Clicks are heard once the desk is known and they can be recorded."""
        while True:
            try:
                await self.follower.fresh(self.follower.clock.now())
                await self.publisher.start()
            except Away as away:
                log.warning("nobody hears clicks yet: %s", away)
                self._waits = str(away)
                await asyncio.sleep(1)
            else:
                break
        self._waits = ""
        await ear.run(self.clerk)


def desk_service(settings: Settings, parts: Live, *, hears: bool) -> DeskService:
    """The service of one process."""
    topic = parts.names.feedback
    publisher = Publisher(settings.cluster, request_timeout_ms=_RECORDED_WITHIN)

    async def record(feedback: Feedback) -> None:
        key = feedback.channel.encode()  # all of a channel in one partition: in order
        await publisher.publish([Record(topic=topic, key=key, value=encode_feedback(feedback), timestamp=feedback.at)])

    clerk = Clerk(
        desk=parts.desk,
        reader=parts.known.reader(settings.zone),
        clock=parts.clock,
        record=record,
        alert=parts.book.alert,
        decisions=LedgerSearch(settings.cluster, parts.names.decisions),
        barred=parts.barred,
        users=frozenset(settings.desk_users.replace(",", " ").split()),
    )
    planned = next(t for t in plan(settings.topics) if t.name == topic)
    return DeskService(
        follower=Follower(settings.cluster, topic, parts.desk, parts.clock), clerk=clerk, publisher=publisher,
        ear=parts.ear if hears else None, planned=None if settings.embedded else planned,
    )  # fmt: skip


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


async def ensure_topic(where: Where, topic: Topic) -> None:
    """Make the topic as planned, when it is not there; waits as long as Kafka is away.

    Left to the broker's defaults, a mute for good would end with the topic's retention.
    """
    while True:
        try:
            async with TopicAdmin(where) as admin:
                await admin.ensure(topic)
        except Away as away:
            log.warning("the topic %s cannot be made now: %s", topic.name, away)
            await asyncio.sleep(5)
        else:
            return
