"""Tells the ledger what became of alerts. Runs beside the senders and holds none up: what waits, waits in the book."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from streams.delivery.book import DeliveryBook, Forgotten
from streams.records import Away, Millis, Receipt

log = logging.getLogger(__name__)

_MOST: Final = 500  # receipts at a time
_IDLE_S: Final = 0.5
_AWAY_S: Final = 2.0


@dataclass(slots=True, kw_only=True)
class Reporter:
    """Several may run. `publish` returns when Kafka has the receipts, and raises `Away` when nobody knows."""

    book: DeliveryBook
    publish: Callable[[Sequence[Receipt]], Awaitable[None]]
    lease: Millis  # a reporter that died in the middle is taken for dead after so long
    _away: str = ""

    async def run(self) -> None:
        """Report for ever; waits while Redis or Kafka are away."""
        while True:
            try:
                busy = await self.step()
            except Forgotten:  # the senders say so, and rebuild it
                await asyncio.sleep(_AWAY_S)
                continue
            except Away as away:
                if not self._away:
                    log.warning("receipts wait: %s", away)
                self._away = str(away)
                await asyncio.sleep(_AWAY_S)
                continue
            if busy and self._away:  # an empty round proves nothing: what was refused is under its lease
                log.warning("receipts go on after %s", self._away)
                self._away = ""
            if not busy:
                await asyncio.sleep(_IDLE_S)

    async def step(self) -> bool:
        """One round; False when there was nothing to tell. Raises `Away`; whatever was told may be told again."""
        receipts = await self.book.receipts(_MOST, self.lease)
        if receipts:
            await self.publish(receipts)
            await self.book.reported(receipts)
        return bool(receipts)
