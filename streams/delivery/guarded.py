"""What a channel raises against its word, said in the words a channel has: nothing ends the sender, who serves all."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from streams.delivery.book import Delivery, Edit, Mark
from streams.delivery.channel import Answer, CannotRead, Channel, Doubt
from streams.names import kind_of
from streams.records import Millis

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Guarded:
    """See `Channel`. An SDK trips over a proxy's page, a terminal over a letter: of a post that is a doubt."""

    channel: Channel

    async def post(self, delivery: Delivery) -> Answer:
        """See `Channel.post`."""
        try:
            return await self.channel.post(delivery)
        except Exception as fault:  # noqa: BLE001 - whatever it is
            return Doubt(_said(fault))

    async def marks(self, delivery: Delivery) -> Mapping[str, Mark]:
        """See `Channel.marks`."""
        try:
            return await self.channel.marks(delivery)
        except CannotRead:
            raise
        except Exception as fault:  # noqa: BLE001
            raise CannotRead(_said(fault)) from None

    async def edit(self, edit: Edit) -> Answer:
        """See `Channel.edit`."""
        try:
            return await self.channel.edit(edit)
        except Exception as fault:  # noqa: BLE001
            return Doubt(_said(fault))

    async def delete(self, place: str, ts: str) -> Answer:
        """See `Channel.delete`."""
        try:
            return await self.channel.delete(place, ts)
        except Exception as fault:  # noqa: BLE001
            return Doubt(_said(fault))

    async def probe(self) -> Answer | None:
        """See `Channel.probe`."""
        try:
            return await self.channel.probe()
        except Exception as fault:  # noqa: BLE001
            return Doubt(_said(fault))

    async def spare(self, place: str, since: Millis) -> Sequence[str]:
        """See `Channel.spare`."""
        try:
            return await self.channel.spare(place, since)
        except CannotRead:
            raise
        except Exception as fault:  # noqa: BLE001
            raise CannotRead(_said(fault)) from None


def guarded(channels: Mapping[str, Channel], name: str) -> Channel | None:
    """The channel of this name's kind; None when nobody built one."""
    channel = channels.get(kind_of(name))
    return None if channel is None else Guarded(channel)


def _said(fault: Exception) -> str:
    """What it is and where it arose, but not its message, which may hold a secret url."""
    at = traceback.extract_tb(fault.__traceback__)[-1]
    why = f"{type(fault).__name__} in {Path(at.filename).name}, line {at.lineno}"
    log.error("a channel raised what it should answer: %s", why)
    return why
