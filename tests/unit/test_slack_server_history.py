"""Reading back: what a channel shows, when it begins to show it, and how it comes in pages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.slack_server.basics import JSON
from tests.slack_server.client import SlackServer
from tests.slack_server.samples import VirtualClock, alert
from tests.slack_server.store import micros, spelled


@pytest.fixture
def clock() -> VirtualClock:
    """A clock that stands still."""
    return VirtualClock()


@pytest.fixture
async def slack(clock: VirtualClock) -> AsyncIterator[SlackServer]:
    """A server without limits on posts, whose time stands still."""
    async with SlackServer(rate=0, ws_rate=0, clock=clock) as server:
        yield server


async def post(slack: SlackServer, count: int = 1, **changes: Any) -> list[str]:
    """Posts so many alerts; their timestamps."""
    answers = [await slack.call("chat.postMessage", alert(str(n), **changes)) for n in range(count)]
    return [str(answer["ts"]) for answer in answers]


async def read(slack: SlackServer, method: str = "history", **args: Any) -> JSON:
    """One page of a channel or a thread."""
    return await slack.call(f"conversations.{method}", {"channel": "C0ALERTS", **args})


def stamps(page: JSON) -> list[str]:
    """The timestamps of a page, as they come."""
    return [message["ts"] for message in page["messages"]]


async def pages(slack: SlackServer, method: str = "history", **args: Any) -> list[list[str]]:
    """Every page."""
    told: list[list[str]] = []
    cursor = ""
    while True:
        page = await read(slack, method, **args, **({"cursor": cursor} if cursor else {}))
        told.append(stamps(page))
        cursor = page["response_metadata"]["next_cursor"]
        assert page["has_more"] == bool(cursor)
        if not cursor:
            return told


async def test_newest_first(slack: SlackServer) -> None:
    """History comes newest first, a thread oldest first."""
    first, second = await post(slack, 2)
    (reply,) = await post(slack, thread_ts=first)
    assert stamps(await read(slack)) == [second, first]
    assert stamps(await read(slack, "replies", ts=first)) == [first, reply]


async def test_replies_are_not_in_history(slack: SlackServer) -> None:
    """A reply shows in its thread only, unless it was broadcast."""
    (root,) = await post(slack)
    await post(slack, thread_ts=root)
    (told,) = await post(slack, thread_ts=root, reply_broadcast=True)
    assert stamps(await read(slack)) == [told, root]
    shown = (await read(slack))["messages"][-1]
    assert (shown["thread_ts"], shown["reply_count"]) == (root, 2)


async def test_broadcast_without_a_thread_means_nothing(slack: SlackServer) -> None:
    """`reply_broadcast` without `thread_ts` is an ordinary message."""
    (ts,) = await post(slack, reply_broadcast=True)
    assert stamps(await read(slack)) == [ts]


@pytest.mark.parametrize(
    ("oldest", "latest", "inclusive", "expected"),
    [
        (None, None, False, [4, 3, 2, 1, 0]),
        (1, None, False, [4, 3, 2]),
        (1, None, True, [4, 3, 2, 1]),
        (None, 3, False, [2, 1, 0]),
        (None, 3, True, [3, 2, 1, 0]),
        (1, 3, False, [2]),
        (1, 3, True, [3, 2, 1]),
        (2, 2, True, [2]),
        (2, 2, False, []),
    ],
)
async def test_window(
    slack: SlackServer, oldest: int | None, latest: int | None, inclusive: bool, expected: list[int]
) -> None:
    """`oldest` and `latest` bound the page to the microsecond; they belong to it only if inclusive."""
    posted = await post(slack, 5)
    args: JSON = {"inclusive": inclusive}
    args |= {"oldest": posted[oldest]} if oldest is not None else {}
    args |= {"latest": posted[latest]} if latest is not None else {}
    assert stamps(await read(slack, **args)) == [posted[n] for n in expected]


async def test_window_beside_a_message(slack: SlackServer) -> None:
    """A bound one microsecond away from a message is told apart from it."""
    (ts,) = await post(slack)
    assert stamps(await read(slack, oldest=spelled(micros(ts) - 1))) == [ts]
    assert stamps(await read(slack, latest=spelled(micros(ts) + 1))) == [ts]


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 6])
@pytest.mark.parametrize("method", ["history", "replies"])
async def test_pages(slack: SlackServer, method: str, limit: int) -> None:
    """Pages of any size give every message once, in order."""
    posted = await post(slack)
    posted += await post(slack, 4, **({"thread_ts": posted[0]} if method == "replies" else {}))
    expected = posted if method == "replies" else posted[::-1]
    read_back = await pages(slack, method, limit=limit, **({"ts": posted[0]} if method == "replies" else {}))
    assert [ts for page in read_back for ts in page] == expected
    assert all(len(page) == limit for page in read_back[:-1])


async def test_pages_do_not_shift(slack: SlackServer) -> None:
    """A message that comes or goes between two pages neither repeats nor hides another."""
    posted = await post(slack, 4)
    page = await read(slack, limit=2)
    await post(slack)
    await slack.call("chat.delete", {"channel": "C0ALERTS", "ts": posted[2]})
    rest = await read(slack, limit=2, cursor=page["response_metadata"]["next_cursor"])
    assert stamps(page) + stamps(rest) == posted[::-1]


@pytest.mark.parametrize(("asked", "given"), [(None, 100), (999, 120), (5000, 120)])
async def test_page_sizes(slack: SlackServer, asked: int | None, given: int) -> None:
    """A page holds 100 messages unless told otherwise, and at most 999."""
    await post(slack, 120)
    assert len(stamps(await read(slack, limit=asked or ""))) == given


async def test_pages_outside_the_marketplace(clock: VirtualClock) -> None:
    """Outside the Marketplace a page holds 15 messages, whatever is asked."""
    async with SlackServer(rate=0, ws_rate=0, non_marketplace=True, clock=clock) as slack:
        await post(slack, 16)
        page = await read(slack, limit=200)
        assert (len(stamps(page)), page["has_more"]) == (15, True)
        clock.now += 60
        assert len(stamps(await read(slack, cursor=page["response_metadata"]["next_cursor"]))) == 1


@pytest.mark.parametrize(
    ("args", "code"),
    [
        ({"limit": 0}, "invalid_limit"),
        ({"limit": "many"}, "invalid_limit"),
        ({"cursor": "???"}, "invalid_cursor"),
        ({"cursor": "bmV4dDph"}, "invalid_cursor"),
        ({"oldest": "yesterday"}, "invalid_ts_oldest"),
        ({"latest": "-1"}, "invalid_ts_latest"),
        ({"channel": "C0NONE"}, "channel_not_found"),
        ({"channel": "C0OUT"}, "not_in_channel"),
        ({"channel": "G0SECRET"}, "channel_not_found"),
    ],
)
async def test_wrong_questions(slack: SlackServer, args: JSON, code: str) -> None:
    """A question that makes no sense, or about a channel the bot is not in, is refused."""
    await post(slack)
    assert (await read(slack, **args))["error"] == code


async def test_a_thread_that_is_not_there(slack: SlackServer) -> None:
    """The thread of an unknown root is not found."""
    assert (await read(slack, "replies", ts="1.000001"))["error"] == "thread_not_found"
    assert (await read(slack, "replies"))["error"] == "thread_not_found"


async def test_an_archived_channel_can_be_read(slack: SlackServer) -> None:
    """Archiving ends posting, not reading."""
    (ts,) = await post(slack)
    await slack.ctl("channel", id="C0ALERTS", set={"archived": True})
    assert stamps(await read(slack)) == [ts]


async def test_metadata_is_stripped(slack: SlackServer) -> None:
    """History tells the payload of metadata only if asked; the event type it tells anyway."""
    await post(slack)
    client = slack.web_client()
    bare = await client.conversations_history(channel="C0ALERTS")
    full = await client.conversations_history(channel="C0ALERTS", include_all_metadata=True)
    assert bare["messages"][0]["metadata"] == {"event_type": "alert"}
    assert full["messages"][0]["metadata"] == alert("0")["metadata"]


async def test_block_ids_come_back(slack: SlackServer) -> None:
    """Block ids come back as they were sent."""
    await post(slack)
    assert [block["block_id"] for block in (await read(slack))["messages"][0]["blocks"]] == ["d:0", "a:0"]


async def test_lag(slack: SlackServer, clock: VirtualClock) -> None:
    """A message is accepted at once, and shown only when the lag is over."""
    await slack.ctl("config", history_lag=3)
    (ts,) = await post(slack)
    assert slack.journal("post")[0]["ts"] == ts
    clock.now += 2.9
    assert (stamps(await read(slack)), await slack.messages("C0ALERTS")) == ([], [])
    assert (await read(slack, "replies", ts=ts))["error"] == "thread_not_found"
    clock.now += 0.1
    assert stamps(await read(slack)) == [ts]
    assert len(await slack.messages("C0ALERTS")) == 1


async def test_lag_does_not_hinder_writing(slack: SlackServer) -> None:
    """A message that history does not show yet can be replied to, updated and deleted."""
    await slack.ctl("config", history_lag=60)
    (ts,) = await post(slack)
    where = {"channel": "C0ALERTS", "ts": ts}
    assert (await slack.call("chat.postMessage", alert(thread_ts=ts)))["ok"]
    assert (await slack.call("chat.update", {**where, "text": "x", "parse": "none"}))["ok"]
    assert (await slack.call("chat.delete", where))["ok"]


async def test_lagging_replies_are_not_counted(slack: SlackServer, clock: VirtualClock) -> None:
    """A root tells of a reply only when the reply can be seen."""
    (root,) = await post(slack)
    await slack.ctl("config", history_lag=3)
    await post(slack, thread_ts=root)
    assert "reply_count" not in (await read(slack))["messages"][0]
    clock.now += 3
    assert (await read(slack))["messages"][0]["reply_count"] == 1


async def test_channels(slack: SlackServer) -> None:
    """`conversations.info` tells membership, `conversations.list` every channel that is no secret, in pages."""
    client = slack.web_client()
    outside = await client.conversations_info(channel="C0OUT")
    assert (outside["channel"]["is_member"], outside["channel"]["is_archived"]) == (False, False)
    first = await client.conversations_list(limit=3)
    rest = await client.conversations_list(cursor=first["response_metadata"]["next_cursor"])
    told = [channel["id"] for channel in [*first["channels"], *rest["channels"]]]
    assert told == ["C0ALERT2", "C0ALERTS", "C0ARCH", "C0OPS", "C0OUT"]
    assert "C0ARCH" not in {c["id"] for c in (await client.conversations_list(exclude_archived=True))["channels"]}
