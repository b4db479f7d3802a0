"""The search for messages that stand twice: few channels a round, in turns, and only where something was told lately."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from streams.basics.times import HOUR, MINUTE, WallClock, to_ts
from streams.channels.memory import MemoryChannel
from streams.delivery.book import DeliveryBook
from streams.delivery.channel import CannotRead
from streams.delivery.upkeep import Upkeep
from streams.records import Millis
from tests.build import alert
from tests.contract.books import LEASE, Make, claimed, opened


@dataclass(slots=True)
class Searched(MemoryChannel):
    """Writes down what is searched; `faults` are raised instead, each once."""

    searched: list[str] = field(default_factory=list)
    faults: dict[str, CannotRead] = field(default_factory=dict)

    async def spare(self, place: str, since: Millis) -> Sequence[str]:
        """See `Channel.spare`."""
        self.searched.append(place)
        if fault := self.faults.pop(place, None):
            raise fault
        return ()


async def spoken(book: DeliveryBook, numbers: Sequence[int], ago: Millis = 0) -> list[str]:
    """Something was told in so many channels; their places."""
    await book.intend([alert(n, channel=f"slack:C{n:03d}") for n in numbers])
    for _ in numbers:
        await book.sent(await claimed(book), to_ts(WallClock().now() - ago), 0)
    return [f"C{n:03d}" for n in numbers]


async def test_a_round_searches_a_few_channels_and_the_next_goes_on(make: Make) -> None:
    """Slack allows some fifty reads a minute; the audit must not take what a doubt needs."""
    book, channel = await opened(make), Searched()
    places = await spoken(book, range(25))
    upkeep = Upkeep(book=book, channels={"slack": channel}, lease=LEASE)
    for _ in range(3):
        await upkeep.audit()
    assert channel.searched == [*places, *places[:5]]


async def test_a_few_channels_are_searched_once_a_round(make: Make) -> None:
    """No round goes about twice."""
    book, channel = await opened(make), Searched()
    places = await spoken(book, range(3))
    await Upkeep(book=book, channels={"slack": channel}, lease=LEASE).audit()
    assert channel.searched == places


async def test_a_channel_of_long_ago_is_forgotten(make: Make) -> None:
    """In its last hour stands nothing of ours. When it is told again, it is searched again."""
    book, channel = await opened(make), Searched()
    await spoken(book, [1], ago=HOUR + MINUTE)
    (lately,) = await spoken(book, [2], ago=MINUTE)
    upkeep = Upkeep(book=book, channels={"slack": channel}, lease=LEASE)
    await upkeep.audit()
    assert channel.searched == [lately]
    assert await book.channels(24 * HOUR) == ["slack:C002"]
    await book.intend([alert(9, channel="slack:C001")])
    await book.sent(await claimed(book), to_ts(WallClock().now()), 0)
    assert await book.channels(HOUR) == ["slack:C001", "slack:C002"]


async def test_a_round_ends_where_a_read_has_to_wait(make: Make) -> None:
    """The next goes on behind that channel; one that merely cannot be read ends nothing."""
    book, channel = await opened(make), Searched()
    await spoken(book, range(4))
    channel.faults = {"C000": CannotRead("no history"), "C001": CannotRead("ratelimited", 30_000)}
    upkeep = Upkeep(book=book, channels={"slack": channel}, lease=LEASE)
    await upkeep.audit()
    assert channel.searched == ["C000", "C001"]
    await upkeep.audit()
    assert channel.searched == ["C000", "C001", "C002", "C003", "C000", "C001"]
