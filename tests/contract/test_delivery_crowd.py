"""Both delivery books treat crowds, outages and doubles alike."""

from __future__ import annotations

import asyncio

from streams.basics.times import WallClock
from streams.channels.memory import MemoryChannel
from streams.delivery.book import Back, Mark, Sign, State
from streams.delivery.channel import Reach, Refused
from streams.delivery.sender import Sender, Timing
from streams.delivery.upkeep import Upkeep
from streams.records import Kind
from tests.build import alert
from tests.contract.books import LEASE, Make, claimed, opened, say, soon


async def test_a_crowd_of_normal_alerts_becomes_one_digest_and_urgent_ones_go_singly(make: Make) -> None:
    """More than the limit: the urgent one first, then one digest with the others in their order."""
    book = await opened(make, crowd=4)
    await book.intend([*(alert(n) for n in range(6)), alert(6, urgent=True)])
    assert (await say(book, "1.0")).id == "a00006"
    digest = await say(book, "2.0")
    assert [m.alert_id for m in digest.members] == [f"a{n:05d}" for n in range(6)]
    assert digest.id not in {m.alert_id for m in digest.members}
    assert await book.claim(LEASE) is None
    assert await book.counts() == {"sent": 2, "folded": 6}


async def test_a_crowd_gets_one_digest_a_minute(make: Make) -> None:
    """After a digest the next crowd waits for its time; a few alerts do not."""
    book = await opened(make, crowd=4, between=250)
    await book.intend([alert(n) for n in range(6)])
    await say(book, "1.0")
    await book.intend([alert(n) for n in range(10, 16)])
    assert await book.claim(LEASE) is None
    await asyncio.sleep(0.3)
    assert len((await say(book, "2.0")).members) == 6
    await book.intend([alert(20)])
    assert (await say(book, "3.0")).id == "a00020"


async def test_a_long_digest_continues_in_its_thread(make: Make) -> None:
    """A message holds so many lines; the parts after the first are replies to it."""
    book = await opened(make, crowd=4, lines=3)
    await book.intend([alert(n) for n in range(8)])
    head = await say(book, "1.0")
    await asyncio.sleep(0.26)
    more = [await say(book, "2.0"), await say(book, "3.0")]
    assert [len(d.members) for d in (head, *more)] == [3, 3, 2]
    assert [(d.root_ts, d.alert.kind) for d in more] == [("1.0", Kind.UPDATE)] * 2


async def test_a_digest_never_ends_in_a_message_of_one_line(make: Make) -> None:
    """The one too many is told alone after it: with its own buttons, and in the thread of its own story."""
    book = await opened(make, crowd=4, lines=3)
    await book.intend([alert(0)])
    await say(book, "1.0")
    await book.intend([*(alert(n) for n in range(1, 7)), alert(7, kind=Kind.UPDATE, root_id="a00000")])
    digests = [await say(book, "2.0")]
    await asyncio.sleep(0.26)
    digests.append(await say(book, "3.0"))
    assert [len(d.members) for d in digests] == [3, 3]
    alone = await say(book, "4.0")
    assert (alone.id, alone.members, alone.root_ts) == ("a00007", (), "1.0")
    assert await book.counts() == {"sent": 4, "folded": 6}


async def test_what_waited_long_is_told_together(make: Make) -> None:
    """After an outage two alerts that waited past the patience are one digest; fresh urgent ones go before."""
    book = await opened(make, patience=60)
    await book.intend([alert(1), alert(2)])
    await asyncio.sleep(0.08)
    await book.intend([alert(3, urgent=True)])
    assert (await say(book, "1.0")).id == "a00003"
    digest = await say(book, "2.0")
    assert (digest.fold, len(digest.members)) == ("late", 2)


async def test_what_waits_for_its_first_message_makes_nobody_else_late(make: Make) -> None:
    """An update whose story is in doubt is old; the fresh alerts behind it are told one by one."""
    book = await opened(make, patience=1_000)
    await book.intend([alert(1), alert(2, kind=Kind.UPDATE, root_id="a00001")])
    await book.again(await claimed(book), Back(State.DOUBT, 30_000))
    await asyncio.sleep(1.2)
    await book.intend([alert(3), alert(4)])
    assert (await say(book, "3.0")).id == "a00003"
    assert (await say(book, "4.0")).id == "a00004"


async def test_an_urgent_alert_that_waited_too_long_is_told_with_the_rest(make: Make) -> None:
    """Yesterday's urgent news is no news."""
    book = await opened(make, patience=60, fresh=60)
    await book.intend([alert(1, urgent=True), alert(2)])
    await asyncio.sleep(0.08)
    assert len((await say(book, "1.0")).members) == 2


async def test_an_alert_with_a_hold_waits_for_its_time(make: Make) -> None:
    """Quiet hours: nothing before the opening, then everything held as one digest."""
    book = await opened(make, patience=50)
    opening = WallClock().now() + 150
    await book.intend([alert(1, hold=opening), alert(2, hold=opening), alert(3)])
    assert (await say(book, "1.0")).id == "a00003"
    assert await book.claim(LEASE) is None
    await asyncio.sleep(0.2)
    digest = await say(book, "2.0")
    assert (digest.fold, [m.alert_id for m in digest.members]) == ("quiet", ["a00001", "a00002"])


async def test_a_new_alert_does_not_wait_for_a_doubt_to_settle(make: Make) -> None:
    """A channel that only rests until a later delivery is due wakes for an earlier one."""
    book = await opened(make)
    await book.intend([alert(1)])
    await book.again(await claimed(book), Back(State.DOUBT, 5_000))
    assert await book.claim(LEASE) is None
    await book.intend([alert(2)])
    assert (await claimed(book)).id == "a00002"


async def test_a_reply_in_a_hurry_takes_its_first_message_along(make: Make) -> None:
    """A correction does not wait behind a crowd for the message it corrects."""
    book = await opened(make, crowd=50)
    fix = alert(9, kind=Kind.CORRECTION, root_id=alert(5).alert_id)
    await book.intend([*(alert(n) for n in range(8)), fix])
    assert (await say(book, "1.0")).id == "a00005"
    await asyncio.sleep(0.3)
    assert (await say(book, "2.0")).id == "a00009"


async def test_troubles_in_a_row_open_the_breaker_for_longer_and_longer(make: Make) -> None:
    """After so many, nothing is claimed; then one attempt is let through; an answer closes it."""
    book = await opened(make, breaker_after=2, breaker_wait=80, breaker_most=1_000)
    await book.intend([alert(n, channel=f"slack:C{n}") for n in range(4)])
    for _ in range(2):
        await book.again(await claimed(book), Back(State.DOUBT, 5_000, sign=Sign.TROUBLE))
    assert await book.claim(LEASE) is None
    await asyncio.sleep(1.05)
    probe = await claimed(book)
    assert await book.claim(LEASE) is None
    await book.sent(probe, "1.0", 0)
    await asyncio.sleep(1.05)
    assert (await claimed(book)).id != probe.id


async def test_two_limited_channels_quieten_the_workspace(make: Make) -> None:
    """Slack counts the workspace too: the third channel waits as long as the second was told."""
    book = await opened(make)
    await book.intend([alert(n, channel=f"slack:C{n}") for n in range(3)])
    for _ in range(2):
        await book.again(await claimed(book), Back(State.PENDING, pause=200, sign=Sign.LIMITED))
    assert await book.claim(LEASE) is None
    await asyncio.sleep(0.25)
    assert await book.claim(LEASE) is not None


async def test_posts_of_a_workspace_keep_its_pace(make: Make) -> None:
    """A burst goes at once, then one per pace, whatever the number of channels."""
    book = await opened(make, team_pace=100, team_burst=2)
    await book.intend([alert(n, channel=f"slack:C{n:02d}") for n in range(9)])
    at_once = 0
    while await book.claim(5_000) is not None:
        at_once += 1
    assert at_once == 3
    await asyncio.sleep(0.12)
    assert await book.claim(5_000) is not None
    assert await book.claim(5_000) is None


async def test_a_workspace_whose_pace_is_spent_stands_in_no_other_service_s_way(make: Make) -> None:
    """However many of its channels wait, the console speaks."""
    book = await opened(make, team_pace=60_000, team_burst=0)
    await book.intend([alert(n, channel=f"slack:C{n:03d}") for n in range(150)])
    await say(book, "1.0")
    await book.intend([alert(200, channel="console")])
    assert (await claimed(book)).id == "a00200"


async def test_a_crowd_is_folded_only_when_its_digest_can_be_posted(make: Make) -> None:
    """While the workspace's pace is spent nothing is folded in vain: what comes meanwhile is told with the rest."""
    book = await opened(make, team_pace=700, team_burst=0, crowd=3)
    await book.intend([alert(1, channel="slack:C0A")])
    await say(book, "1.0")
    await book.intend([alert(n) for n in range(10, 15)])
    assert await book.claim(LEASE) is None
    assert await book.counts() == {"sent": 1, "pending": 5}
    await book.intend([alert(15)])
    assert [m.alert_id for m in (await soon(book)).members] == [f"a{n:05d}" for n in range(10, 16)]


async def test_a_doubt_is_read_while_nothing_may_be_posted(make: Make) -> None:
    """Reads have a pace of their own; and while that is spent too, the doubt keeps its place."""
    book = await opened(make, team_pace=60_000, team_burst=0, read_pace=700, read_burst=0)
    await book.rebuild([alert(1), alert(2, channel="slack:C0OTHER")])
    await book.intend([alert(3, channel="slack:C0THIRD")])
    assert (await claimed(book)).id == "a00003"
    assert (await soon(book)).state is State.READING
    assert await book.claim(LEASE) is None
    assert (await soon(book)).state is State.READING


async def test_a_hold_stops_one_kind_of_channel_until_it_is_resumed(make: Make) -> None:
    """A revoked token holds Slack, not the console."""
    book = await opened(make)
    await book.hold("slack", "token_revoked")
    await book.intend([alert(1), alert(2, channel="console")])
    assert (await claimed(book)).id == "a00002"
    assert await book.claim(LEASE) is None
    assert await book.holds() == {"slack": "token_revoked"}
    await book.resume("slack")
    await asyncio.sleep(1.05)
    assert (await claimed(book)).id == "a00001"


async def test_proof_from_a_read_settles_every_delivery_it_shows(make: Make) -> None:
    """Found marks are messages; what is unknown or final stays as it is."""
    book = await opened(make)
    await book.rebuild([alert(1), alert(2)])
    assert await book.found({"a00001": Mark("1.0"), "a00002": Mark("2.0", folded=True), "nobody": Mark("3.0")}) == 2
    assert await book.found({"a00001": Mark("9.0")}) == 0
    assert await book.counts() == {"sent": 1, "folded": 1}


async def test_the_story_of_a_dead_alert_is_released_until_confirmed(make: Make) -> None:
    """A sender that dies between burial and release leaves the release to the next."""
    book = await opened(make)
    await book.intend([alert(1)])
    await book.dead(await claimed(book), "gone")
    assert [a.alert_id for a in await book.buried()] == ["a00001"]
    assert [a.alert_id for a in await book.buried()] == ["a00001"]
    released: list[str] = []

    async def release(alerts: object) -> None:
        released.extend(a.article_id for a in alerts)  # type: ignore[attr-defined]

    await Upkeep(book=book, channels={}, lease=LEASE, release=release).step()
    assert released == ["art1"]
    assert list(await book.buried()) == []


async def test_a_second_message_is_deleted_once_it_is_proved(make: Make) -> None:
    """The later proof names the message too many."""
    book = await opened(make)
    await book.intend([alert(1)])
    delivery = await claimed(book)
    await book.sent(delivery, "1.0", 0)
    await book.sent(delivery, "2.0", 0)
    channel = MemoryChannel()
    await Upkeep(book=book, channels={"slack": channel}, lease=LEASE).step()
    assert channel.deleted == [("C0DESK", "2.0")]
    assert list(await book.doubles()) == []


async def test_an_auth_error_holds_everything_and_a_probe_resumes_it(make: Make) -> None:
    """Nothing is lost or tried in vain while the token is dead; the probe finds it alive again."""
    book = await opened(make)
    await book.intend([alert(n, channel=f"slack:C{n}") for n in range(3)])
    channel = MemoryChannel(
        answers=[Refused("token_revoked", Reach.SERVICE)], shut=Refused("token_revoked", Reach.SERVICE)
    )
    timing = Timing(lease=500, timeout=100, settle=50, reread=50, pace=0)
    sender = Sender(book=book, channels={"slack": channel}, timing=timing)
    upkeep = Upkeep(book=book, channels={"slack": channel}, lease=LEASE)
    assert await sender.step()
    assert not await sender.step()
    await upkeep.probe()
    assert await book.holds() == {"slack": "token_revoked"}
    channel.shut = None
    await upkeep.probe()
    await asyncio.sleep(1.05)
    while await sender.step():
        pass
    assert await book.counts() == {"sent": 3}


async def test_a_dead_webhook_does_not_hold_another(make: Make) -> None:
    """Webhooks are services of their own: each has its breaker."""
    book = await opened(make, breaker_after=2, breaker_wait=5_000)
    await book.intend([alert(1, channel="webhook:dead")])
    for _ in range(2):
        await book.again(await claimed(book), Back(State.PENDING, sign=Sign.TROUBLE))
    assert await book.claim(LEASE) is None
    await book.intend([alert(2, channel="webhook:alive")])
    assert (await claimed(book)).id == "a00002"


async def test_a_shorter_limit_does_not_shorten_the_workspaces_pause(make: Make) -> None:
    """The longest that Slack asked for holds."""
    book = await opened(make)
    await book.intend([alert(n, channel=f"slack:C{n}") for n in range(4)])
    for claim, pause in [(await claimed(book), pause) for pause in (400, 400, 1)]:
        await book.again(claim, Back(State.PENDING, pause=pause, sign=Sign.LIMITED))
    await asyncio.sleep(0.1)
    assert await book.claim(LEASE) is None
    await asyncio.sleep(0.35)
    assert await book.claim(LEASE) is not None
