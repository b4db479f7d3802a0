"""A sender process that can be killed at every await: the delivery book in Redis, the strict Slack server, no Kafka.

    python -m tests.live.faulty_sender ORDERS POINT NTH

ORDERS is a JSON file (see `Orders`); POINT is one of `POINTS` or `none`. The outbox is a file of one alert a line.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from redis.asyncio import Redis

from streams.basics.times import WallClock
from streams.channels.slack import SlackChannel
from streams.delivery.book import Delivery, Mark
from streams.delivery.channel import Answer, Doubt, Refused
from streams.delivery.redis import RedisBook
from streams.delivery.rules import Rules
from streams.delivery.sender import Sender, Timing
from streams.wire import decode_alert
from tests.live.bomb import Bomb, Wrapped
from tests.slack_server.workspace import BOT_TOKEN

_ARMED = ("intend", "sent", "again", "found", "edited", "receipts", "reported")
METHODS = ("claim_delivery", "post", "sent", "again", "marks", "found", "edit", "edited")
POINTS = (*(f"{method}:{when}" for method in METHODS for when in ("before", "after")), "post:during", "marks:during")


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """What a sender process is told. Times are scaled down, in milliseconds."""

    redis: str
    prefix: str
    slack: str
    outbox: str
    rules: Rules
    timing: Timing
    naive: bool = False
    kafka: str = ""  # with a broker the outbox is a topic, see `faulty_deliver`

    def write(self, file: Path) -> Path:
        """As JSON."""
        file.write_text(json.dumps(asdict(self)))
        return file

    @classmethod
    def read(cls, file: Path) -> Orders:
        """From JSON."""
        told = json.loads(file.read_text())
        return cls(**told | {"rules": Rules(**told["rules"]), "timing": Timing(**told["timing"])})

    def book(self) -> RedisBook:
        """The delivery book; each call opens a connection pool of its own."""
        redis = Redis.from_url(self.redis, socket_timeout=2, socket_connect_timeout=1)
        return RedisBook(redis, self.prefix, self.rules)

    def channel(self) -> SlackChannel:
        """Slack."""
        return SlackChannel(BOT_TOKEN, WallClock(), url=self.slack, timeout=self.timing.timeout)


class NaiveChannel:
    """The control: what most notifiers do. An error means "not sent", and nothing is ever read back."""

    def __init__(self, channel: SlackChannel) -> None:
        self._channel = channel

    def __getattr__(self, name: str) -> Any:
        return getattr(self._channel, name)

    async def post(self, delivery: Delivery) -> Answer:
        """Any doubt is taken for a refusal."""
        answer = await self._channel.post(delivery)
        return Refused(answer.why) if isinstance(answer, Doubt) else answer

    async def marks(self, delivery: Delivery) -> Mapping[str, Mark]:
        """Never looks."""
        return {}


async def rebuild(book: RedisBook, lines: Sequence[bytes]) -> int:
    """What the worker does from Kafka."""
    for at in range(0, len(lines), 200):
        await book.rebuild([decode_alert(line) for line in lines[at : at + 200]])
    return len(lines)


def _during(point: str, bomb: Bomb, name: str, call: Any) -> Any:
    """Kill while the call is under way: the request is out, the answer is not in."""
    if point != f"{name}:during":
        return call

    async def wrapped(*args: Any) -> Any:
        bomb.left -= 1
        if bomb.left <= 0:
            asyncio.get_running_loop().call_later(0.004, os.kill, os.getpid(), signal.SIGKILL)
        return await call(*args)

    return wrapped


@dataclass(frozen=True, slots=True)
class Deadly:
    """The parts of a sender whose awaits may kill it; `book` is the one that does not."""

    bomb: Bomb
    book: RedisBook
    armed: Any
    channel: Any

    @classmethod
    def made(cls, orders: Orders, point: str, nth: int) -> Deadly:
        """As the orders say."""
        bomb, book, slack = Bomb(point, nth), orders.book(), orders.channel()
        armed = Wrapped(
            book,
            claim=bomb.around("claim_delivery", book.claim),
            **{name: bomb.around(name, getattr(book, name)) for name in _ARMED},
        )
        inner: Any = NaiveChannel(slack) if orders.naive else slack
        channel = Wrapped(
            inner,
            post=_during(point, bomb, "post", bomb.around("post", inner.post)),
            marks=_during(point, bomb, "marks", bomb.around("marks", inner.marks)),
            edit=bomb.around("edit", inner.edit),
        )
        return cls(bomb, book, armed, channel)

    def sender(self, orders: Orders, rebuild: Callable[[], Awaitable[int]]) -> Sender:
        """A sender of these parts."""
        return Sender(book=self.armed, channels={"slack": self.channel}, timing=orders.timing, rebuild=rebuild)


async def main() -> None:
    """Send until killed."""
    orders, point, nth = Orders.read(Path(sys.argv[1])), sys.argv[2], int(sys.argv[3])
    deadly = Deadly.made(orders, point, nth)

    def outbox() -> Awaitable[int]:
        return rebuild(deadly.book, Path(orders.outbox).read_bytes().split(b"\n")[:-1])

    await deadly.sender(orders, outbox).run()


if __name__ == "__main__":
    asyncio.run(main())
