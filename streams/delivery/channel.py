"""What the sender may ask of a channel, and the three answers a channel may give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from streams.basics.times import HOUR, SECOND, WallClock, retry_after
from streams.delivery.book import Delivery, Edit, Mark, Sign
from streams.records import Away, Millis


@dataclass(frozen=True, slots=True)
class Posted:
    """The message stands in the channel under this ts."""

    ts: str


class Reach(StrEnum):
    """How much a refusal is about, and so what has to change before it is tried again."""

    ATTEMPT = "attempt"  # this once: the same may be taken later
    PAYLOAD = "payload"  # how it is said: send it plainer
    MESSAGE = "message"  # the message itself: never try again
    CHANNEL = "channel"  # whatever is said there: the whole channel must be quiet
    SERVICE = "service"  # no channel of this kind can be reached before somebody mends it


@dataclass(frozen=True, slots=True)
class Refused:
    """The message certainly does not stand there. `wait`: how long not to try, for an attempt or a channel."""

    why: str
    reach: Reach = Reach.ATTEMPT
    wait: Millis = 0
    sign: Sign = Sign.ANSWERED


def asked_wait(said: object) -> Millis:
    """How long a `Retry-After` asks a channel to be quiet: a second to an hour; half a minute when it does not say."""
    return max(SECOND, retry_after(str(said), WallClock().now(), most=HOUR, none=30 * SECOND))


@dataclass(frozen=True, slots=True)
class Doubt:
    """Nobody knows: an error or a cut after the request went out."""

    why: str


Answer = Posted | Refused | Doubt


class CannotRead(Away):
    """The channel cannot be read back now; not before `wait`."""

    def __init__(self, why: str, wait: Millis = 0, sign: Sign = Sign.TROUBLE) -> None:
        super().__init__(why)
        self.wait = wait
        self.sign = sign


class Channel(Protocol):
    """A place that alerts are posted to. `place` is what follows the colon of a channel's name."""

    async def post(self, delivery: Delivery) -> Answer:
        """Exactly one attempt; never raises for what the other side does."""
        ...

    async def marks(self, delivery: Delivery) -> Mapping[str, Mark]:
        """Every delivery seen where this one would stand, by id: a clean read when it is not among them.

        What names another desk is passed over. Raises `CannotRead`.
        """
        ...

    async def edit(self, edit: Edit) -> Answer:
        """Replace a first message by what it has to say now; harmless to repeat, so there is no doubt."""
        ...

    async def delete(self, place: str, ts: str) -> Answer:
        """Take back a message of ours; `Reach.MESSAGE` when it never can be, for it is gone or locked."""
        ...

    async def probe(self) -> Answer | None:
        """What keeps everything from being sent; None when nothing does. Sends nothing."""
        ...

    async def spare(self, place: str, since: Millis) -> Sequence[str]:
        """The ts of this desk's messages that repeat another one's mark and can be deleted. Raises `CannotRead`."""
        ...


class PostOnly:
    """The other answers of a place that can be neither read nor edited: at-least-once, no living message."""

    async def marks(self, delivery: Delivery) -> Mapping[str, Mark]:  # noqa: ARG002 - it cannot be read back
        """See `Channel.marks`: never found, so what is in doubt is said again."""
        return {}

    async def edit(self, edit: Edit) -> Answer:  # noqa: ARG002 - what is said is said
        """See `Channel.edit`."""
        return Refused("this channel cannot be edited", Reach.MESSAGE)

    async def delete(self, place: str, ts: str) -> Answer:  # noqa: ARG002
        """See `Channel.delete`."""
        return Refused("this channel takes nothing back", Reach.MESSAGE)

    async def probe(self) -> Answer | None:
        """See `Channel.probe`."""
        return None

    async def spare(self, place: str, since: Millis) -> Sequence[str]:  # noqa: ARG002
        """See `Channel.spare`."""
        return ()
