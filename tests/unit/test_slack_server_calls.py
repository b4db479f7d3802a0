"""What posting, updating and deleting leave behind."""

from __future__ import annotations

from typing import Any

import pytest

from tests.slack_server.basics import JSON
from tests.slack_server.client import SlackServer
from tests.slack_server.samples import alert, headline, post, section


async def update(slack: SlackServer, ts: str, **changes: Any) -> JSON:
    """Updates a message the way our product must."""
    args = {"channel": "C0ALERTS", "ts": ts, "parse": "none", "text": "new", **changes}
    return await slack.call("chat.update", {name: value for name, value in args.items() if value is not None})


async def test_post_is_journaled_and_seen(slack: SlackServer) -> None:
    """An accepted post is in the journal as sent and in the channel as shown, under one timestamp."""
    ts = await post(slack, "42")
    (entry,) = slack.journal("post")
    (seen,) = await slack.messages("C0ALERTS")
    assert entry["ts"] == seen["ts"] == ts
    assert entry["blocks"] == alert("42")["blocks"] == seen["blocks"]
    assert entry["metadata"]["event_payload"]["delivery_id"] == "42"


async def test_timestamps_only_grow() -> None:
    """Timestamps grow strictly, even when the clock is set back."""
    times = iter([100.0] * 20 + [50.0] * 100)
    async with SlackServer(rate=0, ws_rate=0, clock=lambda: next(times, 50.0)) as slack:
        stamps = [await post(slack, str(n)) for n in range(10)]
    assert stamps == sorted(set(stamps))
    assert all(len(ts.partition(".")[2]) == 6 for ts in stamps)


async def test_skew_moves_slacks_clock() -> None:
    """With skew, timestamps are in Slack's time, not in ours."""
    async with SlackServer(skew=300, clock=lambda: 1000.0) as slack:
        assert (await post(slack)).startswith("1300.")


async def test_replies(slack: SlackServer) -> None:
    """A reply needs a root that exists and is a root."""
    root = await post(slack)
    reply = await post(slack, "2", thread_ts=root)
    unknown = await slack.call("chat.postMessage", alert("3", thread_ts="1.000001"))
    nested = await slack.call("chat.postMessage", alert("4", thread_ts=reply))
    assert (unknown["error"], nested["error"]) == ("cannot_reply_to_message", "x_lint_reply_to_reply")


async def test_lax_reply_to_a_reply_joins_the_root() -> None:
    """A lax server puts a reply to a reply under the root."""
    async with SlackServer(strict=False) as slack:
        root = await post(slack)
        reply = await post(slack, "2", thread_ts=root)
        await post(slack, "3", thread_ts=reply)
        assert [entry["thread_ts"] for entry in slack.journal("post")] == [None, root, root]


@pytest.mark.parametrize(
    ("mode", "second", "posts"),
    [("ignore", True, 2), ("honour", True, 1), ("refuse", "duplicate_message_not_found", 1)],
)
async def test_client_msg_id(mode: str, second: bool | str, posts: int) -> None:
    """The same client_msg_id twice: a second post, the first post again, or an error, as Slack may have it."""
    async with SlackServer(client_msg_id=mode) as slack:
        first, again = [await slack.call("chat.postMessage", alert(client_msg_id="u-1")) for _ in range(2)]
        assert (again.get("error") or again["ok"]) == second
        assert len(slack.journal("post")) == posts
        if mode == "honour":
            assert again["ts"] == first["ts"]
            assert slack.journal("dedup")[0]["client_msg_id"] == "u-1"


async def test_metadata_may_be_dropped() -> None:
    """With `metadata=drop` the metadata is in the journal, but never comes back."""
    async with SlackServer(metadata="drop") as slack:
        await post(slack)
        read = await slack.web_client().conversations_history(channel="C0ALERTS", include_all_metadata=True)
        assert "metadata" not in read["messages"][0]
        assert slack.journal("post")[0]["metadata"]


async def test_block_ids_may_be_rewritten() -> None:
    """With `block_id=rewrite` our block ids are in the journal, but never come back."""
    async with SlackServer(block_id="rewrite") as slack:
        await post(slack, "42")
        assert "d:42" not in {block["block_id"] for block in (await slack.messages("C0ALERTS"))[0]["blocks"]}
        assert slack.journal("post")[0]["blocks"][0]["block_id"] == "d:42"


async def test_missing_block_ids_are_given(slack: SlackServer) -> None:
    """A block without an id comes back with one."""
    await post(slack, blocks=[section(), section()])
    ids = {block["block_id"] for block in (await slack.messages("C0ALERTS"))[0]["blocks"]}
    assert len(ids) == 2


async def test_update_with_text_only_removes_blocks(slack: SlackServer) -> None:
    """Text without blocks takes the blocks away; metadata stays."""
    ts = await post(slack)
    answer = await update(slack, ts)
    assert answer["text"] == "new"
    (seen,) = await slack.messages("C0ALERTS")
    assert "blocks" not in seen
    assert seen["metadata"] == alert()["metadata"]
    assert seen["edited"]["user"] == "U0BOT"


async def test_update_with_blocks_and_metadata(slack: SlackServer) -> None:
    """Blocks replace blocks, metadata replaces metadata, an empty one removes it."""
    ts = await post(slack)
    metadata = {"event_type": "alert", "event_payload": {"delivery_id": "1", "revision": 2}}
    await update(slack, ts, blocks=[headline("1:r2")], metadata=metadata)
    (seen,) = await slack.messages("C0ALERTS")
    assert (seen["blocks"][0]["block_id"], seen["metadata"]) == ("d:1:r2", metadata)
    await update(slack, ts, blocks=[headline("1:r3")], metadata={})
    assert "metadata" not in (await slack.messages("C0ALERTS"))[0]
    assert [entry["blocks"][0]["block_id"] for entry in slack.journal("update")] == ["d:1:r2", "d:1:r3"]


async def test_updates_that_fail(slack: SlackServer) -> None:
    """An update fails on a message that is not there, not ours, or rich text that would become plain."""
    ts = await post(slack)
    async with slack.session().post(slack.hook_url, json=alert("2", channel=None, metadata=None)) as response:
        assert response.status == 200
    theirs = slack.journal("post")[-1]["ts"]
    answers = [
        await update(slack, "1.000001"),
        await update(slack, theirs, channel="C0OPS"),
        await update(slack, ts, blocks=[section()]),
        await update(slack, ts, text=None),
    ]
    assert [answer["error"] for answer in answers] == [
        "message_not_found",
        "cant_update_message",
        "block_mismatch",
        "no_text",
    ]


async def test_delete(slack: SlackServer) -> None:
    """A deleted message is gone from the channel, and its deletion is in the journal."""
    ts = await post(slack)
    client = slack.web_client()
    await client.chat_delete(channel="C0ALERTS", ts=ts)
    assert await slack.messages("C0ALERTS") == []
    assert slack.journal("delete")[0]["ts"] == ts
    assert (await slack.call("chat.delete", {"channel": "C0ALERTS", "ts": ts}))["error"] == "message_not_found"


async def test_ephemeral(slack: SlackServer) -> None:
    """An ephemeral message reaches one person of the workspace and no history."""
    args = {"channel": "C0ALERTS", "text": "muted", "user": "U0HUMAN"}
    assert (await slack.call("chat.postEphemeral", args))["message_ts"]
    stranger = await slack.call("chat.postEphemeral", {**args, "user": "U0NOBODY"})
    assert stranger["error"] == "user_not_in_channel"
    assert [entry["text"] for entry in (await slack.state())["ephemerals"]] == ["muted"]
    assert await slack.messages("C0ALERTS") == []


async def test_reaction_and_permalink(slack: SlackServer) -> None:
    """A reaction shows on the message, once; a permalink names channel and timestamp."""
    ts = await post(slack)
    client = slack.web_client()
    await client.reactions_add(channel="C0ALERTS", name="eyes", timestamp=ts)
    again = await slack.call("reactions.add", {"channel": "C0ALERTS", "name": "eyes", "timestamp": ts})
    assert again["error"] == "already_reacted"
    assert (await slack.messages("C0ALERTS"))[0]["reactions"] == [{"name": "eyes", "users": ["U0BOT"], "count": 1}]
    link = await client.chat_getPermalink(channel="C0ALERTS", message_ts=ts)
    assert link["permalink"].endswith(f"/C0ALERTS/p{ts.replace('.', '')}")


async def test_api_test_and_blocks_validate_need_no_token(slack: SlackServer) -> None:
    """`api.test` echoes, `blocks.validate` judges, and neither asks who is calling."""
    assert (await slack.call("api.test", {"a": "1"}, token=""))["args"] == {"a": "1"}
    assert (await slack.call("api.test", {"error": "my_error"}, token=""))["error"] == "my_error"
    assert (await slack.call("blocks.validate", {"blocks": alert()["blocks"]}, token=""))["ok"]
    wrong = await slack.call("blocks.validate", {"blocks": [{"type": "header"}]}, token="")
    assert wrong["error"] == "invalid_blocks"
