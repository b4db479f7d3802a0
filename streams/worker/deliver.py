"""What the deliver agent does: it records each alert durably, and only then is the alert acknowledged."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from streams.basics.times import MINUTE, SECOND, WallClock, believable
from streams.delivery.alike import entering
from streams.delivery.book import DeliveryBook
from streams.kafka.cluster import Where
from streams.kafka.publish import Publisher, Record
from streams.kafka.reader import Forgotten, TopicReader
from streams.kafka.record import origin_of
from streams.names import Names, kind_of
from streams.records import Alert, Away, Millis, Reason, Receipt
from streams.wire import Unreadable, dead_headers, decode_alert, encode_receipt
from streams.worker.holding import Health, hold, patiently
from streams.worker.stamp import stamp_of

_FRESH: Final = 15 * MINUTE


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
            await patiently(self.health, "Kafka", self.publisher.publish(dead))

        await hold(self.health, enter)
        self.health.handled = max((stamp_of(e, WallClock().now()) for e in events), default=self.health.handled)

    def _decoded(self, events: Sequence[Any]) -> tuple[list[Alert], list[Record]]:
        alerts: list[Alert] = []
        dead: list[Record] = []
        for event in events:
            message = event.message
            raw = message.value or b""
            try:
                alerts.append(decode_alert(raw))
            except Unreadable as fault:
                origin = origin_of(message)
                at = believable(round(message.timestamp * SECOND))
                headers = dead_headers(origin, Reason.MALFORMED, str(fault), "deliver", at)
                dead.append(Record(topic=self.names.dead, key=message.key or b"", value=raw, headers=headers))
        return alerts, dead


def telling(names: Names, publisher: Publisher) -> Callable[[Sequence[Receipt]], Awaitable[None]]:
    """What became of alerts goes onto the ledger, where the decisions on the same article lie."""

    async def tell(receipts: Sequence[Receipt]) -> None:
        await publisher.publish(
            [Record(topic=names.decisions, key=r.article_id.encode(), value=encode_receipt(r)) for r in receipts]
        )

    return tell


async def rebuild(where: Where, topic: str, book: DeliveryBook, blind: Collection[str] = ()) -> int:
    """The outbox is the truth: a book that lost its memory is entered again from it. How many alerts that holds.

    Raises `Away`, also when retention takes what is being read; a rebuild that was broken off may begin anew.
    """
    now, held = WallClock().now(), 0
    try:
        async with TopicReader(where) as reader:
            async for alerts in reader.decoded(await reader.ranges(topic), decode_alert):  # the agent buries the rest
                await enter_again(book, alerts, blind, now)
                held += len(alerts)
    except Forgotten as gone:  # this one is no fault of the book: what is left of the outbox is read from its beginning
        raise Away(f"Kafka: {topic}: {gone}") from None
    return held


async def enter_again(book: DeliveryBook, alerts: Sequence[Alert], blind: Collection[str], now: Millis) -> None:
    """Every alert in doubt, to be looked for in its channel.

    A doubt in one of the `blind` kinds of channels, which cannot be read back, would be told again, and the outbox
    holds a week: there, what is not fresh is taken as sent, though its channel may have been away just then.
    """

    def is_stale(alert: Alert) -> bool:
        return kind_of(alert.channel) in blind and max(alert.decided, entering(alert).hold) < now - _FRESH

    await book.rebuild([a for a in alerts if is_stale(a)], sent=True)
    await book.rebuild([a for a in alerts if not is_stale(a)])
