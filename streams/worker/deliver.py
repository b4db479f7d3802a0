"""What the deliver agent does: it records each alert durably, and only then is the alert acknowledged."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from streams.delivery.book import DeliveryBook
from streams.names import Names
from streams.records import Alert, Away
from streams.times import SECOND
from streams.wire import Unreadable, decode_alert
from streams.worker.publish import Publisher, Record
from streams.worker.triage import Health, Stopping

log = logging.getLogger(__name__)


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
        while True:
            try:
                await self.book.intend(alerts)
                await self.publisher.publish(dead)
            except Away as away:
                if not self.health.away:
                    log.warning("holding: %s", away)
                self.health.away = str(away)
                if self.health.stopping():
                    raise Stopping(str(away)) from None
                await asyncio.sleep(0.5)
            else:
                self.health.away = ""
                self.health.handled = round(max((e.message.timestamp for e in events), default=0) * SECOND)
                return

    def _decoded(self, events: Sequence[Any]) -> tuple[list[Alert], list[Record]]:
        alerts: list[Alert] = []
        dead: list[Record] = []
        for event in events:
            raw = event.message.value or b""
            try:
                alerts.append(decode_alert(raw))
            except Unreadable as fault:
                headers = {"reason": b"malformed", "detail": str(fault).encode()[:500], "stage": b"deliver"}
                dead.append(Record(topic=self.names.dead, key=b"alert", value=raw, headers=headers))
        return alerts, dead
