"""Outages of hours and storms of a thousand, in virtual time: the real sender, book and Slack client, the strict server."""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from streams.basics.tasks import end
from streams.basics.times import HOUR, MINUTE, SECOND
from streams.channels.slack import SlackChannel
from streams.delivery.memory import MemoryBook
from streams.delivery.rules import Rules
from streams.delivery.sender import Sender, Timing
from streams.delivery.upkeep import Upkeep
from streams.ports import Clocked
from streams.records import Alert, Millis
from streams.watches.watch import Desk, Watch
from tests.build import NOON, alert
from tests.slack_server.client import SlackServer
from tests.slack_server.workspace import BOT_TOKEN

RULES = Rules(team_pace=250, team_burst=4)
Timed = tuple[Millis, Alert]


@dataclass
class Day:
    """A desk whose clock is moved by hand."""

    clock: Clocked
    server: SlackServer
    book: MemoryBook
    sender: Sender
    upkeep: Upkeep

    async def go(self, timed: Sequence[Timed], until: Millis, tick: Millis) -> None:
        """Let time pass: alerts are entered when they are due, and all that may be sent is sent at once."""
        left = [t for t in timed if t[0] >= self.clock.now()]
        while self.clock.now() < until:
            now = self.clock.now()
            due = [a for at, a in left if at <= now]
            left = [t for t in left if t[0] > now]
            await self.book.intend(due)
            while await self.sender.step():
                pass
            await self.upkeep.step()
            self.clock.set(now + tick)

    async def finish(self, tick: Millis = 500, most: Millis = HOUR) -> Counter[str]:
        """Until nothing is open."""
        end = self.clock.now() + most
        while set(counts := Counter(await self.book.counts())) - {"sent", "folded", "dead"}:
            assert self.clock.now() < end, counts
            await self.go([], self.clock.now() + tick, tick)
        return counts

    def posts(self) -> list[dict[str, Any]]:
        """What Slack stored, in order."""
        return self.server.journal("post")

    def told(self) -> Counter[str]:
        """How often each alert stands in Slack."""
        return Counter(m for p in self.posts() for m in marks(p))

    def too_fast(self) -> list[dict[str, Any]]:
        """Calls that Slack refused for their pace."""
        return [r for r in self.server.journal("refuse") if r["error"] == "ratelimited"]


@pytest.fixture
async def day() -> AsyncIterator[Day]:
    """Noon."""
    clock = Clocked([NOON])
    async with SlackServer(clock=lambda: clock.now() / 1_000) as server:
        channel = SlackChannel(BOT_TOKEN, clock, url=server.api_url, timeout=5_000)
        book = MemoryBook(clock, RULES)
        sender = Sender(book=book, channels={"slack": channel}, timing=Timing())
        yield Day(clock, server, book, sender, Upkeep(book=book, channels={"slack": channel}, lease=15_000))
        await channel.close()


def marks(post: dict[str, Any]) -> list[str]:
    """The alerts a message tells."""
    return [b["block_id"][2:].split(":")[0] for b in post["blocks"] or () if b["block_id"].startswith("d:")]


def at(number: int, when: Millis, **changes: Any) -> Timed:
    """An alert that comes at this time, to a channel the server knows."""
    plain: dict[str, Any] = {"channel": "slack:C0ALERTS", "decided": when, "seen": when}
    return when, alert(number, **plain | changes)


@pytest.mark.parametrize(("hours", "attempts"), [(1, 30), (10, 150)])
async def test_an_outage_of_hours_costs_few_attempts_and_loses_nothing(day: Day, hours: int, attempts: int) -> None:
    """The breaker bounds the attempts; afterwards fresh urgent alerts go first and singly, the rest as one digest."""
    start, end = NOON + MINUTE, NOON + hours * HOUR
    timed = [at(n, start + n * MINUTE, urgent=n % 10 == 9) for n in range(hours * 59)]
    await day.server.ctl("outage", s=(end - NOON) / SECOND)
    await day.go(timed, end, 5 * SECOND)
    tried = day.server.journal("fault")
    assert day.posts() == []
    assert len(tried) <= attempts
    counts = await day.finish()
    assert counts["dead"] == 0
    assert day.told() == Counter({a.alert_id: 1 for _, a in timed})
    fresh = [a.alert_id for when, a in timed if a.urgent and end - when < 10 * MINUTE]
    singles = [marks(p)[0] for p in day.posts() if len(marks(p)) == 1]
    assert set(fresh) <= set(singles)
    heads = [p for p in day.posts() if len(marks(p)) > 1 and not p["thread_ts"]]
    assert len(heads) == 1
    assert day.too_fast() == []


async def test_a_thousand_alerts_in_ten_seconds_keep_urgent_ones_quick(day: Day) -> None:
    """One channel, 1,000 alerts: none lost, the urgent ones within seconds, Slack's pace never broken."""
    timed = [at(n, NOON + n * 10, urgent=n % 100 == 50) for n in range(1_000)]
    await day.go(timed, NOON + 12 * SECOND, 100)
    await day.finish(tick=200)
    assert day.told() == Counter({a.alert_id: 1 for _, a in timed})
    stood = {m: float(p["ts"]) * 1_000 for p in day.posts() for m in marks(p)}
    waits = sorted(stood[a.alert_id] - when for when, a in timed if a.urgent)
    assert waits[math.ceil(0.95 * len(waits)) - 1] < 5 * SECOND
    assert day.too_fast() == []
    assert sum(not p["thread_ts"] for p in day.posts()) < 60  # in the channel itself, beside the digests' threads
    print(f"1,000 alerts in 10 s: {len(day.posts())} messages, urgent p95 {waits[-1] / SECOND:.1f} s")


async def test_fifty_channels_speak_side_by_side(day: Day) -> None:
    """The workspace's pace is shared: every channel gets its turn, none is starved, none too fast."""
    for n in range(50):
        await day.server.ctl("channel", id=f"C{n:02d}")
    timed = [at(n, NOON, channel=f"slack:C{n % 50:02d}") for n in range(250)]
    await day.go(timed, NOON + 30 * SECOND, 100)
    first = {p["channel"]: float(p["ts"]) * 1_000 - NOON for p in reversed(day.posts())}
    assert len(first) == 50
    assert max(first.values()) < 15 * SECOND
    await day.finish(tick=200)
    assert day.told() == Counter({a.alert_id: 1 for _, a in timed})
    assert day.too_fast() == []


async def test_a_channel_that_refuses_holds_only_itself(day: Day) -> None:
    """An archived channel waits for its repair; the others go on; nothing is lost."""
    await day.server.ctl("channel", id="C0ALERTS", set={"archived": True})
    timed = [at(n, NOON, channel="slack:C0ALERTS" if n % 2 else "slack:C0OPS") for n in range(6)]
    await day.go(timed, NOON + 10 * SECOND, 500)
    assert {p["channel"] for p in day.posts()} == {"C0OPS"}
    assert len(day.posts()) == 3
    await day.server.ctl("channel", id="C0ALERTS", set={"archived": False})
    await day.finish()
    assert day.told() == Counter({a.alert_id: 1 for _, a in timed})


async def test_a_revoked_token_is_found_before_an_alert_is(day: Day) -> None:
    """In a quiet night nothing is sent that Slack could refuse; the hold says so elsewhere, and ends by itself."""
    sender, quiet = day.sender, Desk((Watch(name="quiet", channel="slack:C0ALERTS"),))
    sender.alarm, sender.desk = "console:", lambda: quiet
    await day.server.ctl("revoke")
    running = asyncio.create_task(sender.run())
    for _ in range(500):
        await asyncio.sleep(0.01)
        if await day.book.counts():
            break
    await end([running])
    assert await day.book.holds() == {"slack": "token_revoked"}
    assert await day.book.counts() == {"pending": 1}  # the alarm
    await day.server.ctl("restore")
    await day.upkeep.probe()
    assert await day.book.holds() == {}


async def test_slack_that_is_only_away_is_not_put_on_hold(day: Day) -> None:
    """An outage ends by itself, and each channel has its breaker."""
    await day.server.ctl("outage", s=60)
    places = {"desk": "slack:C0ALERTS"}
    await Upkeep(book=day.book, channels=day.sender.channels, lease=15_000, places=lambda: places).probe()
    assert await day.book.holds() == {}


async def test_a_revoked_token_holds_everything_until_it_works_again(day: Day) -> None:
    """One refused attempt, then only probes; when the token lives again, all is told."""
    await day.server.ctl("revoke")
    timed = [at(n, NOON + n * SECOND) for n in range(5)]
    await day.go(timed, NOON + 5 * MINUTE, SECOND)
    refused = [r for r in day.server.journal("refuse") if r["method"] == "chat.postMessage"]
    assert len(refused) == 1
    await day.upkeep.probe()
    assert await day.book.holds() == {"slack": "token_revoked"}
    await day.server.ctl("restore")
    await day.upkeep.probe()
    assert (await day.finish())["dead"] == 0
    assert day.told() == Counter({a.alert_id: 1 for _, a in timed})
