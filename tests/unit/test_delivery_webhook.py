"""A webhook: posts what the bot would, at-least-once, and says so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from streams.basics.times import WallClock
from streams.channels.memory import MemoryChannel
from streams.channels.webhook import REPEAT, WebhookChannel
from streams.delivery.book import Delivery, Sign, State
from streams.delivery.channel import Channel, Doubt, Posted, Reach, Refused, asked_wait
from streams.delivery.memory import MemoryBook
from streams.delivery.rules import Rules
from streams.delivery.sender import Sender, Timing
from streams.settings.record import parse_webhooks
from streams.worker.deliver import enter_again
from tests.build import alert
from tests.slack_server.client import SlackServer

HOOKED = alert(1, channel="webhook:ops")


@pytest.fixture
async def hook(slack: SlackServer) -> AsyncIterator[WebhookChannel]:
    """The product's channel on the server's webhook."""
    channel = WebhookChannel({"ops": slack.hook_url}, WallClock(), timeout=1_500)
    yield channel
    await channel.close()


async def sending(hook: WebhookChannel) -> tuple[MemoryBook, Sender]:
    """A book that holds the alert, and a sender whose doubts are settled in no time."""
    book = MemoryBook(WallClock(), Rules(settle=10))
    await book.intend([HOOKED])
    timing = Timing(lease=4_000, timeout=1_500, settle=10, reread=10, pace=0)
    return book, Sender(book=book, channels={"webhook": hook}, timing=timing)


def going(**changes: object) -> Delivery:
    """A delivery under way."""
    return replace(Delivery(alert=HOOKED, state=State.SENDING, fence=1), **changes)  # type: ignore[arg-type]


async def test_a_webhook_takes_the_alert(slack: SlackServer, hook: WebhookChannel) -> None:
    """The same blocks, without metadata."""
    assert isinstance(await hook.post(going()), Posted)
    (message,) = await slack.messages("C0OPS")
    assert message["blocks"][0]["block_id"] == "d:a00001:@"


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ({"do": "text429", "retry_after": 7}, Refused("rate_limited", Reach.CHANNEL, wait=7_000, sign=Sign.LIMITED)),
        ({"do": "status", "status": 404, "body": "channel_not_found"}, Refused("channel_not_found", Reach.CHANNEL, wait=60_000)),
        ({"do": "status", "status": 400, "body": "invalid_payload"}, Refused("invalid_payload", Reach.PAYLOAD)),
        ({"do": "status", "status": 302, "body": ""}, Refused("HTTP 302", Reach.CHANNEL, wait=60_000)),
        ({"do": "status", "status": 429, "retry_after": 999_999}, Refused("rate_limited", Reach.CHANNEL, wait=3_600_000, sign=Sign.LIMITED)),
        ({"do": "status", "status": 500, "body": "rollup_error"}, Doubt("500 rollup_error")),
        ({"do": "close", "when": "after"}, Doubt("ServerDisconnectedError")),
        ({"do": "hang", "s": 2}, Doubt("TimeoutError")),
    ],
)  # fmt: skip
async def test_each_answer_of_a_webhook_has_its_meaning(
    slack: SlackServer, hook: WebhookChannel, order: dict[str, object], expected: object
) -> None:
    """Text answers and statuses are told apart like the bot's codes."""
    told = dict(order)
    await slack.fault(str(told.pop("do")), method="webhook", **told)
    assert await hook.post(going()) == expected


@pytest.mark.parametrize("status", [200, 202])
async def test_any_answer_of_success_is_one(slack: SlackServer, hook: WebhookChannel, status: int) -> None:
    """Not every service says Slack's "ok"; asked for it, they would be told the same alert for ever."""
    await slack.fault("status", method="webhook", status=status, body="")
    assert isinstance(await hook.post(going()), Posted)


async def test_only_what_was_in_doubt_is_marked_as_a_possible_repeat(slack: SlackServer, hook: WebhookChannel) -> None:
    """Also where text is all that is left; what was refused for certain is no repeat."""
    for step in (0, 3):
        await hook.post(going(attempts=2, step=step))
        await hook.post(going(attempts=2, step=step, clean=2))
    told = [REPEAT in str(m) for m in await slack.messages("C0OPS")]
    assert told == [False, True, False, True]


async def test_a_refusal_after_a_doubt_leaves_the_mark(slack: SlackServer, hook: WebhookChannel) -> None:
    """Cut off, then too fast, then taken: the message may still be a repeat."""
    await slack.fault("close", method="webhook", when="after")
    book, sender = await sending(hook)
    while len(await slack.messages("C0OPS")) < 1:
        await sender.step()
    await slack.fault("status", method="webhook", status=429, retry_after=1)
    async with asyncio.timeout(20):
        while set(await book.counts()) != {"sent"}:
            await sender.step()
            await asyncio.sleep(0.01)
    assert next(iter(book.entries.values())).attempts == 3
    assert REPEAT in str((await slack.messages("C0OPS"))[-1])


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        ("7", 7_000),
        ("0", 1_000),
        ("9" * 12, 3_600_000),
        ("9" * 5_000, 30_000),
        ("²", 30_000),
        ("", 30_000),
        ("Fri, 01 Jan 2100 00:00:00 GMT", 3_600_000),
    ],
)
def test_no_answer_silences_a_channel_for_more_than_an_hour(said: str, wait: int) -> None:
    """Whatever it says of when to come again."""
    assert asked_wait(said) == wait


async def test_a_doubt_is_sent_again_and_marked(slack: SlackServer, hook: WebhookChannel) -> None:
    """Nothing is lost; the second message says that it may be a repeat."""
    await slack.fault("close", method="webhook", when="after")
    book, sender = await sending(hook)
    while set(await book.counts()) != {"sent"}:
        await sender.step()
    first, second = await slack.messages("C0OPS")
    assert REPEAT not in str(first)
    assert REPEAT in str(second)


async def test_an_unknown_webhook_is_refused_for_good(hook: WebhookChannel) -> None:
    """It is dead, with a reason that names no url."""
    answer = await hook.post(replace(going(), alert=replace(HOOKED, channel="webhook:nobody")))
    assert answer == Refused("no webhook is named 'nobody'", Reach.MESSAGE, sign=Sign.NONE)


def test_webhooks_are_read_without_telling_their_secrets() -> None:
    """A bad spelling is reported, the url is not."""
    assert parse_webhooks("ops=https://a.example/x desk=https://b.example/y")["desk"] == "https://b.example/y"
    with pytest.raises(ValueError, match="NAME=https") as fault:
        parse_webhooks("https://a.example/secret")
    assert "secret" not in str(fault.value)


async def test_what_slack_does_not_take_is_alarmed_elsewhere(slack: SlackServer, hook: WebhookChannel) -> None:
    """A refused token holds all of Slack, a channel that is gone only itself: each is said once, over the webhook."""
    book = MemoryBook(WallClock(), Rules())
    refusing = MemoryChannel(answers=[Refused("is_archived", Reach.CHANNEL, wait=60_000)] * 2)
    channels: dict[str, Channel] = {"slack": refusing, "webhook": hook}
    sender = Sender(book=book, channels=channels, timing=Timing(pace=0), alarm="webhook:ops")
    await book.intend([alert(1), alert(2, channel="slack:C0OTHER")])
    while await sender.step():
        pass
    told = [p["text"] for p in await slack.messages("C0OPS")]
    assert len(told) == 2 and "slack:C0DESK takes no alerts, they are held: is_archived" in told[0]
    refusing.answers = [Refused("token_revoked", Reach.SERVICE)] * 2
    await book.intend([alert(3, channel="slack:C0THIRD")])
    while await sender.step():
        pass
    assert "slack takes no alerts, they are held: token_revoked" in (await slack.messages("C0OPS"))[2]["text"]
    assert (await book.counts())[State.PENDING] == 3 and await book.holds() == {"slack": "token_revoked"}


async def test_after_a_loss_of_the_book_only_what_is_fresh_is_told_again() -> None:
    """The outbox holds a week, and a webhook cannot be asked what it was told; Slack can."""
    book, hour = MemoryBook(WallClock(), Rules()), 3_600_000
    now = WallClock().now()
    told = [alert(1, decided=now - hour), alert(2, decided=now - hour, hold=now - 1_000), alert(3, decided=now)]
    alerts = [replace(a, channel="webhook:ops") for a in told] + [alert(4, decided=now - hour)]
    await enter_again(book, alerts, {"webhook", "console"}, now)
    states = {own: e.state for own, e in book.entries.items()}
    assert states == {"a00001": State.SENT, "a00002": State.DOUBT, "a00003": State.DOUBT, "a00004": State.DOUBT}
