"""Both delivery books edit a first message by all that was told after it, one edit at a time, in the order of the channel."""

from __future__ import annotations

import asyncio
from uuid import uuid4

from redis.asyncio import Redis

from streams.delivery.book import DeliveryBook, Edit, Mark, Sign
from streams.delivery.redis import RedisBook
from streams.records import Alert, Kind, Status
from tests.build import alert
from tests.contract.books import LEASE, Make, claimed, opened, say, soon

ROOT = alert(1)
REMOVAL = alert(2, kind=Kind.CORRECTION, root_id=ROOT.alert_id, status=Status.REMOVED, article_id=ROOT.article_id)


def update(number: int, root: Alert = ROOT) -> Alert:
    """A changed fact of the story that `root` opened."""
    return alert(number, kind=Kind.UPDATE, root_id=root.alert_id)


def echo(number: int, root: Alert) -> Alert:
    """A retelling of the story that `root` opened."""
    return alert(number, kind=Kind.ECHO, root_id=root.alert_id, source=f"Desk {number}")


async def edited(book: DeliveryBook, lease: int = LEASE) -> Edit:
    """The next edit; one must be due."""
    edit = await book.edit(lease)
    assert edit is not None
    return edit


async def test_an_echo_is_never_claimed_but_edits_its_first_message(make: Make) -> None:
    """A retelling posts nothing; once the first message stands it is edited, and the echo is told."""
    book = await opened(make)
    await book.intend([alert(1), echo(2, alert(1))])
    assert await book.edit(LEASE) is None
    await say(book, "7.7")
    assert await book.claim(LEASE) is None
    edit = await book.edit(LEASE)
    assert edit is not None
    assert (edit.ts, edit.heard, [e.source for e in edit.echoes]) == ("7.7", 1, ["Desk 2"])
    await book.edited(edit)
    assert await book.counts() == {"sent": 1, "folded": 1}


async def test_a_message_is_edited_once_and_again_only_after_the_gap(make: Make) -> None:
    """Echoes that come within the gap share the next edit."""
    book = await opened(make, edit_gap=150)
    await book.intend([alert(1), echo(2, alert(1))])
    await say(book, "7.7")
    first = await book.edit(LEASE)
    assert first is not None
    await book.edited(first)
    await book.intend([echo(3, alert(1)), echo(4, alert(1))])
    assert await book.edit(LEASE) is None
    await asyncio.sleep(0.17)
    second = await book.edit(LEASE)
    assert second is not None
    assert (second.heard, second.revision) == (3, 2)
    await book.edited(second)
    assert await book.edit(LEASE) is None


async def test_an_echo_that_comes_while_an_edit_is_under_way_is_not_forgotten(make: Make) -> None:
    """The edit told what it knew; what came meanwhile asks for another."""
    book = await opened(make, edit_gap=30)
    await book.intend([alert(1), echo(2, alert(1))])
    await say(book, "7.7")
    edit = await book.edit(LEASE)
    assert edit is not None
    await book.intend([echo(3, alert(1))])
    await book.edited(edit)
    await asyncio.sleep(0.05)
    later = await book.edit(LEASE)
    assert later is not None
    assert later.heard == 2


async def test_an_edit_that_failed_comes_again(make: Make) -> None:
    """A wait puts it off; a dead editor's lease ends."""
    book = await opened(make)
    await book.intend([alert(1), echo(2, alert(1))])
    await say(book, "7.7")
    edit = await book.edit(LEASE)
    assert edit is not None
    await book.edited(edit, wait=60)
    assert await book.edit(LEASE) is None
    await asyncio.sleep(0.08)
    assert await book.edit(40) is not None
    await asyncio.sleep(0.06)
    assert await book.edit(LEASE) is not None


async def test_an_update_that_was_sent_is_noted_on_the_first_message(make: Make) -> None:
    """The reply stands in the thread; the first message learns of it."""
    book = await opened(make)
    reply = alert(2, kind=Kind.UPDATE, root_id=alert(1).alert_id)
    await book.intend([alert(1), reply])
    await say(book, "7.7")
    assert await book.edit(LEASE) is None
    await asyncio.sleep(0.3)
    await say(book, "8.8")
    edit = await book.edit(LEASE)
    assert edit is not None
    assert [n.alert_id for n in edit.notes] == [reply.alert_id]


async def test_an_echo_of_an_unknown_or_dead_story_is_put_away(make: Make) -> None:
    """Nothing is left pending for ever."""
    book = await opened(make)
    await book.intend([alert(1), echo(2, alert(1)), echo(3, alert(9))])
    await book.dead(await claimed(book), "gone")
    assert await book.counts() == {"dead": 1, "folded": 2}


async def test_no_second_edit_begins_while_one_is_under_way(make: Make) -> None:
    """The removal that comes meanwhile is told by the next: the older edit cannot be the last to arrive."""
    book = await opened(make, edit_gap=0)
    await book.intend([ROOT, alert(3, kind=Kind.ECHO, root_id=ROOT.alert_id, source="Desk 3")])
    await say(book, "1.000001")
    first = await edited(book)
    await book.intend([REMOVAL])
    await book.sent(await soon(book), "2.000001", 0)
    assert await book.edit(LEASE) is None
    await book.edited(first)
    await asyncio.sleep(0.01)
    second = await edited(book)
    assert (second.revision, [n.alert_id for n in second.notes]) == (2, [REMOVAL.alert_id])


async def test_an_editor_that_comes_back_late_does_not_cut_in_on_the_next(make: Make) -> None:
    """Its lease is over and another edit is under way: its answer changes nothing of that."""
    book = await opened(make, edit_gap=0)
    await book.intend([ROOT, alert(3, kind=Kind.ECHO, root_id=ROOT.alert_id, source="Desk 3")])
    await say(book, "1.000001")
    stale = await edited(book, lease=30)
    await asyncio.sleep(0.05)
    await edited(book, lease=5_000)
    for wait in (None, 0):
        await book.edited(stale, wait=wait)
        await asyncio.sleep(0.01)
        assert await book.edit(LEASE) is None


async def test_news_does_not_bring_a_failed_edit_forward(make: Make) -> None:
    """It may still be on its way, or Slack asked for the wait; the next try tells the news too."""
    book = await opened(make, edit_gap=0)
    await book.intend([ROOT, alert(3, kind=Kind.ECHO, root_id=ROOT.alert_id, source="Desk 3")])
    await say(book, "1.000001")
    await book.edited(await edited(book), wait=100)
    await book.intend([alert(4, kind=Kind.ECHO, root_id=ROOT.alert_id, source="Desk 4")])
    assert await book.edit(LEASE) is None
    await asyncio.sleep(0.12)
    assert (await edited(book)).heard == 2


async def test_notes_and_the_time_of_sending_are_the_channels_own(make: Make) -> None:
    """After a loss of the book a read finds the newest first, long after it was sent."""
    book = await opened(make)
    await book.rebuild([ROOT, *(update(n) for n in range(2, 7))])
    await book.found({ROOT.alert_id: Mark("1000.500000")})
    await book.found({f"a{n:05d}": Mark(f"100{n}.000000") for n in range(6, 1, -1)})
    edit = await edited(book)
    assert [n.alert_id for n in edit.notes] == [f"a{n:05d}" for n in range(2, 7)]
    assert edit.posted == 1_000_500


async def test_a_reply_that_was_found_before_its_first_message_is_told_by_it(make: Make) -> None:
    """Newest first: the removal is found, then what it removes."""
    book = await opened(make)
    await book.rebuild([ROOT, REMOVAL])
    await book.found({REMOVAL.alert_id: Mark("2.000001"), ROOT.alert_id: Mark("1.000001")})
    assert [n.alert_id for n in (await edited(book)).notes] == [REMOVAL.alert_id]


async def test_a_reply_inside_a_digest_is_told_by_its_first_message(make: Make) -> None:
    """An update that a crowd took along, and a line of a digest that a read found."""
    book = await opened(make, crowd=2)
    await book.intend([ROOT])
    await say(book, "1.000001")
    await book.intend([update(3), *(alert(n) for n in (4, 5))])
    await book.sent(await soon(book), "2.000001", 0)
    assert [n.alert_id for n in (await edited(book)).notes] == ["a00003"]
    book = await opened(make)
    await book.rebuild([ROOT, update(3)])
    await book.found({"a00003": Mark("2.000001", folded=True), ROOT.alert_id: Mark("1.000001")})
    assert [n.alert_id for n in (await edited(book)).notes] == ["a00003"]


async def test_an_edit_that_fails_holds_others_only_when_the_workspace_is_too_fast(make: Make) -> None:
    """A message in a closed channel cannot be edited; those of other channels can."""
    for sign, held in ((Sign.ANSWERED, False), (Sign.LIMITED, True)):
        book = await opened(make)
        for n in (1, 2):
            root = alert(n, channel=f"slack:C{n}")
            await book.intend([root, alert(10 + n, kind=Kind.ECHO, root_id=root.alert_id, channel=root.channel)])
            await book.sent(await soon(book), f"{n}.000001", 0)
        await book.edited(await edited(book), wait=5_000, sign=sign)
        assert (await book.edit(LEASE) is None) == held


async def test_an_echo_that_is_no_longer_on_record_stops_no_edit(redis_url: str) -> None:
    """It came days before its first message, which was held up: its record ends days before that one's."""
    async with Redis.from_url(redis_url) as redis:
        prefix = f"book-{uuid4().hex}"
        book = await opened(lambda rules: RedisBook(redis, prefix, rules))
        await book.intend([echo(2, ROOT), echo(3, ROOT), ROOT])
        await say(book, "1.000001")
        await redis.delete(f"{{{prefix}}}:d:a00002")
        assert [e.alert_id for e in (await edited(book)).echoes] == ["a00003"]
