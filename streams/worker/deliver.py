"""What the deliver agent does: it records each alert durably, and only then is the alert acknowledged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from aiokafka.errors import KafkaError

from streams.delivery.book import DeliveryBook
from streams.kafka import Where
from streams.names import Names
from streams.records import Alert, Away, Origin, Reason
from streams.times import SECOND, believable
from streams.topics import TopicReader
from streams.wire import Unreadable, dead_headers, decode_alert
from streams.worker.holding import Health, hold
from streams.worker.publish import Publisher, Record


@dataclass(slots=True)
class Deliver:
    """Alerts in; intents in the delivery book out. Sending happens elsewhere (`delivery.sender`)."""

    book: DeliveryBook
    names: Names
    publisher: Publisher
    health: Health = field(default_factory=Health)

    async def __call__(self, events: Sequence[Any]) -> None:
        """Enter a batch of records into the book; waits as long as Redis is away. Repeats are harmless."""
        alerts, dead = self._decoded(events)

        async def enter() -> None:
            await self.book.intend(alerts)
            await self.publisher.publish(dead)

        await hold(self.health, enter)
        self.health.handled = round(max((e.message.timestamp for e in events), default=0) * SECOND)

    def _decoded(self, events: Sequence[Any]) -> tuple[list[Alert], list[Record]]:
        alerts: list[Alert] = []
        dead: list[Record] = []
        for event in events:
            message = event.message
            raw = message.value or b""
            try:
                alerts.append(decode_alert(raw))
            except Unreadable as fault:
                origin = Origin(topic=message.topic, partition=message.partition, offset=message.offset)
                at = believable(round(message.timestamp * SECOND))
                headers = dead_headers(origin, Reason.MALFORMED, str(fault), "deliver", at)
                dead.append(Record(topic=self.names.dead, key=message.key or b"", value=raw, headers=headers))
        return alerts, dead


async def rebuild(where: Where, topic: str, book: DeliveryBook) -> None:
    """The outbox is the truth: a book that lost its memory is entered again from it, every alert in doubt.

    Raises `Away`; a rebuild that was broken off may begin anew.
    """
    try:
        async with TopicReader(where) as reader:
            async for records in reader.read(await reader.ranges(topic)):
                await book.rebuild([a for r in records if (a := _alert(r.value))])
    except (KafkaError, OSError) as fault:
        raise Away(f"Kafka: {fault!r}") from None


def _alert(raw: bytes | None) -> Alert | None:
    try:
        return decode_alert(raw or b"")
    except Unreadable:  # the deliver agent buries it
        return None
