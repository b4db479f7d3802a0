"""Both delivery books do the same, whatever happens to them and in whatever order."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha1
from typing import Any
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from streams.basics.times import HOUR
from streams.delivery.book import Back, Delivery, DeliveryBook, Edit, Mark, State
from streams.delivery.memory import MemoryBook
from streams.delivery.redis import RedisBook
from streams.delivery.rules import Rules
from streams.ports import Clocked
from streams.records import Alert, Kind
from tests.build import NOON, alert

LEASE = 5_000
LOOKED_AT = 300  # a reply that has to wait is looked at again by then
RULES = Rules(
    settle=1_000, read_pace=0, crowd=3, patience=2_000, between=3_000, lines=3, fresh=6_000, edit_gap=1_000,
    edit_pace=0, breaker_after=1_000, keep=60_000,
)  # fmt: skip
PLACES = ("slack:C0A", "slack:C0B")
Fields = Mapping[str, Any]
Step = tuple[Any, ...]

_KINDS = st.sampled_from([Kind.NEW, Kind.NEW, Kind.UPDATE, Kind.ECHO])
_ALERTS: st.SearchStrategy[list[dict[str, Any]]] = st.lists(
    st.fixed_dictionaries({
        "number": st.integers(0, 9), "kind": _KINDS, "root": st.integers(0, 3), "channel": st.sampled_from(PLACES),
        "hold": st.sampled_from([0, 0, 0, 4_000]),
    }),
    max_size=5,
)  # fmt: skip
_BACKS = st.builds(
    Back, st.sampled_from([State.PENDING, State.DOUBT]), st.sampled_from([0, 0, 700]), clean=st.sampled_from([0, 0, 2]),
    step=st.integers(0, 1), pause=st.sampled_from([0, 900]), elsewhere=st.sampled_from(["", "", PLACES[1]]),
)  # fmt: skip
_WHICH = st.integers(0, 7)
_STEPS: st.SearchStrategy[Step] = st.one_of(
    *[st.tuples(st.just("intend"), _ALERTS)] * 2,
    st.tuples(st.just("rebuild"), _ALERTS),
    *[st.tuples(st.just("claim"))] * 2,
    *[st.tuples(st.just("sent"), _WHICH)] * 2,
    st.tuples(st.just("again"), _WHICH, _BACKS),
    st.tuples(st.just("dead"), _WHICH),
    st.tuples(st.just("put_off"), _WHICH, st.integers(1, 7), st.sampled_from([500, 5_000])),
    st.tuples(st.just("unwanted"), _WHICH, st.integers(1, 7)),
    st.tuples(st.just("found"), _WHICH, st.booleans()),
    st.tuples(st.just("relocate"), st.sampled_from(PLACES), st.sampled_from(["", *PLACES])),
    st.tuples(st.just("edit")),
    st.tuples(st.just("edited"), st.sampled_from([None, 2_000])),
    st.tuples(st.just("told")),
    st.tuples(st.just("hold")),
    st.tuples(st.just("resume")),
    st.tuples(st.just("outlived")),
    st.tuples(st.just("wait"), st.sampled_from([300, 1_500, 4_000, 9_000, 65_000])),
    st.tuples(st.just("wait"), st.sampled_from([300, 1_500, 4_000, 9_000])),
)


@dataclass
class Twins:
    """Both books under one clock, and what was taken from each: also by who died, and whose lease has ended."""

    clock: Clocked
    one: DeliveryBook
    other: RedisBook
    redis: Redis
    taken: list[tuple[Delivery, Delivery]] = field(default_factory=list)
    edits: list[tuple[Edit, Edit]] = field(default_factory=list)
    told_of: int = 0

    async def both(self, name: str, *args: Any) -> tuple[Any, Any]:
        """What each says, which must be the same."""
        one, other = await getattr(self.one, name)(*args), await getattr(self.other, name)(*args)
        assert plain(one) == plain(other), name
        return one, other

    async def each(self, which: int, name: str, *args: Any) -> None:
        """One of the last that were taken, each of its own book."""
        if which < len(self.taken):
            one, other = self.taken[-1 - which]
            assert await getattr(self.one, name)(one, *args) == await getattr(self.other, name)(other, *args), name

    async def wait(self, millis: int) -> None:
        """Let time pass."""
        self.clock.set(self.clock.now() + millis)
        await self.redis.set(self.other._tag + ":hands", self.clock.now())

    async def intend(self, alerts: list[Fields], how: str = "intend") -> None:
        """Alerts that enter, or enter again after a loss."""
        for fields in alerts:
            await self.wait(1)  # within one millisecond each channel has an order of its own
            await self.both(how, [self._made(**fields)])

    async def rebuild(self, alerts: list[Fields]) -> None:
        """See `intend`."""
        await self.intend(alerts, "rebuild")

    def _made(self, *, number: int, kind: Kind, root: int, channel: str, hold: int) -> Alert:
        own, first = (number, number) if kind is Kind.NEW else (number + 10, root)
        return alert(
            own, kind=kind, root_id=f"a{first:05d}", channel=channel, urgent=first == 3,
            hold=hold and self.clock.now() + hold, watch=("one", "other")[first % 2], decided=self.clock.now(),
        )  # fmt: skip

    async def claim(self) -> None:
        """Whatever may be told, in every channel."""
        one, other = await _claims(self.one), await _claims(self.other)
        assert {c: plain(d) for c, d in one.items()} == {c: plain(d) for c, d in other.items()}
        self.taken += [(one[channel], other[channel]) for channel in sorted(one)]

    def _ts(self) -> str:
        self.told_of += 1
        return f"{self.clock.now() // 1_000}.{self.told_of:06d}"

    async def sent(self, which: int) -> None:
        """A message stands."""
        await self.each(which, "sent", self._ts(), 0)

    async def again(self, which: int, back: Back) -> None:
        """It goes back."""
        if which < len(self.taken) and (back.state is State.PENDING or self.taken[-1 - which][0].members):
            back = replace(back, elsewhere="")  # only an alert in doubt is looked for elsewhere
        await self.each(which, "again", back)

    async def dead(self, which: int) -> None:
        """It is refused in every form."""
        await self.each(which, "dead", "no reason")

    async def put_off(self, which: int, some: int, by: int) -> None:
        """Quiet hours of some of its watches."""
        if asleep := self._some(which, some):
            await self.each(which, "put_off", dict.fromkeys(asleep, self.clock.now() + by))

    async def unwanted(self, which: int, some: int) -> None:
        """Some of its companies were muted meanwhile."""
        if muted := self._some(which, some):
            await self.each(which, "unwanted", dict.fromkeys(muted, "muted"))

    def _some(self, which: int, some: int) -> list[str]:
        """Alerts of one of the last that were taken, one at least."""
        if which >= len(self.taken):
            return []
        delivery = self.taken[-1 - which][0]
        ids = [a.alert_id for a in delivery.members or (delivery.alert,)]
        return [own for n, own in enumerate(ids) if some >> n & 1] or ids[:1]

    async def found(self, which: int, folded: bool) -> None:
        """Whoever reads a channel sees it."""
        if which < len(self.taken):
            one, other = self.taken[-1 - which]
            mark = Mark(self._ts(), folded and not one.members)
            assert await self.one.found({one.id: mark}) == await self.other.found({other.id: mark})

    async def relocate(self, place: str, out_of: str) -> None:
        """A watch moves."""
        await self.both("relocate", {"one": place}, out_of)

    async def edit(self) -> None:
        """Every first message that has more to say."""
        while (pair := await self.both("edit", LEASE))[0]:
            self.edits.append(pair)

    async def edited(self, wait: int | None) -> None:
        """All that are under way."""
        while self.edits:
            one, other = self.edits.pop()
            await self.one.edited(one, wait)
            await self.other.edited(other, wait)

    async def told(self) -> None:
        """The ledger is told, stories are released."""
        await self.both("reported", (await self.both("receipts", 500, LEASE))[0])
        await self.both("released", (await self.both("buried"))[0])

    async def hold(self) -> None:
        """Slack takes nothing."""
        await self.both("hold", "slack", "gone")

    async def resume(self) -> None:
        """It takes everything again; a channel that was held is looked at within a second."""
        await self.both("resume", "slack")
        await self.wait(1_000)

    async def outlived(self) -> None:
        """What is too old is dead."""
        await self.both("outlived")

    async def look(self) -> None:
        """All that can be seen without changing anything."""
        for name in ("counts", "buried", "holds"):
            await self.both(name)
        waits = [await book.waiting() for book in (self.one, self.other)]  # how long: of what was put off, roughly
        assert len({(w.held, *sorted(w.oldest), w.unreported, w.unreported_for) for w in waits}) == 1
        await self.both("channels", HOUR)
        one, other = await self.one.doubles(), await self.other.doubles()
        assert sorted((c, ts) for c, _, ts in one) == sorted((c, ts) for c, _, ts in other)
        for number in range(20):
            await self.both("alert", f"a{number:05d}")


async def _claims(book: DeliveryBook) -> dict[str, Delivery]:
    taken: dict[str, Delivery] = {}
    while delivery := await book.claim(LEASE):
        assert delivery.channel not in taken, "one at a time in a channel"
        taken[delivery.channel] = delivery
    return taken


def plain(said: Any) -> Any:
    """What both must say alike: each names digests in its own way, and sets have no order."""
    match said:
        case Delivery():
            inside = [plain(member) for member in said.members] or plain(said.alert)
            return (
                inside, said.channel, said.alert.kind, said.state, said.fence, said.attempts, said.clean, said.step,
                said.root_ts, said.fold, said.at,
            )  # fmt: skip
        case Alert():
            return said.alert_id, said.channel, said.hold
        case Edit():
            echoes, notes = [e.alert_id for e in said.echoes], [n.alert_id for n in said.notes]
            return said.root.alert_id, said.root.channel, said.ts, said.revision, said.step, said.heard, echoes, notes
        case list() | tuple():
            return sorted((plain(one) for one in said), key=repr)
        case Mapping():
            return {key: value for key, value in said.items() if value}
    return said


async def walk(url: str, steps: list[Step]) -> None:
    """Take the steps with both, and look after each."""
    async with Redis.from_url(url) as redis:
        clock, book = Clocked(), RedisBook(redis, f"book-{uuid4().hex}", RULES)
        script = book._script
        wall = "local now = t[1] * 1000 + math.floor(t[2] / 1000)"
        script._text, text = script._text.replace(wall, "local now = tonumber(redis.call('GET', p .. 'hands'))"), wall
        assert text not in script._text
        script._sha = sha1(script._text.encode(), usedforsecurity=False).hexdigest()
        twins = Twins(clock, MemoryBook(clock, RULES), book, redis)
        await twins.wait(NOON)
        await book.begin()
        for name, *args in steps:
            await twins.wait(LOOKED_AT)
            await getattr(twins, name)(*args)
            await twins.look()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(_STEPS, min_size=8, max_size=45))
def test_both_books_do_the_same(redis_url: str, steps: list[Step]) -> None:
    """Whatever enters, is taken, told, put back, put off, not wanted, moved, found or lost: every answer and every number."""
    asyncio.run(walk(redis_url, steps))
