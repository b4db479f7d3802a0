"""A desk that changes while alerts wait: a wrong channel is put right, a watch moves, quiet hours begin."""

from __future__ import annotations

from dataclasses import replace

import pytest

from streams.basics.times import HOUR
from streams.delivery.memory import MemoryBook
from streams.delivery.upkeep import Upkeep
from streams.ledger.receipts import Receipts
from tests.build import alert
from tests.twins import ALIBABA, NVIDIA
from tests.unit.town import (
    AGAIN,
    EVENING,
    FIRST,
    NIGHT,
    OPENING,
    OTHER,
    OTHERS,
    QUIET,
    RIGHT,
    TYPO,
    Town,
    decision_of,
)


async def test_after_a_typo_is_mended_what_waited_is_told_in_the_right_channel() -> None:
    """Also what no article retells, and what had become a digest: within a minute, and once."""
    town = Town([replace(ALIBABA, channel=TYPO)])
    await town.feed(FIRST)
    await town.feed(OTHERS)
    assert town.told() == []
    town.watches = [replace(ALIBABA, channel=RIGHT)]
    await town.go(3)
    assert town.told() == [(RIGHT, FIRST), (RIGHT, OTHERS)]
    await town.feed(AGAIN, source="B")
    assert len(town.told()) == 2


async def test_a_retelling_alone_brings_the_first_message_where_no_sender_knows_the_desk() -> None:
    """Another process may have read the mended file first."""
    town = Town([replace(ALIBABA, channel=TYPO)])
    town.sender = town.another(knows=False)
    await town.feed(FIRST)
    town.watches = [replace(ALIBABA, channel=RIGHT)]
    await town.feed(AGAIN, source="B")
    assert town.told() == [(RIGHT, FIRST)]


async def test_a_worker_that_is_started_with_the_mended_file_tells_what_waited() -> None:
    """It never knew the wrong channel: the refusal makes it ask where the watch speaks."""
    town = Town([replace(ALIBABA, channel=TYPO)])
    await town.feed(FIRST)
    town.watches = [replace(ALIBABA, channel=RIGHT)]
    town.upkeep = Upkeep(book=town.book, channels={}, lease=HOUR)
    town.sender = town.another()
    await town.go(3)
    assert town.told() == [(RIGHT, FIRST)]


async def test_only_watches_that_speak_elsewhere_leave_a_closed_channel() -> None:
    """Another watch's alerts wait there as before, though they stand first in line or in the same digest."""
    stays = replace(NVIDIA, channel=TYPO)
    town = Town([replace(ALIBABA, channel=TYPO), stays])
    await town.feed("Nvidia to invest $2 billion in chips plant")
    await town.feed(FIRST)
    town.watches = [replace(ALIBABA, channel=RIGHT), stays]
    town.upkeep = Upkeep(book=town.book, channels={}, lease=HOUR)
    await town.go(5)
    assert town.told() == [(RIGHT, FIRST)]
    assert (await town.book.counts())["pending"] == 1


async def test_a_watch_that_is_moved_takes_along_what_is_held_for_the_morning() -> None:
    """Also out of a channel that takes everything."""
    town = Town([QUIET])
    town.clock.set(NIGHT)
    await town.feed(FIRST)
    town.watches = [replace(QUIET, channel=OTHER)]
    await town.go(1)
    town.clock.set(OPENING)
    await town.go(1)
    assert town.told() == [(OTHER, FIRST)]


async def test_what_was_moved_and_told_is_not_told_again_when_the_book_is_lost() -> None:
    """The outbox knows the channel of old: it is looked for there, then where the watch speaks now."""
    town = Town([replace(ALIBABA, channel=TYPO)])
    alerts = await town.feed(FIRST)
    town.watches = [replace(ALIBABA, channel=RIGHT)]
    await town.go(3)
    assert town.told() == [(RIGHT, FIRST)]
    town.book = MemoryBook(town.clock)
    town.sender = town.another()
    await town.book.rebuild([replace(a, channel=TYPO) for a in alerts])
    await town.go(10)
    assert town.told() == [(RIGHT, FIRST)]
    assert await town.book.counts() == {"sent": 1}


@pytest.mark.parametrize("urgent", [False, True])
async def test_what_was_due_before_quiet_hours_and_came_late_waits_for_their_end(*, urgent: bool) -> None:
    """The channel was away until two at night."""
    town = Town([replace(QUIET, urgent=urgent)])
    town.channel.closed = (RIGHT,)
    town.clock.set(EVENING)
    alerts = await town.feed(FIRST)
    assert [a.hold for a in alerts] == [0]
    town.clock.set(NIGHT)
    town.channel.closed = ()
    await town.go(3)
    assert (town.told(), (await town.book.waiting()).held) == ([], 1)
    town.clock.set(OPENING)
    await town.go(1)
    assert town.told() == [(RIGHT, FIRST)]


async def test_what_was_seen_before_quiet_hours_and_read_in_them_waits_for_their_end() -> None:
    """Triage was behind. The decision is a replay's; the receipt says that it was held."""
    town = Town([QUIET])
    town.clock.set(NIGHT)
    (told,) = await town.feed(FIRST, seen=EVENING - HOUR)
    assert (told.hold, town.told(), (await town.book.waiting()).held) == (0, [], 1)
    town.clock.set(OPENING)
    await town.go(1)
    assert town.told() == [(RIGHT, FIRST)]
    (receipt,) = await town.book.receipts(9, HOUR)
    assert receipt.hold == OPENING
    receipts = Receipts()
    receipts.enter(receipt)
    assert receipts.delays([decision_of(told)]) == [0]


async def test_a_digest_at_night_tells_only_watches_that_are_awake() -> None:
    """Two watches share a channel that was away; one of them has quiet hours."""
    town = Town([])
    town.clock.set(EVENING)
    quiet = [alert(n, channel=RIGHT, quiet="22:00-06:30 UTC", decided=EVENING) for n in (1, 2)]
    await town.book.intend([*quiet, *(alert(n, channel=RIGHT, decided=EVENING) for n in (3, 4))])
    town.clock.set(NIGHT)
    await town.go(3)
    assert [title for _, title in town.told()] == [alert(n).title for n in (3, 4)]
    town.clock.set(OPENING)
    await town.go(1)
    assert [(p.fold, [m.alert_id for m in p.members]) for p in town.channel.posts[-1:]] == [
        ("quiet", ["a00001", "a00002"])
    ]
